"""What a teacher's rows say of each day, pure: the default in force, and its exception."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter

from makegood.domain.availability import expansion
from makegood.domain.availability.expansion import WallRange
from makegood.quantities import Interval

DAY = timedelta(days=1)
DAYS_OF_WEEK = range(7)


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultWeek:
    """A usual week, in force from a day on. `weekly` has no entry for closed weekdays; Monday is 0."""

    number: int
    zone: str
    from_on: date
    weekly: Mapping[int, tuple[WallRange, ...]]
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DayException:
    """What holds on one day instead; `ranges` None: the default again."""

    number: int
    zone: str
    day_on: date
    ranges: tuple[WallRange, ...] | None
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedDay:
    """A day on which the school itself is closed, from when it said so until it took that back."""

    day_on: date
    made_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDay:
    """The open ranges of one day on the wall clock of `zone`."""

    day_on: date
    zone: str
    ranges: tuple[WallRange, ...]
    is_exception: bool

    @property
    def opens(self) -> Sequence[Interval]:
        """The same as instants."""
        return expansion.expand_day(day=self.day_on, ranges=self.ranges, zone=self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class TeacherPlan:
    """Everything a teacher's rows say. `zone` is the zone for days of which they say nothing.

    `closed` are the days on which the school is closed, where it was asked for them: the rows say the same on these.
    """

    zone: str
    defaults: tuple[DefaultWeek, ...] = ()
    exceptions: tuple[DayException, ...] = ()
    closed: tuple[ClosedDay, ...] = ()
    # What holds, found once: a day may have been saved thousands of times.
    _in_force: tuple[DefaultWeek, ...] = field(init=False, repr=False, compare=False)
    _by_day: Mapping[date, DayException] = field(init=False, repr=False, compare=False)
    _closed_days: frozenset[date] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        in_force: list[DefaultWeek] = []
        for default in sorted(self.defaults, key=attrgetter("number"), reverse=True):
            if not in_force or default.from_on < in_force[-1].from_on:
                in_force.append(default)
        object.__setattr__(self, "_in_force", tuple(in_force))
        by_number = sorted(self.exceptions, key=attrgetter("number"))
        object.__setattr__(self, "_by_day", {found.day_on: found for found in by_number})
        closed = frozenset(found.day_on for found in self.closed if found.ended_at is None)
        object.__setattr__(self, "_closed_days", closed)

    def get_default(self, day: date) -> DefaultWeek | None:
        """The default in force on `day`: the last one made that is in force by then."""
        return next((found for found in self._in_force if found.from_on <= day), None)

    def get_usual_day(self, day: date) -> PlannedDay:
        """What the default says of `day`."""
        default = self.get_default(day)
        return PlannedDay(
            day_on=day,
            zone=default.zone if default else self.zone,
            ranges=default.weekly.get(day.weekday(), ()) if default else (),
            is_exception=False,
        )

    def get_day(self, day: date) -> PlannedDay:
        """What holds on `day`."""
        last = self._by_day.get(day)
        if last is None or last.ranges is None:
            return self.get_usual_day(day)
        return PlannedDay(day_on=day, zone=last.zone, ranges=last.ranges, is_exception=True)

    def list_opens(self, *, from_at: datetime, until_at: datetime) -> Sequence[Interval]:
        """The open time of all days that touch `[from_at, until_at)`, whole days, as instants by start."""
        day = (from_at - DAY).astimezone(UTC).date()
        last = (until_at + DAY).astimezone(UTC).date()
        opens: list[Interval] = []
        while day <= last:
            opens += self.get_day(day).opens
            day += DAY
        return expansion.merge_intervals(opens)

    def is_closed_by_school(self, day: date) -> bool:
        """Whether the school is closed on `day`."""
        return day in self._closed_days


def monday_of(day: date) -> date:
    """The Monday of the week of `day`."""
    return day - day.weekday() * DAY


def closed_days(*, days: Iterable[date], zone: str) -> Sequence[Interval]:
    """Whole days of a zone as instants: the school's holidays."""
    return expansion.merge_intervals(
        Interval(
            expansion.start_at(day=day, minute=0, zone=zone),
            expansion.start_at(day=day, minute=expansion.DAY_MINUTES, zone=zone),
        )
        for day in days
    )
