"""Weeks as bits, pure: 672 steps of 15 minutes from Monday 00:00 UTC, step 0 in the lowest bit of the first byte."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from makegood.quantities import Interval

STEP: Final = timedelta(minutes=15)
WEEK: Final = timedelta(days=7)
WEEK_STEPS: Final = 672
WEEK_BYTES: Final = 84
EMPTY: Final = bytes(WEEK_BYTES)
# A Monday.
_ORIGIN: Final = datetime(2001, 1, 1, tzinfo=UTC)


def week_of(at: datetime) -> datetime:
    """The Monday 00:00 UTC at or before `at`."""
    return _ORIGIN + (at - _ORIGIN) // WEEK * WEEK


def list_weeks(*, from_at: datetime, until_at: datetime) -> Sequence[datetime]:
    """The weeks that `[from_at, until_at)` touches."""
    weeks = [week_of(from_at)]
    while weeks[-1] + WEEK < until_at:
        weeks.append(weeks[-1] + WEEK)
    return weeks


def fill_weeks(
    *, intervals: Iterable[Interval], weeks: Collection[datetime], whole_steps: bool
) -> Mapping[datetime, bytes]:
    """The mask of each of `weeks`. `whole_steps`: only steps wholly inside count (open), else touched ones (busy)."""
    bits = dict.fromkeys(weeks, 0)
    for interval in intervals:
        assert interval.end is not None
        first, last = _steps(interval.start, interval.end, whole_steps=whole_steps)
        while first < last:
            week, place = divmod(first, WEEK_STEPS)
            count = min(last - first, WEEK_STEPS - place)
            starts_at = _ORIGIN + week * WEEK
            if starts_at in bits:
                bits[starts_at] |= ((1 << count) - 1) << place
            first += count
    return {week: mask.to_bytes(WEEK_BYTES, "little") for week, mask in bits.items()}


def _steps(start: datetime, end: datetime, *, whole_steps: bool) -> tuple[int, int]:
    """The steps since the origin, the last one excluded."""
    if whole_steps:
        return -((_ORIGIN - start) // STEP), (end - _ORIGIN) // STEP
    return (start - _ORIGIN) // STEP, -((_ORIGIN - end) // STEP)
