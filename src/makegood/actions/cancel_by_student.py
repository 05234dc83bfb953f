"""A student cancels an own lesson: free before the mark; after it the lesson is used and the teacher is paid (D29)."""

from __future__ import annotations

import uuid
from datetime import datetime

from makegood.actions import change_messages
from makegood.actions.cancelling import Cancelled, PricedCancellation, cancel_at_shown_price, cancel_once
from makegood.actions.lesson_locks import LockedLesson, lock_with_people
from makegood.actions.own_lessons import refuse_unless_takes
from makegood.domain.incidents import checks
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door

ROUTE = "cancel_by_student"


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
) -> Cancelled:
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

    def lock() -> LockedLesson:
        locked = lock_with_people(school_id=school.pk, lesson_id=lesson_id)
        refuse_unless_takes(lesson=locked.lesson, actor=actor)
        return locked

    def work(locked: LockedLesson) -> PricedCancellation:
        cancelled = cancel_at_shown_price(
            school=school,
            locked=locked,
            actor=actor,
            shown_as_free=shown_as_free,
            note=note,
            request_id=request_id,
            door=door,
            now=now,
            announce=announce,
        )
        if announce:
            change_messages.tell_of_cancelling_by_student(
                event=cancelled.event,
                locked=locked,
                is_used=cancelled.is_paid,
                free_until=cancelled.free_until,
                now=now,
            )
        return cancelled

    return cancel_once(
        school=school, actor=actor, route=ROUTE, key=request_id, content=content, lock=lock, work=work, now=now
    )
