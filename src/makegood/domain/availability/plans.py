"""What a teacher's rows say of each day, pure: the default in force, its exception, and how far ahead it is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

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
    """Everything a teacher's rows say. `zone` is the zone for days of which they say nothing."""

    zone: str
    defaults: tuple[DefaultWeek, ...] = ()
    exceptions: tuple[DayException, ...] = ()

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
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How far ahead a teacher is open.

    A teacher is open ahead while every week (Monday to Sunday on their wall clock) from this one to the one that holds
    today + `needed_days` has some open time, whether booked or free; the school's holidays do not count against it.
    `open_until_on` is the Sunday of the last of these weeks without a closed one before it, looked for at most to the
    booking horizon; None when this week is closed. `needed_days` 0: the school does not ask for it.

    `breaks_on`: the day on which it will be broken if nothing is opened, None when it is or when no closed week is in
    sight. `broken_since_on`: since when it has been, as the rows of each day stood; at most `pause_days` back.
    """

    needed_days: int
    pause_days: int
    today_on: date
    open_until_on: date | None
    breaks_on: date | None
    broken_since_on: date | None

    @property
    def is_broken(self) -> bool:
        """Whether matching may pause."""
        return self.broken_since_on is not None

    @property
    def days_ahead(self) -> int:
        """How many days ahead it is open."""
        return 0 if self.open_until_on is None else (self.open_until_on - self.today_on).days

    @property
    def days_left(self) -> int | None:
        """In how many days it will be broken; None when it is, or not in sight."""
        return None if self.breaks_on is None else (self.breaks_on - self.today_on).days


def measure_freshness(
    *, plan: TeacherPlan, needed_days: int, pause_days: int, horizon_days: int, joined_at: datetime, now: datetime
) -> Freshness:
    """How far ahead the plan is open; `joined_at` bounds how long it can have been broken."""
    zone = ZoneInfo(plan.zone)
    today = now.astimezone(zone).date()
    furthest = max(horizon_days, needed_days + 7)
    open_until = _find_open_until(plan, today, furthest)
    broken_since = None
    breaks_on = None
    if needed_days > 0:
        if _is_open_ahead(plan, today, needed_days):
            if open_until is not None and open_until < today + furthest * DAY:
                breaks_on = open_until - needed_days * DAY + DAY
        else:
            earliest = max(joined_at.astimezone(zone).date(), today - pause_days * DAY)
            broken_since = _find_broken_since(plan, today, min(earliest, today), needed_days)
    return Freshness(
        needed_days=needed_days,
        pause_days=pause_days,
        today_on=today,
        open_until_on=open_until,
        breaks_on=breaks_on,
        broken_since_on=broken_since,
    )


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
    return any(plan.get_day(monday + offset * DAY).ranges for offset in DAYS_OF_WEEK)


def _find_broken_since(plan: TeacherPlan, today: date, earliest: date, needed_days: int) -> date:
    since = today
    while since > earliest:
        day = since - DAY
        end_of_day = datetime.combine(day + DAY, time(), ZoneInfo(plan.zone))
        if _is_open_ahead(plan.as_of(end_of_day), day, needed_days):
            break
        since = day
    return since
