"""What a teacher proposed to a student, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from makegood.domain.lessons.models import Lesson, LessonRelease, LessonStatus, ReleaseReason, WaitsFor
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event


class ProposalState(StrEnum):
    """How far a proposal is."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    WAITS_FOR_SCHOOL = "waits_for_school"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"
    LAPSED = "lapsed"
    UNDONE = "undone"


_OF_RELEASES = {
    ReleaseReason.DECLINED: ProposalState.DECLINED,
    ReleaseReason.LET_GO: ProposalState.TAKEN_BACK,
    ReleaseReason.LAPSED: ProposalState.LAPSED,
    ReleaseReason.UNDONE: ProposalState.UNDONE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A proposed lesson; `note` is what the teacher wrote, `answer` what the student did."""

    lesson: Lesson
    state: ProposalState
    note: str
    answer: str


def list_proposals(
    *, school: School, teacher: Membership, student: Membership, now: datetime, limit: int = 20
) -> tuple[Proposal, ...]:
    """The last proposals of the teacher to the student, latest start first. Three statements."""
    lessons = Lesson.objects.filter(school_id=school.pk, teacher_id=teacher.pk, student_id=student.pk)
    events = Event.objects.filter(
        school_id=school.pk, kind=EventKind.LESSON_PROPOSED, lesson_id__in=lessons.values("pk")
    )
    notes = {event.lesson_id: event.reason for event in events if event.lesson_id is not None}
    found = list(lessons.filter(pk__in=notes).order_by("-starts_at", "-pk")[:limit])
    releases = {
        release.lesson_id: release
        for release in LessonRelease.objects.filter(school_id=school.pk, lesson_id__in=[lesson.pk for lesson in found])
    }
    return tuple(
        Proposal(
            lesson=lesson,
            state=_state_of(lesson, releases.get(lesson.pk), now),
            note=notes[lesson.pk],
            answer=releases[lesson.pk].note if lesson.pk in releases else "",
        )
        for lesson in found
    )


def _state_of(lesson: Lesson, release: LessonRelease | None, now: datetime) -> ProposalState:
    if release is not None:
        return _OF_RELEASES.get(ReleaseReason(release.why), ProposalState.UNDONE)
    if lesson.status != LessonStatus.REQUESTED:
        return ProposalState.ACCEPTED
    if lesson.held_until is not None and lesson.held_until <= now:
        return ProposalState.LAPSED
    return ProposalState.WAITING if lesson.waits_for == WaitsFor.STUDENT else ProposalState.WAITS_FOR_SCHOOL
