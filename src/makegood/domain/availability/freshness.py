"""How far ahead a teacher is open, and since when it is too little: pure, from the rows of their plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain, groupby
from operator import itemgetter
from typing import Final
from zoneinfo import ZoneInfo

from makegood.domain.availability import expansion
from makegood.domain.availability.plans import (
    DAY,
    DAYS_OF_WEEK,
    DayException,
    DefaultWeek,
    TeacherPlan,
    monday_of,
)
from makegood.quantities import Interval

# How far back it is looked since when too little has been open.
REMEMBERED: Final = timedelta(days=92)


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

    An hour in which enough was open counts, whoever looked or did not: too little is open while some week that is asked
    for is closed, as the rows stood then, so the times of all such weeks are put together.
    """
    if is_open_ahead(plan=plan, needed_days=needed_days, now=now):
        return None
    zone = ZoneInfo(plan.zone)
    past = _Past(plan=plan, needed_days=needed_days, since=min(since, now), now=now)
    monday, last = monday_of(past.since.astimezone(zone).date()), now.astimezone(zone).date() + needed_days * DAY
    closed: list[Interval] = []
    while monday <= last:
        closed += past.list_closed(monday)
        monday += 7 * DAY
    return next((found.start for found in expansion.merge_intervals(closed) if now in found), now)


def is_open_ahead(*, plan: TeacherPlan, needed_days: int, now: datetime) -> bool:
    """Whether the plan has open time in every week from now until `needed_days` ahead; 0: nothing is asked for."""
    today = now.astimezone(ZoneInfo(plan.zone)).date()
    return needed_days == 0 or _is_open_ahead(plan, today, needed_days)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """What the rows said of each week, in the time from `since` until `now`."""

    plan: TeacherPlan
    needed_days: int
    since: datetime
    now: datetime
    _exceptions: Mapping[date, list[DayException]] = field(init=False)

    def __post_init__(self) -> None:
        by_day: dict[date, list[DayException]] = {}
        for found in self.plan.exceptions:
            by_day.setdefault(found.day_on, []).append(found)
        object.__setattr__(self, "_exceptions", by_day)

    def list_closed(self, monday: date) -> Iterator[Interval]:
        """While a week was closed and asked for; whoever looks goes over its rows once, in the order of their time."""
        zone = self.plan.zone
        begin_at = max(expansion.start_at(day=monday - self.needed_days * DAY, minute=0, zone=zone), self.since)
        end_at = expansion.start_at(day=monday + 7 * DAY, minute=0, zone=zone)
        week = _Week(monday)
        steps: list[tuple[datetime, Callable[[], None] | None]] = [(begin_at, None)]
        steps += ((max(at, begin_at), step) for at, step in self._list_steps(week))
        closed_at: datetime | None = None
        for at, together in groupby(sorted(steps, key=itemgetter(0)), key=itemgetter(0)):
            if at > self.now or at >= end_at:
                break
            for _at, step in together:
                if step is not None:
                    step()
            is_open = week.has_open_time()
            if is_open and closed_at is not None:
                yield Interval(closed_at, at)
            closed_at = None if is_open else closed_at or at
        if closed_at is not None:
            yield Interval(closed_at, end_at)

    def _list_steps(self, week: _Week) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """When something came to hold of the week, with what it makes of it."""
        days = [week.monday + offset * DAY for offset in DAYS_OF_WEEK]
        for default in self.plan.defaults:
            if default.from_on <= days[-1]:
                yield default.made_at, partial(week.set_usual, default)
        for exception in chain.from_iterable(self._exceptions.get(day, ()) for day in days):
            yield exception.made_at, partial(week.set_day, exception)
        for closed in self.plan.closed:
            if closed.day_on in days:
                yield closed.made_at, partial(week.close, closed.day_on, 1)
                if closed.ended_at is not None:
                    yield closed.ended_at, partial(week.close, closed.day_on, -1)


class _Week:
    """Whether each day of a week is open, while its rows are gone through: the highest number so far holds."""

    def __init__(self, monday: date) -> None:
        self.monday = monday
        self._usual: list[tuple[int, bool]] = [(0, False)] * 7
        self._single: list[tuple[int, bool | None]] = [(0, None)] * 7
        self._closed = [0] * 7

    def set_usual(self, default: DefaultWeek) -> None:
        """A default is made."""
        for weekday in range(max((default.from_on - self.monday).days, 0), 7):
            if default.number > self._usual[weekday][0]:
                self._usual[weekday] = (default.number, bool(default.weekly.get(weekday)))

    def set_day(self, exception: DayException) -> None:
        """A single day is set."""
        weekday, ranges = exception.day_on.weekday(), exception.ranges
        if exception.number > self._single[weekday][0]:
            self._single[weekday] = (exception.number, None if ranges is None else bool(ranges))

    def close(self, day: date, by: int) -> None:
        """The school closes on a day, or takes one such closing back."""
        self._closed[day.weekday()] += by

    def has_open_time(self) -> bool:
        """As `_has_open_time` of a plan, of what was gone through."""
        usual = [is_open for _number, is_open in self._usual]
        if any(
            is_usual if single is None else single for is_usual, (_, single) in zip(usual, self._single, strict=True)
        ):
            return True
        closed = [weekday for weekday in DAYS_OF_WEEK if self._closed[weekday]]
        return len(closed) == len(usual) or any(usual[weekday] for weekday in closed)
