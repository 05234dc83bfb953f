"""What a teacher proposed to a student: what became of it for the one, and what waits for the word of the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet

from makegood.domain.lessons.models import Lesson, LessonRelease, LessonStatus, ReleaseReason, WaitsFor
from makegood.domain.lessons.queries import list_waiting
from makegood.domain.lessons.series import group_by_series
from makegood.domain.penalties.pauses import list_pauses
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from makegood.domain.timeline.queries import list_notes


class ProposalState(StrEnum):
    """How far a proposal is."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    WAITS_FOR_SCHOOL = "waits_for_school"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"
    LAPSED = "lapsed"
    UNDONE = "undone"


_UNDONE: Final = (EventKind.ANSWER_UNDONE, EventKind.APPROVAL_UNDONE)
_OF_RELEASES = {
    ReleaseReason.DECLINED: ProposalState.DECLINED,
    ReleaseReason.LET_GO: ProposalState.TAKEN_BACK,
    ReleaseReason.LAPSED: ProposalState.LAPSED,
    ReleaseReason.UNDONE: ProposalState.UNDONE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A proposed lesson, or those of a series by their places; `note` is the teacher's, `answer` the student's."""

    lessons: tuple[Lesson, ...]
    state: ProposalState
    note: str
    answer: str

    @property
    def lesson(self) -> Lesson:
        """The first of them."""
        return self.lessons[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What waits for the student's word, a series whole. At `paused_ids` the teacher takes no bookings by now."""

    lessons: tuple[Lesson, ...]
    note: str
    paused_ids: frozenset[int]

    @property
    def lesson(self) -> Lesson:
        """The first of them."""
        return self.lessons[0]

    @property
    def credits(self) -> int:
        """What accepting it uses."""
        return sum(lesson.credits for lesson in self.lessons)


def list_offered(*, school: School, student: Membership, now: datetime) -> tuple[Offered, ...]:
    """What teachers propose to the student and nobody answered, the first lesson first. At most three statements."""
    waiting = list_waiting(school_id=school.pk, waits_for=WaitsFor.STUDENT, student_id=student.pk, now=now)
    if not waiting:
        return ()
    notes = list_notes(school_id=school.pk, lesson_ids=[lesson.pk for lesson in waiting])
    pauses = list_pauses(school_id=school.pk, teacher_ids={lesson.teacher_id for lesson in waiting}, now=now)

    def is_paused(lesson: Lesson) -> bool:
        # Only who has met a student proposes to them.
        return any(
            pause.forbids(starts_at=lesson.starts_at, now=now, is_new_student=False)
            for pause in pauses.get(lesson.teacher_id, ())
        )

    return tuple(
        Offered(
            lessons=tuple(together),
            note=notes.get(together[0].pk, ""),
            paused_ids=frozenset(lesson.pk for lesson in together if is_paused(lesson)),
        )
        for together in group_by_series(waiting)
    )


def list_proposals(
    *, school: School, teacher: Membership, student: Membership, now: datetime, limit: int = 20
) -> tuple[Proposal, ...]:
    """The last proposals of the teacher to the student, latest start first; a series is one.

    What stands now: one that waits again, as an answer to it was undone, stands once. Four statements at most.
    """
    lessons = Lesson.objects.filter(school_id=school.pk, teacher_id=teacher.pk, student_id=student.pk)
    notes = list_notes(school_id=school.pk, lesson_ids=lessons.values("pk"))
    earlier = lessons.filter(series_id=OuterRef("series_id"), series_position__lt=OuterRef("series_position"))
    proposed = lessons.filter(~Exists(earlier), ~Exists(_undoings(school)), pk__in=notes)
    firsts = list(proposed.order_by("-starts_at", "-pk")[:limit])
    series_ids = [first.series_id for first in firsts if first.series_id is not None]
    others = list(lessons.filter(series_id__in=series_ids).order_by("series_position")) if series_ids else []
    releases = {
        release.lesson_id: release
        for release in LessonRelease.objects.filter(school_id=school.pk, lesson_id__in=[first.pk for first in firsts])
    }
    return tuple(
        Proposal(
            lessons=(first,)
            if first.series_id is None
            else tuple(other for other in others if other.series_id == first.series_id),
            state=_state_of(first, releases.get(first.pk), now),
            note=notes[first.pk],
            answer=releases[first.pk].note if first.pk in releases else "",
        )
        for first in firsts
    )


def _undoings(school: School) -> QuerySet[Event]:
    """What says that a lesson which was let go waits again in another row; to be used inside a query of lessons."""
    let_go = LessonRelease.objects.filter(
        school_id=school.pk, lesson_id=OuterRef("lesson_id"), released_at__lte=OuterRef("at")
    )
    undone = Event.objects.filter(school_id=school.pk, lesson_id=OuterRef("pk"), kind__in=_UNDONE)
    return undone.filter(Exists(let_go))


def _state_of(lesson: Lesson, release: LessonRelease | None, now: datetime) -> ProposalState:
    if release is not None:
        return _OF_RELEASES.get(ReleaseReason(release.why), ProposalState.UNDONE)
    if lesson.status != LessonStatus.REQUESTED:
        return ProposalState.ACCEPTED
    if lesson.held_until is not None and lesson.held_until <= now:
        return ProposalState.LAPSED
    return ProposalState.WAITING if lesson.waits_for == WaitsFor.STUDENT else ProposalState.WAITS_FOR_SCHOOL
