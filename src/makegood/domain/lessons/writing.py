"""Writing lessons that are booked or were taught, many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.quantities import Money

_BATCH = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLesson:
    """A lesson to be written. `taught_minutes`: so long it was taught; None: it is booked.

    `teacher_id` and `student_id` are memberships.
    """

    teacher_id: int
    student_id: int | None
    starts_at: datetime
    ends_at: datetime
    lesson_type: str
    title: str
    pay: Money | None
    booked_at: datetime
    join_link: str = ""
    taught_minutes: int | None = None


def write_many(*, school_id: int, new_lessons: Sequence[NewLesson]) -> Sequence[Lesson]:
    """Write the lessons, in the given order. The database refuses overlaps of booked ones.

    Calendar weeks are not told one by one: whoever writes many rebuilds the calendar afterwards.
    """
    return Lesson.objects.bulk_create([_row(school_id, new) for new in new_lessons], batch_size=_BATCH)


def mark_taught(*, school_id: int, minutes_by_lesson: Mapping[int, int]) -> int:
    """Record that lessons were taught for so many minutes; those that are taught already stay. Returns how many.

    A lesson whose incident was voided was taught after all, so it may come from any status the database lets go.
    """
    changed = 0
    ids_by_minutes: dict[int, list[int]] = {}
    for lesson_id, minutes in minutes_by_lesson.items():
        ids_by_minutes.setdefault(minutes, []).append(lesson_id)
    for minutes, lesson_ids in sorted(ids_by_minutes.items()):
        lessons = Lesson.objects.filter(school_id=school_id, pk__in=lesson_ids).exclude(status=LessonStatus.TAUGHT)
        changed += lessons.update(status=LessonStatus.TAUGHT, taught_minutes=minutes, version=F("version") + 1)
    return changed


def _row(school_id: int, new: NewLesson) -> Lesson:
    return Lesson(
        school_id=school_id,
        teacher_id=new.teacher_id,
        student_id=new.student_id,
        starts_at=new.starts_at,
        ends_at=new.ends_at,
        blocked=(new.starts_at, new.ends_at),
        status=LessonStatus.BOOKED if new.taught_minutes is None else LessonStatus.TAUGHT,
        lesson_type=new.lesson_type,
        title=new.title,
        pay_minor=new.pay.amount_minor if new.pay else None,
        currency=new.pay.currency if new.pay else None,
        booked_at=new.booked_at,
        taught_minutes=new.taught_minutes,
        join_link=new.join_link,
    )
