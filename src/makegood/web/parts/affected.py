"""The lessons that still need another time, as staff see them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from makegood.domain.policies.queries import Timetable, get_timetable
from makegood.quantities import Interval
from makegood.reports.affected_lessons import AffectedLesson, list_affected_lessons
from makegood.rules.windows import local_midnight
from makegood.web import access
from makegood.web.parts.words import happened_words, reason_words


def affected_context(visit: access.Visit, *, days_back: int) -> dict[str, Any]:
    """What `parts/affected.html` shows: coming lessons by start, then those of the last `days_back` days and today."""
    zone = ZoneInfo(visit.person.zone)
    today = visit.now.astimezone(zone).date()
    since = local_midnight(today, zone) - timedelta(days=days_back)
    found = list_affected_lessons(school=visit.school, since=since, now=visit.now)
    timetable = get_timetable(school_id=visit.school.pk)
    return {
        "coming": [_row(affected, timetable, visit.now) for affected in found.coming],
        "past": [_row(affected, timetable, visit.now) for affected in found.past],
    }


def _row(affected: AffectedLesson, timetable: Timetable, now: datetime) -> dict[str, Any]:
    lesson = affected.lesson
    in_force = timetable.find_at(lesson.starts_at)
    policy = in_force.policy if in_force is not None else None
    return {
        "affected": affected,
        "lesson": lesson,
        "interval": Interval(lesson.starts_at, lesson.ends_at),
        # What a student gives up, late or in time, owes nobody another time and is not in this list.
        "happened": happened_words(affected.kind, affected.requested_by, is_used=False),
        "has_begun": lesson.starts_at <= now,
        "is_over": lesson.ends_at <= now,
        "reason": reason_words(affected.reason, policy=policy, is_own=False),
    }
