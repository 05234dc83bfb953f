"""Which lessons start soon, for reminders."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from makegood.domain.lessons.models import Lesson, LessonMove, LessonStatus


def lock_booked_starting(*, school_id: int, after: datetime, until: datetime) -> Sequence[Lesson]:
    """Booked lessons with a student that start in `(after, until]`, by start, with their people.

    Locked to the transaction's end; those that somebody else has locked are passed by.
    """
    lessons = Lesson.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
    found = lessons.filter(
        school_id=school_id, status=LessonStatus.BOOKED, starts_at__gt=after, starts_at__lte=until
    ).exclude(student=None)
    return list(found.select_related("teacher__person", "student__person").order_by("starts_at", "pk"))


def list_last_moved_at(*, school_id: int, lesson_ids: Collection[int]) -> Mapping[int, datetime]:
    """When each of these lessons got its present time; one that was never moved is left out."""
    moves = LessonMove.objects.filter(school_id=school_id, lesson_id__in=lesson_ids)
    return dict(moves.order_by("lesson_version").values_list("lesson_id", "moved_at"))
