"""The free times around some others: what is offered to whoever asked for a time that cannot be booked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from django.db.models import QuerySet

from makegood.database.compiled import compiled
from makegood.domain.availability.booking_rules import BookingRuleSet
from makegood.domain.availability.slots import find_free_starts
from makegood.domain.lessons.booking import LessonTerms
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.statuses import LIVE
from makegood.domain.lessons.teaching_loads import find_full_times
from makegood.domain.people.models import Membership

_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Nearest:
    """The times around some others at which a teacher is open and free; `is_free` asks for the rest, time by time.

    Few are asked for, and there are hundreds, so each is asked about when it is the nearest that is left.
    """

    starts: Sequence[datetime]
    is_free: Callable[[datetime], bool]

    def list_around(self, at: datetime, *, most: int = 3) -> tuple[datetime, ...]:
        """Those nearest to `at`, within a week before and after, in order."""
        others = [start for start in self.starts if start != at and abs(start - at) <= _WEEK]
        others.sort(key=lambda start: abs(start - at))
        return tuple(sorted(islice(filter(self.is_free, others), most)))


def find_nearest(
    *,
    school_id: int,
    teacher: Membership,
    terms: LessonTerms,
    rules: BookingRuleSet,
    starts: Sequence[datetime],
    now: datetime,
) -> Nearest:
    """When teacher and student are free from a week before the first to a week after the last of `starts`.

    Three statements. `teacher` with its person.
    """
    from_at, until_at = min(starts) - _WEEK, max(starts) + _WEEK
    free = find_free_starts(
        school_id=school_id,
        teacher_ids=[terms.teacher_id],
        from_at=from_at,
        until_at=until_at,
        lesson_minutes=terms.minutes,
        rules=rules,
        now=now,
    )
    length = timedelta(minutes=terms.minutes)
    own = _taken_of_student(
        school_id=school_id, student_id=terms.student_id, from_at=from_at, until_at=until_at + length
    )
    full = find_full_times(school_id=school_id, teachers=[teacher], rules=rules, from_at=from_at, until_at=until_at)

    def is_free(at: datetime) -> bool:
        return not full.holds(teacher.pk, at) and all(end <= at or start >= at + length for start, end in own)

    return Nearest(free.list_of(terms.teacher_id), is_free)


@compiled
def _taken_of_student(
    school_id: int, student_id: int, from_at: datetime, until_at: datetime
) -> QuerySet[Lesson, tuple[datetime, datetime]]:
    live = Lesson.objects.filter(school_id=school_id, student_id=student_id, status__in=LIVE)
    return live.filter(ends_at__gt=from_at, starts_at__lt=until_at).values_list("starts_at", "ends_at")
