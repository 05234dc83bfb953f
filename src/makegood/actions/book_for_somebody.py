"""The desk books for a teacher and a student, with a reason."""

from __future__ import annotations

import uuid
from datetime import datetime

from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import refuse_unless_desk
from makegood.actions.reasons import check_reason
from makegood.actions.taking_steps import LessonBooked, book_free_time
from makegood.domain.lessons.time_checks import Leave
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door


def book_for_somebody(
    *,
    school: School,
    actor: Membership,
    teacher_id: int,
    student_id: int,
    starts_at: datetime,
    minutes: int,
    lesson_type: str,
    reason: str,
    leave: Leave,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
    instead_of: int | None = None,
) -> LessonBooked:
    """Book for both, at once booked whatever needs approval otherwise; whoever books for themselves asks, as others do.

    `leave` says explicitly what of the school's rules is left aside, which nobody does for themselves while somebody
    else at the desk can; nothing ever overlaps, and no pause is broken.
    `instead_of` is a lesson of the student that is off: its record then tells of the other time, and it needs none any
    more. Raises NotTheDesk, ReasonMissing, OwnStudent, OwnExceptions, NeedsNoOtherTime, and as `book_lesson`.
    """
    asked = BookingOrder(
        school=school,
        actor=actor,
        teacher_id=teacher_id,
        student_id=student_id,
        request_id=request_id,
        door=door,
        now=now,
        reason=check_reason(reason),
    )
    with in_school(school.pk):
        refuse_unless_desk(school=school, actor=actor)
    return book_free_time(
        asked=asked, starts_at=starts_at, minutes=minutes, lesson_type=lesson_type, leave=leave, instead_of=instead_of
    )
