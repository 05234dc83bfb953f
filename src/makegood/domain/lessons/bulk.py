"""Many lessons at once, for files of history."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.operations import STATUS_AFTER
from makegood.domain.schools.many_rows import add_rows
from makegood.quantities import Money
from makegood.rules.facts import Kind

LessonKey = tuple[int, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastLesson:
    """A lesson that a file tells of; it may lack a student. `kind` is what became of it."""

    teacher_id: int
    starts_at: datetime
    minutes: int
    lesson_type: str
    pay: Money | None
    booked_at: datetime | None
    taught_minutes: int
    kind: Kind


def find_by_start(*, school_id: int, teacher_ids: Collection[int]) -> Mapping[LessonKey, Lesson]:
    """The latest lesson of these teachers at each start."""
    rows = Lesson.objects.filter(school_id=school_id, teacher_id__in=teacher_ids).order_by("pk")
    return {(row.teacher_id, row.starts_at): row for row in rows}


def add_past(*, school_id: int, lessons: Sequence[PastLesson]) -> Sequence[Lesson]:
    """Write lessons that have ended as their incidents left them; record the incidents in the same transaction."""
    rows = []
    for past in lessons:
        ends_at = past.starts_at + timedelta(minutes=past.minutes)
        rows.append(
            Lesson(
                school_id=school_id,
                teacher_id=past.teacher_id,
                starts_at=past.starts_at,
                ends_at=ends_at,
                blocked=(past.starts_at, ends_at),
                status=STATUS_AFTER[past.kind] or LessonStatus.TAUGHT,
                lesson_type=past.lesson_type,
                pay_minor=past.pay.amount_minor if past.pay is not None else None,
                currency=past.pay.currency if past.pay is not None else None,
                booked_at=past.booked_at,
                taught_minutes=past.taught_minutes or None,
            )
        )
    return add_rows(rows)


def mark_many(*, school_id: int, lesson_ids: Mapping[Kind, Sequence[int]]) -> None:
    """Give lessons the status their incidents lead to, those that do not have it yet."""
    for kind, ids in lesson_ids.items():
        status = STATUS_AFTER[kind]
        if status is not None:
            lessons = Lesson.objects.filter(school_id=school_id, pk__in=ids).exclude(status=status)
            lessons.update(status=status, version=F("version") + 1)
