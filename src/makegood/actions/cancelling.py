"""What all cancellations at a student's wish have in common. Shared by the verbs."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop

from makegood.actions.kept_times import free_with_lesson
from makegood.actions.lesson_credits import settle_credits
from makegood.actions.lesson_locks import LockedLesson
from makegood.actions.settlement import Cause, settle
from makegood.domain.incidents import recording
from makegood.domain.incidents.asking import REASON
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.recording import LearnedFacts
from makegood.domain.lessons import operations as lessons
from makegood.domain.lessons.marks import is_in_time, mark_of
from makegood.domain.lessons.operations import refuse_unless_booked
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import Timetable, get_timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from makegood.refusal import Refusal
from makegood.rules.facts import Kind, RequestedBy
from makegood.rules.sentences import Value
from makegood.rules.storing import values_to_json


class FreeTimePassed(Refusal):
    """The page said that cancelling is free, and it no longer is. Nothing was done."""

    code = "free_time_passed"
    sentence = gettext_noop(
        "The free time ended while you were here. Nothing was cancelled. Look at what it means now, then decide."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelledByStudent:
    """The lesson is off; `is_used`: it was too late to be free. `is_replay`: the form had been sent before."""

    reference: str
    lesson_id: int
    is_used: bool
    is_replay: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedCancellation:
    """The incident, and whether the lesson is used and paid all the same."""

    incident: Incident
    is_used: bool


def record_cancellation(
    *,
    school: School,
    locked: LockedLesson,
    timetable: Timetable,
    actor: Membership,
    note: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
    announce: bool,
    asked_at: datetime | None = None,
) -> RecordedCancellation:
    """Record that the student wants the locked lesson cancelled; settle; credits; free the times kept for it.

    `asked_at` is when the student said so, where that was earlier than now.

    The desk is told where it was to approve one of them, unless not `announce`.

    Raises DifferentRequest, NoPolicyInForce.
    """
    lesson, teacher = locked.lesson, locked.teacher
    incident = recording.record_learned(
        lesson=lesson,
        teacher=teacher,
        learned=LearnedFacts(
            kind=Kind.CANCELLED,
            requested_by=RequestedBy.STUDENT,
            reported_at=asked_at or now,
            taught_minutes=0,
            reason=REASON,
            note=note,
            reported_by_id=actor.person_id,
        ),
        request_id=request_id,
        door=door,
    )
    lessons.mark(lesson=lesson, kind=Kind.CANCELLED)
    cause = Cause(incident_id=incident.pk, actor_id=actor.person_id, door=door)
    settlement = settle(
        school=school, teacher_id=teacher.pk, timetable=timetable, cause=cause, why=incident.reference, now=now
    )
    is_used = settlement.live[incident.pk].paid
    settle_credits(
        school=school, lesson=lesson, kind=Kind.CANCELLED, requested_by=RequestedBy.STUDENT, is_paid=is_used, now=now
    )
    free_with_lesson(lesson=lesson, teacher=teacher, by_id=actor.person_id, door=door, now=now, is_told=announce)
    return RecordedCancellation(incident=incident, is_used=is_used)


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedCancellation:
    """What was recorded, the event that says so, and until when it would have been free."""

    incident: Incident
    event: Event
    is_used: bool
    free_until: datetime


def cancel_at_shown_price(
    *,
    school: School,
    locked: LockedLesson,
    actor: Membership,
    shown_as_free: bool,
    note: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
    announce: bool = True,
    on_behalf_of_id: int | None = None,
    values: Mapping[str, Value] | None = None,
) -> PricedCancellation:
    """Cancel the locked lesson for its student at the price that was shown: free, or used and paid (D29).

    `on_behalf_of_id` is the student where somebody else does it for them. Raises LessonNotOpen, FreeTimePassed,
    DifferentRequest, NoPolicyInForce.
    """
    lesson = locked.lesson
    refuse_unless_booked(lesson=lesson, now=now)
    timetable = get_timetable(school_id=school.pk)
    minutes = timetable.get_at(lesson.starts_at).policy.students.cancel_free_minutes
    if shown_as_free and not is_in_time(starts_at=lesson.starts_at, minutes=minutes, now=now):
        raise FreeTimePassed
    recorded = record_cancellation(
        school=school,
        locked=locked,
        timetable=timetable,
        actor=actor,
        note=note,
        request_id=request_id,
        door=door,
        now=now,
        announce=announce,
    )
    event = timeline.record(
        school_id=school.pk,
        kind=EventKind.CANCELLED_LATE_BY_STUDENT if recorded.is_used else EventKind.CANCELLED_BY_STUDENT,
        at=now,
        door=door,
        actor_id=actor.person_id,
        on_behalf_of_id=on_behalf_of_id,
        reason=recorded.incident.reason,
        lesson_id=lesson.pk,
        incident_id=recorded.incident.pk,
        values=values_to_json(values or {}),
    )
    free_until = mark_of(starts_at=lesson.starts_at, minutes=minutes)
    return PricedCancellation(incident=recorded.incident, event=event, is_used=recorded.is_used, free_until=free_until)
