"""The desk books weekly lessons for a teacher and a student, with a reason: all that are wanted, or none."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Final

from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import Parties, in_one_booking, refuse_unless_desk
from makegood.actions.desk_lessons import refuse_own_leave, refuse_own_student
from makegood.actions.reasons import check_reason
from makegood.actions.series_steps import (
    SeriesBooked,
    SeriesPreview,
    SeriesWish,
    book_weeks,
    check_weeks,
    preview_weeks,
    read_series_booked,
)
from makegood.actions.transactions import in_one_transaction
from makegood.domain.lessons.time_checks import Leave
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door

ROUTE: Final = "book_series_for_somebody"


def preview_series_for_somebody(
    *,
    school: School,
    actor: Membership,
    teacher_id: int,
    student_id: int,
    wish: SeriesWish,
    leave: Leave,
    door: Door,
    now: datetime,
) -> SeriesPreview:
    """Every week of the series, nothing locked or written. Raises as `book_series_for_somebody`."""
    asked = _asked(school, actor, teacher_id, student_id, uuid.UUID(int=0), door, now, "")
    return in_one_transaction(school.pk, lambda: preview_weeks(asked=asked, wish=wish, leave=leave, is_by_desk=True))


def book_series_for_somebody(
    *,
    school: School,
    actor: Membership,
    teacher_id: int,
    student_id: int,
    wish: SeriesWish,
    reason: str,
    leave: Leave,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
) -> SeriesBooked:
    """Book weekly lessons for both on the student's wall clock, at once booked, as `book_for_somebody` does.

    In one transaction, in the order of `in_one_booking`. `leave` says explicitly what of the school's rules is left
    aside, which nobody does for themselves while somebody else at the desk can; nothing ever overlaps, and no pause is
    broken. Raises NotTheDesk, ReasonMissing, OwnStudent, OwnExceptions, and as `book_series`.
    """
    asked = _asked(school, actor, teacher_id, student_id, request_id, door, now, check_reason(reason))
    with in_school(school.pk):
        refuse_unless_desk(school=school, actor=actor)

    def work(parties: Parties) -> dict[str, Any]:
        refuse_own_student(parties=parties, actor=actor)
        refuse_own_leave(parties=parties, actor=actor, leave=leave)
        weeks = check_weeks(asked=asked, parties=parties, wish=wish, leave=leave)
        return book_weeks(asked=asked, parties=parties, weeks=weeks)

    content = {
        "teacher": teacher_id,
        "student": student_id,
        "reason": asked.reason,
        "leave": [leave.any_time, leave.any_notice],
        **wish.to_json(),
    }
    answer, is_replay = in_one_booking(asked=asked, route=ROUTE, content=content, work=work)
    return read_series_booked(answer, is_replay=is_replay)


def _asked(
    school: School,
    actor: Membership,
    teacher_id: int,
    student_id: int,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
    reason: str,
) -> BookingOrder:
    return BookingOrder(
        school=school,
        actor=actor,
        teacher_id=teacher_id,
        student_id=student_id,
        request_id=request_id,
        door=door,
        now=now,
        reason=reason,
    )
