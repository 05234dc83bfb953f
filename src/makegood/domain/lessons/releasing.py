"""Letting go of times that were held or requested, and undoing bookings. Each has its record (`LessonRelease`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from makegood.database.compiled import compiled, is_any_of
from makegood.database.many_rows import add_rows
from makegood.domain.lessons import busy
from makegood.domain.lessons.models import Lesson, LessonRelease, LessonStatus, ReleaseReason
from makegood.domain.lessons.operations import change_status
from makegood.domain.lessons.statuses import WAITING
from makegood.domain.timeline.doors import Door


def release(
    *,
    lessons: Sequence[Lesson],
    why: ReleaseReason,
    released_by_id: int | None,
    door: Door,
    now: datetime,
    note: str = "",
) -> None:
    """Release locked lessons, recorded first; their time is free again. Raises LessonChanged for a stale row."""
    add_rows(
        [
            LessonRelease(
                school_id=lesson.school_id,
                lesson=lesson,
                why=why,
                note=note,
                released_at=now,
                released_by_id=released_by_id,
                door=door,
            )
            for lesson in lessons
        ]
    )
    for lesson in lessons:
        change_status(lesson=lesson, status=LessonStatus.RELEASED)
    busy.refresh_lessons(lessons=lessons)


def release_lapsed(
    *,
    school_id: int,
    teacher_id: int,
    student_id: int | None = None,
    locked_ids: Collection[int] = (),
    now: datetime,
) -> Sequence[Lesson]:
    """Release what was held or requested until now at the latest, of the locked teacher and (if given) student.

    Of these two in either role. Rows that somebody else is deciding on just now are left to them, and to the sweep what
    they have with teachers who are not among `locked_ids`: their calendar weeks are written under their lock alone.
    """
    locked = (
        _lapsed_of_teacher(school_id=school_id, teacher_id=teacher_id, now=now)
        if student_id is None
        else _lapsed_of_pair(
            school_id=school_id, teacher_id=teacher_id, student_id=student_id, locked_ids=locked_ids, now=now
        )
    )
    if locked:
        release(lessons=locked, why=ReleaseReason.LAPSED, released_by_id=None, door=Door.JOB, now=now)
    return locked


@compiled
def _lapsed_of_teacher(school_id: int, teacher_id: int, now: datetime) -> QuerySet[Lesson]:
    return _lapsed(school_id, now).filter(teacher_id=teacher_id)


@compiled
def _lapsed_of_pair(
    school_id: int, teacher_id: int, student_id: int, locked_ids: Collection[int], now: datetime
) -> QuerySet[Lesson]:
    taught = Q(teacher_id=teacher_id) | Q(teacher_id=student_id)
    learnt = Q(is_any_of("teacher_id", locked_ids)) & (Q(student_id=teacher_id) | Q(student_id=student_id))
    return _lapsed(school_id, now).filter(taught | learnt)


def _lapsed(school_id: int, now: datetime) -> QuerySet[Lesson]:
    lapsed = Lesson.objects.filter(school_id=school_id, status__in=WAITING, held_until__lte=now)
    return lapsed.select_for_update(no_key=True, skip_locked=True).order_by("teacher_id", "starts_at", "pk")


def list_teachers_with_lapsed(*, school_id: int, now: datetime) -> Sequence[int]:
    """The teachers whose time is kept by something that has lapsed."""
    lapsed = Lesson.objects.filter(school_id=school_id, status__in=WAITING, held_until__lte=now)
    return sorted(lapsed.values_list("teacher_id", flat=True).distinct())
