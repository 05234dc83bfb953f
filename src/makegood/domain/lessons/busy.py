"""Keeps what calendar weeks call busy in step with lessons. Every operation that takes or frees time calls it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from makegood.domain.availability import masks, weeks
from makegood.domain.lessons.blocking import list_blocked
from makegood.domain.lessons.models import Lesson
from makegood.quantities import Interval


def add(*, lesson: Lesson) -> None:
    """A lesson was written: its time is busy. With its teacher locked; the same few bytes however full the week is."""
    weeks.mark_busy(school_id=lesson.school_id, teacher_id=lesson.teacher_id, blocked=blocked_by(lesson))


def refresh(*, school_id: int, touched: Mapping[int, Iterable[Interval]]) -> None:
    """Make the weeks that these intervals lie in say what lessons block, by teacher (locked), after the change."""
    for teacher_id, intervals in touched.items():
        starts = _weeks_of(intervals)
        if starts:
            found = list_blocked(
                school_id=school_id, teacher_ids=[teacher_id], from_at=starts[0], until_at=starts[-1] + masks.WEEK
            )
            weeks.set_busy(school_id=school_id, teacher_id=teacher_id, weeks=starts, blocked=found[teacher_id])


def refresh_lessons(*, lessons: Iterable[Lesson]) -> None:
    """The same for lessons that took or freed the time they have now; all of one school."""
    touched: dict[int, list[Interval]] = {}
    school_id = 0
    for lesson in lessons:
        school_id = lesson.school_id
        touched.setdefault(lesson.teacher_id, []).append(blocked_by(lesson))
    refresh(school_id=school_id, touched=touched)


def blocked_by(lesson: Lesson) -> Interval:
    """What the lesson blocks of its teacher's time, its buffer included."""
    blocked = lesson.blocked
    if isinstance(blocked, tuple):
        return Interval(*blocked)
    return Interval(blocked.lower, blocked.upper)


def _weeks_of(intervals: Iterable[Interval]) -> Sequence[datetime]:
    return sorted(
        {
            week
            for interval in intervals
            if interval.end is not None
            for week in masks.list_weeks(from_at=interval.start, until_at=interval.end)
        }
    )
