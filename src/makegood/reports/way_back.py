"""How the desk gives a student the time of a lesson back that was moved or cancelled without their word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from makegood.domain.lessons.coming_back import StudentLeftSince, find_hindrance
from makegood.domain.lessons.desk_cases import Outcome, is_about_cancellation
from makegood.domain.lessons.models import DeskCase, LessonMove, LessonStatus
from makegood.domain.lessons.moving import find_last_move
from makegood.domain.lessons.other_times import OtherTimeStands
from makegood.domain.schools.models import School
from makegood.reports.moving_page import find_movable, list_starts_to_move_to


@dataclass(frozen=True, slots=True, kw_only=True)
class WayBack:
    """The time that the lesson had, and whether it can be chosen now; it comes back only when somebody does it.

    `is_move`: the lesson stands elsewhere and can move there; else it is off and can be booked again.
    """

    starts_at: datetime
    is_move: bool
    is_free: bool


def find_way_back(*, school: School, case: DeskCase, now: datetime) -> WayBack | None:
    """Of an objection that was found justified; None where nothing can be given back. At most 7 statements."""
    if case.outcome != Outcome.ACCEPTED:
        return None
    if case.move is not None:
        return _to_former_time(school, case, case.move, now)
    return _to_booking_again(school, case, now) if is_about_cancellation(case) else None


def _to_former_time(school: School, case: DeskCase, move: LessonMove, now: datetime) -> WayBack | None:
    """While the lesson is where this move put it, and neither time has come."""
    if move.from_starts_at <= now:
        return None
    if not find_movable(school=school, lesson=case.lesson, now=now).can_choose:
        return None
    last = find_last_move(school_id=school.pk, lesson_id=case.lesson_id)
    if last is None or last.pk != move.pk:
        return None
    starts = list_starts_to_move_to(school=school, lesson=case.lesson, now=now)
    return WayBack(starts_at=move.from_starts_at, is_move=True, is_free=move.from_starts_at in starts)


def _to_booking_again(school: School, case: DeskCase, now: datetime) -> WayBack | None:
    """While the lesson is off, its time is to come and no other one is booked in its place."""
    lesson, incident = case.lesson, case.incident
    if lesson.status != LessonStatus.CANCELLED or lesson.starts_at <= now or incident is None:
        return None
    hindrance = find_hindrance(school=school, lesson=lesson, since=incident.reported_at or case.opened_at)
    if isinstance(hindrance, StudentLeftSince | OtherTimeStands):
        return None
    return WayBack(starts_at=lesson.starts_at, is_move=False, is_free=hindrance is None)
