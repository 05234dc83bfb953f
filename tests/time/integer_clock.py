"""A clock that only adds whole seconds: what a zone's wall shows, and when, without arithmetic on local times.

The one thing taken from the zone database is the offset at instants in UTC; everything else is integers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

FIRST, LAST = datetime(2024, 5, 1, tzinfo=UTC), datetime(2029, 9, 1, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400
_HALF_DAY = timedelta(hours=12)


@dataclass(frozen=True)
class Transition:
    """The offset (seconds east of UTC) changes at `at` (seconds since 1970)."""

    at: int
    before: int
    after: int


@dataclass(frozen=True)
class IntegerClock:
    """One zone from `FIRST` to `LAST`: `starts[i]` is when `offsets[i]` begins to hold."""

    zone: str
    starts: Sequence[int]
    offsets: Sequence[int]

    def offset_at(self, instant: int) -> int:
        """Seconds east of UTC at an instant."""
        return self.offsets[bisect_right(self.starts, instant) - 1]

    def wall_at(self, instant: int) -> int:
        """What the wall shows, as seconds since 1970 if it were UTC."""
        return instant + self.offset_at(instant)

    def instants_of(self, wall: int) -> list[int]:
        """Every instant at which the wall shows `wall`: none in a gap, two in a fold."""
        ends = [*self.starts[1:], 1 << 62]
        held = zip(self.offsets, self.starts, ends, strict=True)
        return [wall - offset for offset, start, end in held if start <= wall - offset < end]

    def instant_of(self, wall: int) -> int:
        """The instant of a wall time: in a gap moved forward by the gap, in a fold the first."""
        found = self.instants_of(wall)
        if found:
            return found[0]
        gaps = (change for change in self.transitions() if change.at + change.before <= wall < change.at + change.after)
        return wall - next(gaps).before

    def transitions(self) -> Iterator[Transition]:
        """Every change of the offset."""
        for at, before, after in zip(self.starts[1:], self.offsets, self.offsets[1:], strict=False):
            yield Transition(at, before, after)


@cache
def clock_of(zone: str) -> IntegerClock:
    """The zone's clock, found by asking for offsets every half day and halving where they differ."""
    info = ZoneInfo(zone)
    starts, offsets = [seconds(FIRST)], [_offset(FIRST, info)]
    at = FIRST
    while at < LAST:
        later = at + _HALF_DAY
        if _offset(later, info) != offsets[-1]:
            low, high = seconds(at), seconds(later)
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if _offset(instant(middle), info) == offsets[-1] else (low, middle)
            starts.append(high)
            offsets.append(_offset(instant(high), info))
        at = later
    return IntegerClock(zone, starts, offsets)


def _offset(at: datetime, info: ZoneInfo) -> int:
    offset = at.astimezone(info).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def seconds(at: datetime) -> int:
    """Seconds since 1970."""
    return int((at - EPOCH).total_seconds())


def instant(since: int) -> datetime:
    """The aware datetime, in UTC, of seconds since 1970."""
    return EPOCH + timedelta(seconds=since)


def day_of(wall: int) -> date:
    """The date a wall time shows."""
    return (EPOCH + timedelta(days=wall // DAY)).date()


def midnight_of(day: date) -> int:
    """The wall time at which a date begins."""
    return (day - EPOCH.date()).days * DAY
