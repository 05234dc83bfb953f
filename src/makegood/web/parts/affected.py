"""The lessons that cannot take place, as staff see them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from makegood.domain.policies.queries import get_timetable
from makegood.quantities import Interval
from makegood.reports.affected_lessons import AffectedLesson, list_affected_lessons
from makegood.rules.facts import RequestedBy
from makegood.rules.policy import Policy
from makegood.rules.windows import local_midnight
from makegood.web import access
from makegood.web.parts.words import happened_words


def affected_context(visit: access.Visit, *, days_back: int) -> dict[str, Any]:
    """What `parts/affected.html` shows: coming lessons by start, then those of the last `days_back` days and today."""
    zone = ZoneInfo(visit.person.zone)
    today = visit.now.astimezone(zone).date()
    since = local_midnight(today, zone) - timedelta(days=days_back)
    found = list_affected_lessons(school=visit.school, since=since, now=visit.now)
    in_force = get_timetable(school_id=visit.school.pk).find_at(visit.now)
    policy = in_force.policy if in_force else None
    return {
        "coming": [_row(affected, policy, visit.now) for affected in found.coming],
        "past": [_row(affected, policy, visit.now) for affected in found.past],
    }


def _row(affected: AffectedLesson, policy: Policy | None, now: datetime) -> dict[str, Any]:
    line = policy.find_reason(affected.reason) if policy is not None else None
    # That the student asked is what happened, not a reason for it.
    is_said = affected.requested_by is RequestedBy.STUDENT
    lesson = affected.lesson
    return {
        "affected": affected,
        "lesson": lesson,
        "interval": Interval(lesson.starts_at, lesson.ends_at),
        "happened": happened_words(affected.kind, affected.requested_by, is_used=affected.is_used),
        "has_begun": lesson.starts_at <= now,
        "reason": "" if is_said else gettext(line.title) if line is not None else affected.reason,
    }
