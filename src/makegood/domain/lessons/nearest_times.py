"""The free times around some others: what is offered to whoever asked for a time that cannot be booked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from makegood.domain.availability.booking_rules import BookingRuleSet
from makegood.domain.availability.slots import find_free_starts
from makegood.domain.lessons.booking import LessonTerms
from makegood.domain.lessons.taken import Taken, is_busy, list_taken, with_break
from makegood.domain.lessons.teaching_loads import FullTimes, find_full_times, list_full_times
from makegood.domain.lessons.time_checks import Diary
from makegood.domain.people.models import Membership
from makegood.quantities import Interval

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

    def without(self, is_forbidden: Callable[[datetime], bool]) -> Nearest:
        """The same without those that something else forbids."""
        return Nearest(self.starts, lambda at: self.is_free(at) and not is_forbidden(at))


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
    taken = list_taken(
        school_id=school_id,
        teacher_id=terms.teacher_id,
        student_id=terms.student_id,
        from_at=from_at,
        until_at=until_at + timedelta(minutes=terms.minutes + terms.buffer_minutes),
    )
    full = find_full_times(school_id=school_id, teachers=[teacher], rules=rules, from_at=from_at, until_at=until_at)
    return _make_nearest(_find_free(school_id, terms, rules, starts, now), terms, taken, full)


def find_nearest_in(diary: Diary, *, starts: Sequence[datetime]) -> Nearest:
    """The same from what was read of the time around these starts (`with_around`); one statement."""
    given = [one.starts_at for one in diary.taken if one.teacher_id == diary.teacher.pk]
    full = list_full_times(teacher=diary.teacher, starts=given, rules=diary.rules)
    free = _find_free(diary.teacher.school_id, diary.terms, diary.rules, starts, diary.now)
    return _make_nearest(free, diary.terms, diary.taken, full)


def _find_free(
    school_id: int, terms: LessonTerms, rules: BookingRuleSet, starts: Sequence[datetime], now: datetime
) -> Sequence[datetime]:
    found = find_free_starts(
        school_id=school_id,
        teacher_ids=[terms.teacher_id],
        from_at=min(starts) - _WEEK,
        until_at=max(starts) + _WEEK,
        lesson_minutes=terms.minutes,
        rules=rules,
        now=now,
    )
    return found.list_of(terms.teacher_id)


def _make_nearest(free: Sequence[datetime], terms: LessonTerms, taken: Sequence[Taken], full: FullTimes) -> Nearest:
    length = timedelta(minutes=terms.minutes)

    def is_free(at: datetime) -> bool:
        lesson = Interval(at, at + length)
        return not (
            full.holds(terms.teacher_id, at)
            or is_busy(taken, member_id=terms.student_id, during=lesson)
            or is_busy(taken, member_id=terms.teacher_id, during=with_break(lesson, minutes=terms.buffer_minutes))
        )

    return Nearest(free, is_free)
