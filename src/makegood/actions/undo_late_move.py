"""Whoever moved a lesson after the free time takes both back: the lesson that was used, and the one that was booked."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import UNDO_WITHIN, Parties, in_one_booking
from makegood.actions.lesson_locks import LockedLesson
from makegood.actions.undoing import saying_what_came_since
from makegood.actions.undoing_steps import (
    are_fresh,
    find_cancellation_end,
    find_own_booking,
    is_fresh,
    is_own_cancellation,
    may_undo,
    release_undone,
    take_back_cancellation,
    undo_minutes_of,
)
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.queries import find_live_of_lesson
from makegood.domain.lessons import operations as lessons
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.operations import LessonNotFound, TooLateToUndo
from makegood.domain.lessons.other_times import used_for
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door

ROUTE: Final = "undo_late_move"


@dataclass(frozen=True, slots=True, kw_only=True)
class LateMoveUndone:
    """`lesson_id` is the lesson that had been used: it takes place as booked."""

    lesson_id: int
    is_replay: bool = False


def undo_late_move(
    *, school: School, actor: Membership, lesson_id: int, request_id: uuid.UUID, door: Door, now: datetime
) -> LateMoveUndone:
    """Take back the actor's own move after the free time, the student's or the desk's; `lesson_id` is the new lesson.

    In one transaction, after the steps of `in_one_booking`: lock both lessons; refuse after the minutes of either, and
    when anything happened to one of them; what `undo_booking` does with the new one, then what `undo_cancellation` does
    with the used one. Both happen, or neither.

    Raises LessonNotFound (also for what somebody else moved, and for a lesson that was booked otherwise),
    TooLateToUndo, TimeTakenSince, TeacherLeftSince, StudentLeftSince, DifferentRequest.
    """
    with in_school(school.pk):
        found = find_lesson(school_id=school.pk, lesson_id=lesson_id)
        used_id = _find_used(found, actor) if found is not None and may_undo(found, actor) else None
    if found is None or used_id is None or found.student_id is None:
        raise LessonNotFound
    asked = BookingOrder.about(found, school=school, actor=actor, request_id=request_id, door=door, now=now)

    def work(parties: Parties) -> dict[str, Any]:
        used = lessons.lock_lesson(school_id=school.pk, lesson_id=used_id)
        another = lessons.lock_lesson(school_id=school.pk, lesson_id=lesson_id)
        incident = _find_own_incident(used, actor)
        if incident is None or not are_fresh([another], now):
            raise TooLateToUndo(minutes=undo_minutes_of(school=school, lesson=used))
        release_undone(asked=asked, parties=parties, undone=[another])
        locked = LockedLesson(lesson=used, teacher=parties.teacher, student=parties.student)
        take_back_cancellation(school=school, actor=actor, locked=locked, incident=incident, door=door, now=now)
        return {"lesson_id": used.pk}

    with saying_what_came_since():
        answer, is_replay = in_one_booking(asked=asked, route=ROUTE, content={"lesson": lesson_id}, work=work)
    return LateMoveUndone(lesson_id=answer["lesson_id"], is_replay=is_replay)


def find_end_of_late_move(*, school: School, lesson: Lesson, actor: Membership, now: datetime) -> datetime | None:
    """Until when (included) the actor takes back the late move by which this lesson was booked; None: not, or no more.

    No statement for a lesson that was not booked just now.
    """
    if not is_fresh(lesson, now) or not may_undo(lesson, actor):
        return None
    used_id = _find_used(lesson, actor)
    used = find_lesson(school_id=school.pk, lesson_id=used_id) if used_id is not None else None
    if used is None or not are_fresh([lesson], now):
        return None
    incident = _find_own_incident(used, actor)
    if incident is None:
        return None
    until = find_cancellation_end(incident=incident, undo_minutes=undo_minutes_of(school=school, lesson=used))
    assert lesson.booked_at is not None, "a fresh booking was booked"
    return None if until is None or now > until else min(until, lesson.booked_at + UNDO_WITHIN, lesson.starts_at)


def _find_used(lesson: Lesson, actor: Membership) -> int | None:
    booked = find_own_booking(lesson=lesson, actor=actor)
    return used_for(booked) if booked is not None else None


def _find_own_incident(used: Lesson, actor: Membership) -> Incident | None:
    """By which the actor used the lesson; None once the lesson or that is no longer so."""
    live = find_live_of_lesson(school_id=used.school_id, lesson_id=used.pk)
    if live is None or used.status != LessonStatus.CANCELLED or not is_own_cancellation(live, actor):
        return None
    return live
