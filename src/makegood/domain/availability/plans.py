"""What a teacher's rows say of each day, pure: the default in force, its exception, and how far ahead it is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from makegood.domain.availability import expansion
from makegood.domain.availability.expansion import WallRange
from makegood.quantities import Interval

DAY = timedelta(days=1)
DAYS_OF_WEEK = range(7)
# How far back it is looked since when too little has been open.
REMEMBERED: Final = timedelta(days=92)


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

    def get_default(self, day: date) -> DefaultWeek | None:
        """The default in force on `day`: the last one made that is in force by then."""
        return max(
            (found for found in self.defaults if found.from_on <= day), key=lambda found: found.number, default=None
        )

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
        last = max(
            (found for found in self.exceptions if found.day_on == day), key=lambda found: found.number, default=None
        )
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

    def as_of(self, at: datetime) -> TeacherPlan:
        """The plan as it stood at `at`."""
        return replace(
            self,
            defaults=tuple(found for found in self.defaults if found.made_at <= at),
            exceptions=tuple(found for found in self.exceptions if found.made_at <= at),
            closed=tuple(
                replace(found, ended_at=None)
                for found in self.closed
                if found.made_at <= at and (found.ended_at is None or found.ended_at > at)
            ),
        )

    def is_closed_by_school(self, day: date) -> bool:
        """Whether the school is closed on `day`."""
        return any(found.day_on == day and found.ended_at is None for found in self.closed)

    def list_changes(self) -> Iterator[datetime]:
        """When any of these rows came to hold or ceased to, in no order."""
        yield from (found.made_at for found in self.defaults)
        yield from (found.made_at for found in self.exceptions)
        yield from (found.made_at for found in self.closed)
        yield from (found.ended_at for found in self.closed if found.ended_at is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How far ahead a teacher is open.

    A teacher is open ahead while every week (Monday to Sunday on their wall clock) from this one to the one that holds
    today + `needed_days` has some open time, whether booked or free. Days on which the school is closed do not count
    against it: one on which the teacher is usually open counts as open, and so does a week that is closed whole.
    `open_until_on` is the Sunday of the last of these weeks without a closed one before it, looked for at most to the
    booking horizon; None when this week is closed. `needed_days` 0: the school does not ask for it.

    `breaks_on`: the day on which it will be broken if nothing is opened, None when it is or when no closed week is in
    sight. `broken_since_at`: from when on it has been without a break, as the rows stood then; at most `REMEMBERED`.
    """

    zone: str
    needed_days: int
    today_on: date
    open_until_on: date | None
    breaks_on: date | None
    broken_since_at: datetime | None

    @property
    def is_broken(self) -> bool:
        """Whether too little is open."""
        return self.broken_since_at is not None

    @property
    def broken_since_on(self) -> date | None:
        """The teacher's day of `broken_since_at`."""
        at = self.broken_since_at
        return None if at is None else at.astimezone(ZoneInfo(self.zone)).date()

    @property
    def days_ahead(self) -> int:
        """How many days ahead it is open."""
        return 0 if self.open_until_on is None else (self.open_until_on - self.today_on).days

    @property
    def days_left(self) -> int | None:
        """In how many days it will be broken; None when it is, or not in sight."""
        return None if self.breaks_on is None else (self.breaks_on - self.today_on).days


def measure_freshness(
    *,
    plan: TeacherPlan,
    needed_days: int,
    horizon_days: int,
    joined_at: datetime,
    now: datetime,
    back_to: datetime | None = None,
) -> Freshness:
    """How far ahead the plan is open; it can be broken since they joined, and since they first opened anything.

    `back_to`: since when it is looked, where that is longer ago than what is remembered of everybody.
    """
    today = now.astimezone(ZoneInfo(plan.zone)).date()
    furthest = max(horizon_days, needed_days + 7)
    open_until = _find_open_until(plan, today, furthest)
    rows = [found.made_at for found in plan.defaults] + [found.made_at for found in plan.exceptions]
    begun_at = min(rows, default=joined_at)
    earliest = max(joined_at, begun_at, min(now - REMEMBERED, back_to or now))
    since = find_broken_since(plan=plan, needed_days=needed_days, since=earliest, now=now)
    breaks_on = None
    if needed_days > 0 and since is None and open_until is not None and open_until < today + furthest * DAY:
        breaks_on = open_until - needed_days * DAY + DAY
    return Freshness(
        zone=plan.zone,
        needed_days=needed_days,
        today_on=today,
        open_until_on=open_until,
        breaks_on=breaks_on,
        broken_since_at=since,
    )


def find_broken_since(*, plan: TeacherPlan, needed_days: int, since: datetime, now: datetime) -> datetime | None:
    """From when on too little has been open without a break until now, at the earliest `since`; None: enough is open.

    What is open ahead changes only when a row is written or a day of the teacher begins, so nothing else is looked at:
    an hour in which enough was open counts, whoever looked or did not.
    """
    if is_open_ahead(plan=plan, needed_days=needed_days, now=now):
        return None
    broken_since = now
    for at in sorted({min(since, now), *_list_turns(plan, since, now)}, reverse=True):
        if is_open_ahead(plan=plan.as_of(at), needed_days=needed_days, now=at):
            break
        broken_since = at
    return broken_since


def is_open_ahead(*, plan: TeacherPlan, needed_days: int, now: datetime) -> bool:
    """Whether the plan has open time in every week from now until `needed_days` ahead; 0: nothing is asked for."""
    today = now.astimezone(ZoneInfo(plan.zone)).date()
    return needed_days == 0 or _is_open_ahead(plan, today, needed_days)


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


def _find_open_until(plan: TeacherPlan, today: date, furthest: int) -> date | None:
    monday = monday_of(today)
    open_until = None
    while _has_open_time(plan, monday):
        open_until = monday + 6 * DAY
        if open_until >= today + furthest * DAY:
            break
        monday += 7 * DAY
    return open_until


def _is_open_ahead(plan: TeacherPlan, today: date, needed_days: int) -> bool:
    monday = monday_of(today)
    while monday <= today + needed_days * DAY:
        if not _has_open_time(plan, monday):
            return False
        monday += 7 * DAY
    return True


def _has_open_time(plan: TeacherPlan, monday: date) -> bool:
    days = [monday + offset * DAY for offset in DAYS_OF_WEEK]
    if any(plan.get_day(day).ranges for day in days):
        return True
    closed = [day for day in days if plan.is_closed_by_school(day)]
    return len(closed) == len(days) or any(plan.get_usual_day(day).ranges for day in closed)


def _list_turns(plan: TeacherPlan, since: datetime, now: datetime) -> set[datetime]:
    """The instants after `since`, up to now, at which something else may hold."""
    turns = {at for at in plan.list_changes() if since < at <= now}
    zone = ZoneInfo(plan.zone)
    day = since.astimezone(zone).date() + DAY
    while day <= now.astimezone(zone).date():
        turns.add(expansion.start_at(day=day, minute=0, zone=plan.zone))
        day += DAY
    return turns
