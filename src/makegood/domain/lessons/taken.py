"""Whose time is taken by what: a person is in one place at a time, whether they teach or learn there.

The database refuses two live lessons of one teacher, and of one student, at once. That one person does not teach and
learn at once is for whoever takes time: under the locks of both members of a lesson, which everybody takes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet

from makegood.database.compiled import compiled, is_any_of
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.operations import TimeTakenSince
from makegood.domain.lessons.statuses import LIVE
from makegood.domain.lessons.teaching_loads import GIVEN
from makegood.quantities import Interval

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Taken:
    """A lesson that takes time of a teacher or a student, or did."""

    lesson_id: int
    teacher_id: int
    student_id: int | None
    starts_at: datetime
    ends_at: datetime
    lesson: Interval
    blocked: Interval
    status: str

    def time_of(self, member_id: int) -> Interval | None:
        """When it takes this member's time; None when it does not, or not any more.

        Of whoever teaches it with the break after it, of whoever learns without.
        """
        if self.status not in LIVE:
            return None
        if self.teacher_id == member_id:
            return self.blocked
        return self.lesson if self.student_id == member_id else None


def is_busy(taken: Iterable[Taken], *, member_id: int, during: Interval) -> bool:
    """Whether one of these takes the member's time then, in whichever role."""
    return any(time.overlaps(during) for time in times_of(taken, member_id=member_id))


def times_of(taken: Iterable[Taken], *, member_id: int) -> Sequence[Interval]:
    """When these take the member's time, in whichever role."""
    times = (one.time_of(member_id) for one in taken)
    return [time for time in times if time is not None]


def with_break(lesson: Interval, *, minutes: int) -> Interval:
    """What a lesson takes of its teacher's time."""
    assert lesson.end is not None, "lessons end"
    return Interval(lesson.start, lesson.end + timedelta(minutes=minutes))


def list_taken(
    *, school_id: int, teacher_id: int, student_id: int, from_at: datetime, until_at: datetime
) -> tuple[Taken, ...]:
    """What either of the two has, had or keeps that starts or goes on in that time, in either role; one statement."""
    rows = _given_to_either(
        school_id=school_id,
        members=(teacher_id, student_id),
        # Longer than any lesson: what began before and is still going on.
        from_at=from_at - _DAY,
        until_at=until_at,
    )
    return _read(rows)


def list_taken_after(*, school_id: int, student_id: int, teacher_id: int | None, now: datetime) -> tuple[Taken, ...]:
    """What takes the student's time after `now`, and what the teacher learns, if one is asked for; one statement.

    What the student only holds gives way to what they choose. What a teacher teaches, calendar weeks know.
    """
    learners = {student_id, student_id if teacher_id is None else teacher_id}
    # A break may go on when its lesson is over.
    rows = _taken_after(school_id=school_id, student_id=student_id, learners=tuple(learners), from_at=now - _DAY)
    return tuple(one for one in _read(rows) if not (one.student_id == student_id and one.status == LessonStatus.HELD))


def refuse_if_either_is_busy(
    *,
    school_id: int,
    teacher_id: int,
    student_id: int | None,
    times: Sequence[Interval],
    break_minutes: int,
    besides: int | None = None,
) -> None:
    """Raise TimeTakenSince for times that two locked members would get back while one of them has something else.

    `break_minutes` are the teacher's after each; `besides` is a lesson that would move there.
    """
    ends = [time.end for time in times if time.end is not None]
    taken = list_taken(
        school_id=school_id,
        teacher_id=teacher_id,
        student_id=teacher_id if student_id is None else student_id,
        from_at=min(time.start for time in times),
        until_at=max(ends) + timedelta(minutes=break_minutes),
    )
    others = [one for one in taken if one.lesson_id != besides]
    for time in times:
        blocked = with_break(time, minutes=break_minutes)
        if is_busy(others, member_id=teacher_id, during=blocked):
            raise TimeTakenSince
        if student_id is not None and is_busy(others, member_id=student_id, during=time):
            raise TimeTakenSince


_Row = tuple[int, int, int | None, datetime, datetime, Any, str]
_COLUMNS: Final = ("pk", "teacher_id", "student_id", "starts_at", "ends_at", "blocked", "status")


def _read(rows: Iterable[_Row]) -> tuple[Taken, ...]:
    return tuple(
        Taken(
            lesson_id=its_id,
            teacher_id=its_teacher,
            student_id=its_student,
            starts_at=starts_at,
            ends_at=ends_at,
            lesson=Interval(starts_at, ends_at),
            blocked=Interval(blocked.lower, blocked.upper),
            status=status,
        )
        for its_id, its_teacher, its_student, starts_at, ends_at, blocked, status in rows
    )


@compiled
def _given_to_either(
    school_id: int, members: tuple[int, int], from_at: datetime, until_at: datetime
) -> QuerySet[Lesson, _Row]:
    lessons = Lesson.objects.filter(
        Q(is_any_of("teacher_id", members)) | Q(is_any_of("student_id", members)),
        school_id=school_id,
        starts_at__gte=from_at,
        starts_at__lt=until_at,
        status__in=GIVEN,
    )
    return lessons.values_list(*_COLUMNS)


@compiled
def _taken_after(
    school_id: int, student_id: int, learners: tuple[int, ...], from_at: datetime
) -> QuerySet[Lesson, _Row]:
    lessons = Lesson.objects.filter(
        Q(teacher_id=student_id) | Q(is_any_of("student_id", learners)),
        school_id=school_id,
        starts_at__gte=from_at - _DAY,
        ends_at__gt=from_at,
        status__in=LIVE,
    )
    return lessons.values_list(*_COLUMNS)
