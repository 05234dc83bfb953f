"""Many lessons at once, for files of history."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import F

from makegood.database.many_rows import add_tuples
from makegood.domain.lessons import busy
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.operations import STATUS_AFTER
from makegood.domain.lessons.statuses import LIVE, NEVER_A_LESSON
from makegood.quantities import Money
from makegood.rules.facts import Kind

LessonKey = tuple[int, datetime]
_COLUMNS = (
    "school_id", "teacher_id", "starts_at", "ends_at", "blocked", "status", "lesson_type", "title", "pay_minor",
    "currency", "booked_at", "taught_minutes", "join_link", "version",
)  # fmt: skip


class KnownLesson(NamedTuple):
    """A lesson of the school: its id, its length and its status."""

    id: int
    minutes: float
    status: str


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


def find_by_start(*, school_id: int, keys: Collection[LessonKey]) -> Mapping[LessonKey, KnownLesson]:
    """The latest lesson of the teacher (id) at the start of each of `keys`, where there is one."""
    if not keys:
        return {}
    starts = [starts_at for _, starts_at in keys]
    rows = Lesson.objects.filter(
        school_id=school_id,
        teacher_id__in={teacher_id for teacher_id, _ in keys},
        starts_at__gte=min(starts),
        starts_at__lte=max(starts),
    ).exclude(status__in=NEVER_A_LESSON)
    found = rows.order_by("pk").values_list("pk", "teacher_id", "starts_at", "ends_at", "status")
    # The teachers' other lessons may be many; they pass by one after the other.
    return {
        (teacher_id, starts_at): KnownLesson(lesson_id, (ends_at - starts_at) / timedelta(minutes=1), status)
        for lesson_id, teacher_id, starts_at, ends_at, status in found.iterator(chunk_size=5000)
        if (teacher_id, starts_at) in keys
    }


def can_become(*, status: str, kind: Kind) -> bool:
    """Whether a lesson of this status may get what an incident of `kind` makes of it (`LessonTransition`)."""
    later = STATUS_AFTER[kind]
    if later is None or later == status:
        return True
    if status == LessonStatus.BOOKED:
        return True
    return status in {LessonStatus.IN_PROGRESS, LessonStatus.TAUGHT} and later != LessonStatus.MOVED


def add_past(*, school_id: int, lessons: Sequence[PastLesson]) -> Sequence[int]:
    """Write lessons that have ended as their incidents left them and return their ids.

    Record the incidents in the same transaction.
    """
    return add_tuples(model=Lesson, columns=_COLUMNS, rows=(_to_tuple(school_id, past) for past in lessons))


def _to_tuple(school_id: int, past: PastLesson) -> tuple[object, ...]:
    ends_at = past.starts_at + timedelta(minutes=past.minutes)
    return (
        school_id, past.teacher_id, past.starts_at, ends_at, f'["{past.starts_at}","{ends_at}")',
        (STATUS_AFTER[past.kind] or LessonStatus.TAUGHT).value, past.lesson_type, "",
        past.pay.amount_minor if past.pay is not None else None,
        past.pay.currency if past.pay is not None else None,
        past.booked_at, past.taught_minutes or None, "", 1,
    )  # fmt: skip


def mark_many(*, school_id: int, lesson_ids: Mapping[Kind, Sequence[int]]) -> None:
    """Give lessons the status their incidents lead to, those that do not have it yet. Lock their teachers."""
    for kind, ids in lesson_ids.items():
        status = STATUS_AFTER[kind]
        if status is not None:
            lessons = Lesson.objects.filter(school_id=school_id, pk__in=ids).exclude(status=status)
            freed = list(lessons.filter(status__in=LIVE))
            lessons.update(status=status, version=F("version") + 1)
            busy.refresh_lessons(lessons=freed)
