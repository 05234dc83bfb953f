"""Keeping a new time for a lesson that may move there. The lesson stays where it is until the move."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from makegood.domain.lessons.models import Lesson, LessonStatus, ReleaseReason
from makegood.domain.lessons.releasing import release
from makegood.domain.timeline.doors import Door


def list_kept_for(*, lesson: Lesson) -> Sequence[Lesson]:
    """The times that are kept for a locked lesson, locked."""
    held = Lesson.objects.select_for_update(no_key=True).filter(
        school_id=lesson.school_id, keeps_time_for_id=lesson.pk, status=LessonStatus.HELD
    )
    return list(held.order_by("pk"))


def let_go_of_kept(*, lesson: Lesson, released_by_id: int | None, door: Door, now: datetime) -> None:
    """Release every time that is kept for a locked lesson."""
    kept = list_kept_for(lesson=lesson)
    if kept:
        release(lessons=kept, why=ReleaseReason.LET_GO, released_by_id=released_by_id, door=door, now=now)
