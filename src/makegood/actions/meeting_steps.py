"""That two people meet first, where the school asks for it, for what was not asked for as a booking."""

from __future__ import annotations

from datetime import datetime

from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import Parties
from makegood.domain.lessons import time_checks
from makegood.domain.lessons.models import Lesson


def refuse_before_meeting(
    *, asked: BookingOrder, parties: Parties, lesson_type: str, starts_at: datetime, moves: Lesson | None = None
) -> None:
    """Raise FirstMeetingNeeded where teacher and student would not have met by then; the desk may let it be.

    `moves` is the lesson that would move there, None for a held one that is to be booked.
    """
    if parties.rules.first_meeting_required and asked.on_behalf_of_id is None:
        time_checks.refuse_before_meeting(
            school_id=asked.school.pk,
            teacher_id=asked.teacher_id,
            student_id=asked.student_id,
            lesson_type=lesson_type,
            starts_at=starts_at,
            moves=moves,
        )
