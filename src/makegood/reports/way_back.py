"""How the desk gives a student the time of a lesson back that was moved or cancelled without their word."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from makegood.domain.availability.queries import get_rules
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.queries import decision_of, find_incident, is_withdrawn
from makegood.domain.lessons.booking import LessonTerms
from makegood.domain.lessons.coming_back import StudentLeftSince, find_lasting_hindrance
from makegood.domain.lessons.desk_cases import Outcome, is_about_cancellation
from makegood.domain.lessons.models import DeskCase, Lesson, LessonMove, LessonStatus
from makegood.domain.lessons.moving import find_last_move
from makegood.domain.lessons.offering import Offer
from makegood.domain.lessons.other_times import OtherTimeStands
from makegood.domain.lessons.time_checks import Diary, Leave, read_diary
from makegood.domain.penalties.pauses import list_pauses
from makegood.domain.schools.models import School
from makegood.reports.moving_page import find_movable, list_starts_to_move_to
from makegood.rules.facts import Decision

# All that the desk can leave aside on the page of booking.
_LEAVE: Final = Leave(any_time=True, any_notice=True, on_holidays=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class WayBack:
    """The time that the lesson had, and whether it can be chosen now; it comes back only when somebody does it.

    `is_move`: the lesson stands elsewhere and can move there; else it is off and can be booked again. `is_free` is what
    the page that does it will say. `needs_leave`: nobody has the time, and the desk must leave rules aside to book it.
    """

    starts_at: datetime
    is_move: bool
    is_free: bool
    needs_leave: bool = False


def find_way_back(*, school: School, case: DeskCase, now: datetime) -> WayBack | None:
    """Of an objection that was found justified; None where nothing can be given back. At most 7 statements."""
    if case.outcome != Outcome.ACCEPTED:
        return None
    if case.move is not None:
        return _to_former_time(school, case, case.move, now)
    return _to_booking_again(school, case, now) if is_about_cancellation(case) else None


def find_counted(*, school: School, case: DeskCase) -> Incident | None:
    """What a move that the student did not agree to stands on the teacher's record as; None: nothing. 1 statement.

    Neither the end of the request nor moving the lesson back changes it: that is for whoever decides the case.
    """
    if case.outcome != Outcome.ACCEPTED or case.move is None or case.move.incident_id is None:
        return None
    incident = find_incident(school_id=school.pk, incident_id=case.move.incident_id)
    if incident is None or is_withdrawn(incident) or decision_of(incident) is Decision.VOIDED:
        return None
    return incident


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
    hindrance = find_lasting_hindrance(school=school, lesson=lesson, since=incident.reported_at or case.opened_at)
    if isinstance(hindrance, StudentLeftSince | OtherTimeStands):
        return None
    has_teacher = hindrance is None and not _is_paused(school, lesson, now)
    diary = _read_diary(school, lesson, now) if has_teacher else None
    at = lesson.starts_at
    is_free = diary is not None and replace(diary, leave=_LEAVE).find_refusal(at) is None
    needs_leave = is_free and diary is not None and diary.find_refusal(at) is not None
    return WayBack(starts_at=at, is_move=False, is_free=is_free, needs_leave=needs_leave)


def _is_paused(school: School, lesson: Lesson, now: datetime) -> bool:
    """Whether the teacher takes no booking of this time; the two have met, or were about to."""
    pauses = list_pauses(school_id=school.pk, teacher_ids=[lesson.teacher_id], now=now)
    of_teacher = pauses.get(lesson.teacher_id, ())
    return any(pause.forbids(starts_at=lesson.starts_at, now=now, is_new_student=False) for pause in of_teacher)


def _read_diary(school: School, lesson: Lesson, now: datetime) -> Diary:
    assert lesson.student_id is not None, "a student objected"
    rules = get_rules(school_id=school.pk)
    terms = LessonTerms(
        teacher_id=lesson.teacher_id,
        student_id=lesson.student_id,
        offer=Offer(code=lesson.lesson_type, name=lesson.title, minutes=(lesson.minutes,)),
        minutes=lesson.minutes,
        credits=lesson.credits,
        pay=None,
        buffer_minutes=rules.buffer_minutes,
    )
    return read_diary(
        school=school, teacher=lesson.teacher, terms=terms, rules=rules, starts=[lesson.starts_at], now=now,
        leave=Leave(),
    )  # fmt: skip
