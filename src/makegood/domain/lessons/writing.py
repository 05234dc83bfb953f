"""Writing lessons that are booked or were taught, many at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, IntegerField
from django.db.models.functions import Cast, Extract

from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.quantities import Money

_BATCH = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLesson:
    """A lesson to be written. `is_taught`: it was taught to its end; otherwise it is booked.

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
    is_taught: bool = False


def write_many(*, school_id: int, new_lessons: Sequence[NewLesson]) -> Sequence[Lesson]:
    """Write the lessons, in the given order. The database refuses overlaps of booked ones.

    Calendar weeks are not told one by one: whoever writes many rebuilds the calendar afterwards.
    """
    return Lesson.objects.bulk_create([_row(school_id, new) for new in new_lessons], batch_size=_BATCH)


def mark_taught(*, school_id: int, lesson_ids: Collection[int]) -> int:
    """Record that lessons were taught to their end; those that are taught already stay as they are. Returns how many.

    A lesson whose incident was voided was taught after all, so it may come from any status the database lets go.
    """
    length_minutes = Cast(Extract(F("ends_at") - F("starts_at"), "epoch") / 60, IntegerField())
    lessons = Lesson.objects.filter(school_id=school_id, pk__in=lesson_ids).exclude(status=LessonStatus.TAUGHT)
    return lessons.update(status=LessonStatus.TAUGHT, taught_minutes=length_minutes, version=F("version") + 1)


def _row(school_id: int, new: NewLesson) -> Lesson:
    return Lesson(
        school_id=school_id,
        teacher_id=new.teacher_id,
        student_id=new.student_id,
        starts_at=new.starts_at,
        ends_at=new.ends_at,
        blocked=(new.starts_at, new.ends_at),
        status=LessonStatus.TAUGHT if new.is_taught else LessonStatus.BOOKED,
        lesson_type=new.lesson_type,
        title=new.title,
        pay_minor=new.pay.amount_minor if new.pay else None,
        currency=new.pay.currency if new.pay else None,
        booked_at=new.booked_at,
        taught_minutes=int((new.ends_at - new.starts_at).total_seconds()) // 60 if new.is_taught else None,
        join_link=new.join_link,
    )
