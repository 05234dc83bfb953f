"""How many lessons a teacher gives on a day or, while new, in a week of their zone, and where the rules let no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count

from makegood.domain.availability.booking_rules import BookingRuleSet
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.statuses import LIVE
from makegood.domain.people.models import Membership
from makegood.quantities import Interval

_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)
# No teacher gives so many lessons.
_NEVER: Final = 10**6
# They were given, or somebody was there for them: they count for a teacher's day and week.
GIVEN: Final = (*LIVE, LessonStatus.TAUGHT, LessonStatus.CUT_SHORT, LessonStatus.MISSED)


@dataclass(frozen=True, slots=True)
class FullTimes:
    """The days and weeks in which a teacher can take no lesson more, by teacher."""

    spans: Mapping[int, Sequence[Interval]]

    def holds(self, teacher_id: int, at: datetime) -> bool:
        """Whether `at` lies in one of the teacher's."""
        return any(at in span for span in self.spans.get(teacher_id, ()))


def find_full_times(
    *,
    school_id: int,
    teachers: Collection[Membership],
    rules: BookingRuleSet,
    from_at: datetime,
    until_at: datetime,
    moves: int | None = None,
) -> FullTimes:
    """Those that touch the time from `from_at` to `until_at`; `teachers` with their persons. One statement.

    `moves` is a lesson that would move: its teacher gives no lesson more by it.
    """
    is_new = any(is_on_probation(teacher=one, rules=rules, at=from_at) for one in teachers)
    least = min(rules.max_lessons_per_day, rules.probation_max_lessons_per_week if is_new else _NEVER)
    # A day or a week that begins before, or ends after, is read whole.
    margin = (_WEEK if is_new else _DAY) + _DAY
    lessons = Lesson.objects.filter(
        school_id=school_id,
        teacher_id__in=[one.pk for one in teachers],
        starts_at__gte=from_at - margin,
        starts_at__lt=until_at + margin,
        status__in=GIVEN,
    )
    if moves is not None:
        lessons = lessons.exclude(pk=moves)
    given = lessons.values("teacher_id").annotate(starts=ArrayAgg("starts_at"), count=Count("pk"))
    busy = dict(given.filter(count__gte=least).values_list("teacher_id", "starts"))
    return FullTimes({one.pk: _full_spans(one, busy[one.pk], rules) for one in teachers if one.pk in busy})


def is_on_probation(*, teacher: Membership, rules: BookingRuleSet, at: datetime) -> bool:
    """Whether the teacher is new at that time, as the school counts it."""
    return at < teacher.joined_at + timedelta(days=rules.probation_days)


def day_of(at: datetime, zone: str) -> Interval:
    """The day of a zone that `at` lies in."""
    return _days(at, zone, back=0, length=_DAY)


def week_of(at: datetime, zone: str) -> Interval:
    """The week of a zone, from Monday on, that `at` lies in."""
    return _days(at, zone, back=at.astimezone(ZoneInfo(zone)).weekday(), length=_WEEK)


def _full_spans(teacher: Membership, starts: Sequence[datetime], rules: BookingRuleSet) -> Sequence[Interval]:
    zone = teacher.person.zone
    days = Counter(day_of(at, zone) for at in starts)
    full = [day for day, count in days.items() if count >= rules.max_lessons_per_day]
    weeks = Counter(week_of(at, zone) for at in starts)
    probation_end = teacher.joined_at + timedelta(days=rules.probation_days)
    for week, count in weeks.items():
        # A week in which the probation ends is full until then.
        if week.start < probation_end and count >= rules.probation_max_lessons_per_week:
            assert week.end is not None
            full.append(Interval(week.start, min(week.end, probation_end)))
    return full


def _days(at: datetime, zone: str, *, back: int, length: timedelta) -> Interval:
    place = ZoneInfo(zone)
    first = at.astimezone(place).date() - back * _DAY
    return Interval(
        datetime.combine(first, time(), place),
        datetime.combine(first + length, time(), place),
    )
