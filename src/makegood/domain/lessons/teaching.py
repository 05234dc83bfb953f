"""The steps of a lesson that is being taught: under way, taught. Each is a conditional update under the row's lock."""

from __future__ import annotations

from django.db.models import F

from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.operations import LessonChanged


def put_under_way(*, lesson: Lesson) -> None:
    """The teacher started a locked, booked lesson. Raises LessonChanged for a stale row."""
    _step(lesson, LessonStatus.IN_PROGRESS, taught_minutes=None)


def put_as_taught(*, lesson: Lesson, taught_minutes: int) -> None:
    """A locked lesson was taught for so many whole minutes. Raises LessonChanged for a stale row."""
    _step(lesson, LessonStatus.TAUGHT, taught_minutes=taught_minutes)


def _step(lesson: Lesson, status: LessonStatus, *, taught_minutes: int | None) -> None:
    changed = Lesson.objects.filter(school_id=lesson.school_id, pk=lesson.pk, version=lesson.version).update(
        status=status, taught_minutes=taught_minutes, version=F("version") + 1
    )
    if changed != 1:
        raise LessonChanged
    lesson.status, lesson.taught_minutes = status, taught_minutes
    lesson.version += 1
