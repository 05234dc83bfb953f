"""What all cancellations have in common that are not the teacher's doing. Shared by the verbs."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from makegood.actions.kept_times import free_with_lesson
from makegood.actions.lesson_credits import settle_credits
from makegood.actions.lesson_locks import LockedLesson
from makegood.actions.settlement import Cause, settle
from makegood.actions.transactions import in_one_transaction
from makegood.domain.incidents import recording
from makegood.domain.incidents.asking import REASON
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.recording import LearnedFacts
from makegood.domain.lessons import operations as lessons
from makegood.domain.lessons.marks import is_in_time, mark_of
from makegood.domain.lessons.operations import refuse_unless_not_begun
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import Timetable, get_timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline import requests
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


class ChangedSince(Refusal):
    """The page showed the session as it was before: at another time, mostly."""

    code = "session_changed_since"
    sentence = gettext_noop(
        "This session changed while you were here. Nothing was done. Look at its time, then decide."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """The lesson is off; `is_paid`: the teacher is paid all the same. `is_replay`: the form had been sent before.

    At a student's wish it is paid where it was too late to be free: the student used it.
    """

    reference: str
    lesson_id: int
    is_paid: bool
    is_replay: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedCancellation:
    """The incident, and whether the lesson is paid all the same; at a student's wish it is used then."""

    incident: Incident
    is_paid: bool


def cancel_once(
    *,
    school: School,
    actor: Membership,
    route: str,
    key: uuid.UUID,
    content: Mapping[str, object],
    lock: Callable[[], LockedLesson],
    work: Callable[[LockedLesson], RecordedCancellation],
    now: datetime,
) -> Cancelled:
    """Cancel in one transaction: `lock`, which says whose lesson it is; the first answer to a repeated form; `work`.

    Raises DifferentRequest, and what `lock` and `work` raise.
    """

    def once() -> Cancelled:
        locked = lock()
        asked: dict[str, Any] = {"school_id": school.pk, "person_id": actor.person_id, "route": route, "key": key}
        answer = requests.find_answer(**asked, content=content)
        if answer is not None:
            return Cancelled(**answer, is_replay=True)
        recorded = work(locked)
        answer = {
            "reference": recorded.incident.reference,
            "lesson_id": locked.lesson.pk,
            "is_paid": recorded.is_paid,
        }
        requests.record_answer(**asked, content=content, answer=answer, now=now)
        return Cancelled(**answer)

    return in_one_transaction(school.pk, once)


def refuse_unless_as_shown(*, locked: LockedLesson, shown_version: int | None) -> None:
    """Raise ChangedSince where the lesson is not what the page showed; None: there was no page."""
    if shown_version not in {None, locked.lesson.version}:
        raise ChangedSince


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
    requested_by: RequestedBy = RequestedBy.STUDENT,
    asked_at: datetime | None = None,
) -> RecordedCancellation:
    """Record that the locked lesson is cancelled as `requested_by` wants; settle; credits; free the times kept for it.

    `asked_at` is when a student said so, where that was earlier than now.

    The desk is told where it was to approve one of them, unless not `announce`.

    Raises DifferentRequest, NoPolicyInForce.
    """
    lesson, teacher = locked.lesson, locked.teacher
    incident = recording.record_learned(
        lesson=lesson,
        teacher=teacher,
        learned=LearnedFacts(
            kind=Kind.CANCELLED,
            requested_by=requested_by,
            reported_at=asked_at or now,
            taught_minutes=0,
            reason=REASON if requested_by is RequestedBy.STUDENT else "",
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
    is_paid = settlement.live[incident.pk].paid
    settle_credits(
        school=school, lesson=lesson, kind=Kind.CANCELLED, requested_by=requested_by, is_paid=is_paid, now=now
    )
    free_with_lesson(lesson=lesson, teacher=teacher, by_id=actor.person_id, door=door, now=now, is_told=announce)
    return RecordedCancellation(incident=incident, is_paid=is_paid)


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedCancellation(RecordedCancellation):
    """What was recorded, the event that says so, and until when it would have been free."""

    event: Event
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

    Whoever waits for a teacher who does not start may give up waiting: the lesson is used then, and comes back where
    the desk finds that the teacher was absent (`decide_absence`).

    `on_behalf_of_id` is the student where somebody else does it for them. Raises LessonNotOpen, FreeTimePassed,
    DifferentRequest, NoPolicyInForce.
    """
    lesson = locked.lesson
    refuse_unless_not_begun(lesson=lesson, now=now)
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
        kind=EventKind.CANCELLED_LATE_BY_STUDENT if recorded.is_paid else EventKind.CANCELLED_BY_STUDENT,
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
    return PricedCancellation(incident=recorded.incident, event=event, is_paid=recorded.is_paid, free_until=free_until)
