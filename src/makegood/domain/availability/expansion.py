"""From ranges on a wall clock to instants, pure: gaps, folds, zones at :30 and :45, days that end at 24:00.

A wall time that does not exist moves forward by the gap, as a weekly lesson does. What exists twice is open both times,
and what is shown between the two is not, unless it lies in the range as well. A range of which nothing is left is not
open that day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from makegood.quantities import Interval

STEP_MINUTES: Final = 15
DAY_MINUTES: Final = 24 * 60
_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_YEAR: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True, order=True)
class WallRange:
    """`[start_minute, end_minute)` of a day, in minutes from midnight on the wall clock; up to 1440 (24:00)."""

    start_minute: int
    end_minute: int

    @property
    def is_usable(self) -> bool:
        """Whether it lies within a day, on steps of 15 minutes, and is not empty."""
        return (
            0 <= self.start_minute < self.end_minute <= DAY_MINUTES
            and self.start_minute % STEP_MINUTES == 0
            and self.end_minute % STEP_MINUTES == 0
        )


@dataclass(frozen=True, slots=True)
class ClockChange:
    """The clocks of a zone change at `at` by `minutes`: forward is positive (a gap), back negative (a fold)."""

    at: datetime
    zone: str
    minutes: int

    @property
    def wall_before(self) -> datetime:
        """What the clock would show without the change; only its hour and minute mean something."""
        local = self.at.astimezone(ZoneInfo(self.zone))
        return local - timedelta(minutes=self.minutes)

    @property
    def wall_after(self) -> datetime:
        """What the clock shows at that instant."""
        return self.at.astimezone(ZoneInfo(self.zone))


def merge_ranges(ranges: Iterable[WallRange]) -> tuple[WallRange, ...]:
    """The same open time, by start, with touching and overlapping ranges joined."""
    merged: list[WallRange] = []
    for found in sorted(ranges):
        if merged and found.start_minute <= merged[-1].end_minute:
            merged[-1] = WallRange(merged[-1].start_minute, max(merged[-1].end_minute, found.end_minute))
        else:
            merged.append(found)
    return tuple(merged)


def start_at(*, day: date, minute: int, zone: str) -> datetime:
    """The instant of a wall time: in a gap moved forward by the gap, in a fold the first."""
    return _wall(day, minute, zone).astimezone(UTC)


def list_starts(*, day: date, minute: int, zone: str) -> Sequence[datetime]:
    """The instants at which clocks show a wall time, by time: none in a gap, two in a fold."""
    wall = _wall(day, minute, zone)
    instants = {wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(at for at in instants if at.astimezone(wall.tzinfo).replace(tzinfo=None) == wall.replace(tzinfo=None))


def end_at(*, day: date, minute: int, zone: str) -> datetime:
    """The instant at which a range ends that ends at `minute`: the second time if its last minute exists twice."""
    last_minute = _wall(day, minute, zone) - _MINUTE
    if _is_twice(last_minute):
        return _second(last_minute) + _MINUTE
    return start_at(day=day, minute=minute, zone=zone)


def expand_day(*, day: date, ranges: Iterable[WallRange], zone: str) -> Sequence[Interval]:
    """The open time of one day as instants, by start."""
    opens = [part for found in ranges for part in _expand(day, found, zone)]
    return merge_intervals(opens)


def _expand(day: date, found: WallRange, zone: str) -> Iterator[Interval]:
    """What is open of one range: two parts where its first or its last minute is shown twice."""
    first, last = _wall(day, found.start_minute, zone), _wall(day, found.end_minute, zone) - _MINUTE
    twice = next((wall for wall in (first, last) if _is_twice(wall)), None)
    if twice is None:
        parts = [(first.astimezone(UTC), start_at(day=day, minute=found.end_minute, zone=zone))]
    else:
        change = _bisect(ZoneInfo(zone), twice.astimezone(UTC), _second(twice))
        before = (first.astimezone(UTC), min(change, last.astimezone(UTC) + _MINUTE))
        after = (max(change, _second(first)), end_at(day=day, minute=found.end_minute, zone=zone))
        parts = [before, after]
    for start, end in parts:
        if start < end:
            yield Interval(start, end)


def merge_intervals(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time, by start, with touching and overlapping intervals joined. None may be open at its end."""
    merged: list[Interval] = []
    for found in sorted(intervals, key=lambda interval: interval.start):
        if merged and found.start <= _end(merged[-1]):
            if _end(found) > _end(merged[-1]):
                merged[-1] = Interval(merged[-1].start, found.end)
        else:
            merged.append(found)
    return merged


def subtract(intervals: Iterable[Interval], taken: Iterable[Interval]) -> list[Interval]:
    """What is left of `intervals` without `taken`, by start."""
    left = merge_intervals(intervals)
    for gone in taken:
        remaining: list[Interval] = []
        for interval in left:
            if not interval.overlaps(gone):
                remaining.append(interval)
                continue
            if interval.start < gone.start:
                remaining.append(Interval(interval.start, gone.start))
            if _end(gone) < _end(interval):
                remaining.append(Interval(_end(gone), interval.end))
        left = remaining
    return left


def is_covered(interval: Interval, opens: Sequence[Interval]) -> bool:
    """Whether all of `interval` lies in one of `opens`, which are merged."""
    return any(found.start <= interval.start and _end(interval) <= _end(found) for found in opens)


def list_clock_changes(*, zone: str, from_at: datetime, until_at: datetime) -> Sequence[ClockChange]:
    """The clock changes of the zone in `[from_at, until_at)`, by time, to the minute."""
    place = ZoneInfo(zone)
    return list(_find_changes(place, zone, from_at, until_at))


def find_next_clock_change(*, zone: str, after: datetime) -> ClockChange | None:
    """The first clock change of the zone within a year, None where its clocks stay."""
    return next(_find_changes(ZoneInfo(zone), zone, after, after + _YEAR, step=_DAY), None)


def grid_minute_of(*, zone: str, at: datetime) -> int:
    """Where the zone's half hours begin past those of UTC: 15 in zones at :15 and :45, else 0."""
    offset = at.astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None
    return int(-offset.total_seconds() // 60) % 30 // STEP_MINUTES * STEP_MINUTES


def weekly_as_rows(weekly: Mapping[int, Iterable[WallRange]]) -> list[dict[str, int]]:
    """A default week as it is stored."""
    return [
        {"weekday": weekday, "start_minute": found.start_minute, "end_minute": found.end_minute}
        for weekday in sorted(weekly)
        for found in merge_ranges(weekly[weekday])
    ]


def ranges_as_rows(ranges: Iterable[WallRange]) -> list[dict[str, int]]:
    """The ranges of a day as they are stored."""
    return [{"start_minute": found.start_minute, "end_minute": found.end_minute} for found in merge_ranges(ranges)]


def _wall(day: date, minute: int, zone: str) -> datetime:
    # Arithmetic on an aware datetime is arithmetic on the wall clock; 24:00 becomes the next day's midnight.
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return midnight + timedelta(minutes=minute)


def _is_twice(wall: datetime) -> bool:
    first, second = wall.replace(fold=0).utcoffset(), wall.replace(fold=1).utcoffset()
    assert first is not None
    assert second is not None
    return first > second


def _second(wall: datetime) -> datetime:
    """The instant of a wall time, the second one of two."""
    return wall.replace(fold=1).astimezone(UTC)


def _end(interval: Interval) -> datetime:
    assert interval.end is not None
    return interval.end


def _find_changes(
    place: ZoneInfo, zone: str, from_at: datetime, until_at: datetime, *, step: timedelta = _HOUR
) -> Iterator[ClockChange]:
    at = from_at.astimezone(UTC) - _MINUTE
    end = until_at.astimezone(UTC)
    while at < end:
        following = min(at + step, end)
        before, after = _offset(at, place), _offset(following, place)
        if before != after:
            change_at = _bisect(place, at, following)
            if from_at <= change_at < until_at:
                yield ClockChange(at=change_at, zone=zone, minutes=int((after - before).total_seconds()) // 60)
        at = following


def _bisect(place: ZoneInfo, before: datetime, after: datetime) -> datetime:
    offset = _offset(before, place)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if _offset(middle, place) == offset:
            before = middle
        else:
            after = middle
    return after


def _offset(at: datetime, place: ZoneInfo) -> timedelta:
    offset = at.astimezone(place).utcoffset()
    assert offset is not None
    return offset
