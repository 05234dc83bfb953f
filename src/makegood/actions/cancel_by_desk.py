"""The desk cancels a lesson because its student asked, by phone mostly: at the price the student would pay."""

from __future__ import annotations

import uuid
from datetime import datetime

from makegood.actions import change_messages
from makegood.actions.cancelling import (
    Cancelled,
    PricedCancellation,
    cancel_at_shown_price,
    cancel_once,
    refuse_unless_as_shown,
)
from makegood.actions.desk_lessons import lock_for_desk, refuse_own
from makegood.actions.lesson_locks import LockedLesson
from makegood.domain.incidents import checks
from makegood.domain.incidents.asking import ASKED_WORDS, read_asked
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door

ROUTE = "cancel_by_desk"


def cancel_by_desk(
    *,
    school: School,
    actor: Membership,
    lesson_id: int,
    shown_as_free: bool,
    asked: str,
    note: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
    shown_version: int | None = None,
) -> Cancelled:
    """Cancel for the student at the price the page showed (`shown_as_free`); `asked` says how they asked (`AskedWay`).

    In one transaction, in the order of `cancel_by_student`, on the student's behalf. Both are told, the student with
    whom to ask if they did not want it.

    Raises LessonNotFound (also for whoever is not at the desk, and where nobody is booked as the student), OwnLesson,
    LessonNotOpen, ChangedSince, FreeTimePassed, HowNotSaid, NoteTooLong, NoteUnreadable, DifferentRequest,
    NoPolicyInForce.
    """
    way = read_asked(asked)
    note = checks.check_note(note)
    content = {"lesson_id": lesson_id, "shown_as_free": shown_as_free, "asked": str(way), "note": note}

    def lock() -> LockedLesson:
        locked = lock_for_desk(school=school, actor=actor, lesson_id=lesson_id)
        if locked.student is None:
            raise LessonNotFound
        return locked

    def work(locked: LockedLesson) -> PricedCancellation:
        refuse_own(locked=locked, actor=actor)
        refuse_unless_as_shown(locked=locked, shown_version=shown_version)
        cancelled = cancel_at_shown_price(
            school=school,
            locked=locked,
            actor=actor,
            shown_as_free=shown_as_free,
            note=note,
            request_id=request_id,
            door=door,
            now=now,
            on_behalf_of_id=locked.lesson.student_id,
            values={"asked_by": ASKED_WORDS[way]},
        )
        change_messages.tell_of_cancelling_by_desk(
            school=school,
            event=cancelled.event,
            locked=locked,
            is_used=cancelled.is_paid,
            free_until=cancelled.free_until,
            asked_by=ASKED_WORDS[way],
            now=now,
        )
        return cancelled

    return cancel_once(
        school=school, actor=actor, route=ROUTE, key=request_id, content=content, lock=lock, work=work, now=now
    )
