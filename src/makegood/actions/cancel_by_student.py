"""A student cancels an own lesson: free before the mark; after it the lesson is used and the teacher is paid (D29)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop

from makegood.actions import change_messages
from makegood.actions.cancelling import record_cancellation
from makegood.actions.lesson_locks import LockedLesson, lock_with_people
from makegood.actions.own_lessons import refuse_unless_takes
from makegood.actions.transactions import in_one_transaction
from makegood.domain.incidents import checks
from makegood.domain.lessons.marks import is_in_time, mark_of
from makegood.domain.lessons.operations import refuse_unless_booked
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline import requests
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.refusal import Refusal

ROUTE = "cancel_by_student"


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


def cancel_by_student(
    *,
    school: School,
    actor: Membership,
    lesson_id: int,
    shown_as_free: bool,
    note: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
    announce: bool = True,
) -> CancelledByStudent:
    """Cancel the actor's own lesson at the price the page showed (`shown_as_free`).

    In one transaction, in this order: lock teacher, student and lesson; answer a replay; refuse when it was shown
    as free and is no longer (exactly on the mark it is); record the incident, requested by the student; settle, which
    says whether the lesson is used and paid (D29); credits back when it is not; timeline; outbox (unless not
    `announce`); the answer for replays.

    Raises LessonNotFound (also for somebody else's lesson), LessonNotOpen, FreeTimePassed, NoteTooLong, NoteUnreadable,
    DifferentRequest, NoPolicyInForce.
    """
    note = checks.check_note(note)
    content = {"lesson_id": lesson_id, "shown_as_free": shown_as_free, "note": note}

    def work() -> CancelledByStudent:
        locked = lock_with_people(school_id=school.pk, lesson_id=lesson_id)
        refuse_unless_takes(lesson=locked.lesson, actor=actor)
        answer = requests.find_answer(
            school_id=school.pk, person_id=actor.person_id, route=ROUTE, key=request_id, content=content
        )
        if answer is not None:
            return CancelledByStudent(**answer, is_replay=True)
        refuse_unless_booked(lesson=locked.lesson, now=now)
        cancelled = _cancel(
            school, actor, locked, note, request_id, door, now, shown_as_free=shown_as_free, announce=announce
        )
        requests.record_answer(
            school_id=school.pk,
            person_id=actor.person_id,
            route=ROUTE,
            key=request_id,
            content=content,
            answer={"reference": cancelled.reference, "lesson_id": lesson_id, "is_used": cancelled.is_used},
            now=now,
        )
        return cancelled

    return in_one_transaction(school.pk, work)


def _cancel(
    school: School,
    actor: Membership,
    locked: LockedLesson,
    note: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
    *,
    shown_as_free: bool,
    announce: bool,
) -> CancelledByStudent:
    lesson = locked.lesson
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
    incident = recorded.incident
    event = timeline.record(
        school_id=school.pk,
        kind=EventKind.CANCELLED_LATE_BY_STUDENT if recorded.is_used else EventKind.CANCELLED_BY_STUDENT,
        at=now,
        door=door,
        actor_id=actor.person_id,
        reason=incident.reason,
        lesson_id=lesson.pk,
        incident_id=incident.pk,
    )
    if announce:
        change_messages.tell_of_cancelling_by_student(
            event=event,
            locked=locked,
            is_used=recorded.is_used,
            free_until=mark_of(starts_at=lesson.starts_at, minutes=minutes),
            now=now,
        )
    return CancelledByStudent(reference=incident.reference, lesson_id=lesson.pk, is_used=recorded.is_used)
