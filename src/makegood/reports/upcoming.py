"""A lesson to come as its teacher sees it: which of the two doors fits now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.series import PlaceInSeries
from makegood.domain.policies.queries import Timetable

_MARK_MINUTES = 1440


class Button(StrEnum):
    """What the 24-hour mark demands: exactly on it is still before it (D10)."""

    CANCEL_FOR_STUDENT = "cancel_for_student"
    REPORT_EMERGENCY = "report_emergency"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpcomingLesson:
    """A lesson with its button; until `mark_at` (included) it can be cancelled for the student.

    `is_finished`: its teacher said so before its end, and has not taken it up again. `place` is that in its series.
    """

    lesson: Lesson
    button: Button
    mark_at: datetime
    has_begun: bool
    is_finished: bool = False
    place: PlaceInSeries | None = None


def show_upcoming(
    *,
    lesson: Lesson,
    timetable: Timetable,
    now: datetime,
    is_finished: bool = False,
    place: PlaceInSeries | None = None,
) -> UpcomingLesson:
    """The lesson with the button that fits `now`, by the mark of the policy in force at its start."""
    version = timetable.find_at(lesson.starts_at)
    minutes = version.policy.reporting.mark_minutes if version else _MARK_MINUTES
    mark_at = lesson.starts_at - timedelta(minutes=minutes)
    return UpcomingLesson(
        lesson=lesson,
        button=Button.CANCEL_FOR_STUDENT if now <= mark_at else Button.REPORT_EMERGENCY,
        mark_at=mark_at,
        has_begun=lesson.starts_at <= now,
        is_finished=is_finished,
        place=place,
    )
