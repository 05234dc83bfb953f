"""How many lessons a teacher gives on a day or, while new, in a week of their zone, and where the rules let no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, QuerySet

from makegood.database.compiled import compiled, is_any_of
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
    busy = dict(
        _starts_of_busy(
            school_id=school_id,
            teacher_ids=[one.pk for one in teachers],
            since=from_at - margin,
            until=until_at + margin,
            moves=moves or 0,
            least=least,
        )
    )
    return FullTimes({one.pk: _full_spans(one, busy[one.pk], rules) for one in teachers if one.pk in busy})


def list_full_times(*, teacher: Membership, starts: Sequence[datetime], rules: BookingRuleSet) -> FullTimes:
    """The same of one teacher, from the starts of all that they give in that time and the weeks that it touches."""
    return FullTimes({teacher.pk: _full_spans(teacher, starts, rules)})


@compiled
def _starts_of_busy(
    school_id: int, teacher_ids: Collection[int], since: datetime, until: datetime, moves: int, least: int
) -> QuerySet[Lesson, tuple[int, list[datetime]]]:
    """Of teachers who give `least` lessons or more in that time; `moves` is left out, and no lesson is number 0."""
    given = Lesson.objects.filter(
        is_any_of("teacher_id", teacher_ids), school_id=school_id, starts_at__gte=since, starts_at__lt=until,
        status__in=GIVEN,
    ).exclude(pk=moves)  # fmt: skip
    counted = given.values("teacher_id").annotate(starts=ArrayAgg("starts_at"), count=Count("pk"))
    return counted.filter(count__gte=least).values_list("teacher_id", "starts")


def is_on_probation(*, teacher: Membership, rules: BookingRuleSet, at: datetime) -> bool:
    """Whether the teacher is new at that time, as the school counts it."""
    return at < probation_end(teacher=teacher, rules=rules)


def probation_end(*, teacher: Membership, rules: BookingRuleSet) -> datetime:
    """When the teacher is new no longer; when they joined, where the school has no probation."""
    return teacher.joined_at + timedelta(days=rules.probation_days)


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
    end = probation_end(teacher=teacher, rules=rules)
    for week, count in weeks.items():
        # A week in which the probation ends is full until then.
        if week.start < end and count >= rules.probation_max_lessons_per_week:
            assert week.end is not None
            full.append(Interval(week.start, min(week.end, end)))
    return full


def _days(at: datetime, zone: str, *, back: int, length: timedelta) -> Interval:
    place = ZoneInfo(zone)
    first = at.astimezone(place).date() - back * _DAY
    return Interval(
        datetime.combine(first, time(), place),
        datetime.combine(first + length, time(), place),
    )
