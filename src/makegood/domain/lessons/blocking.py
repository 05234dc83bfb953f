"""What lessons block of a teacher's time, for calendars and for what lies outside availability."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from psycopg.types.range import Range

from makegood.database.compiled import compiled, is_any_of
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.statuses import LIVE, OPEN
from makegood.quantities import Interval


def list_blocked(
    *, school_id: int, teacher_ids: Collection[int], from_at: datetime, until_at: datetime
) -> Mapping[int, Sequence[Interval]]:
    """What live lessons (held ones, too) block in `[from_at, until_at)`, buffers included, by teacher; all are keys."""
    blocked: dict[int, list[Interval]] = {teacher_id: [] for teacher_id in teacher_ids}
    span = Range(from_at, until_at)
    for teacher_id, taken in _blocked(school_id=school_id, teacher_ids=list(blocked), span=span):
        blocked[teacher_id].append(Interval(taken.lower, taken.upper))
    return blocked


@compiled
def _blocked(school_id: int, teacher_ids: Collection[int], span: Any) -> QuerySet[Lesson, tuple[int, Any]]:
    lessons = Lesson.objects.filter(is_any_of("teacher_id", teacher_ids), school_id=school_id, status__in=LIVE)
    return lessons.filter(blocked__overlap=span).values_list("teacher_id", "blocked")


def list_open_between(
    *, school_id: int, from_at: datetime, until_at: datetime | None = None, teacher_id: int | None = None
) -> Sequence[Lesson]:
    """Open lessons that touch `[from_at, until_at)`, with their people, by start; of one teacher or of all."""
    found = Lesson.objects.filter(school_id=school_id, status__in=OPEN, ends_at__gt=from_at)
    if until_at is not None:
        found = found.filter(starts_at__lt=until_at)
    if teacher_id is not None:
        found = found.filter(teacher_id=teacher_id)
    return list(found.select_related("teacher__person", "student__person").order_by("starts_at", "pk"))
