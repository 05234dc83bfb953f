"""Which calendar windows an instant falls into, looked up by quarter of an hour instead of converting the zone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from makegood.rules.settings.counting import AcrossMonths, Counter
from makegood.rules.windows import CALENDAR_MONTH

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
QUARTER: Final = timedelta(minutes=15)
TICK: Final = timedelta(microseconds=1)
QUARTERS_PER_DAY: Final = 96
QUARTER_SECONDS: Final = 900
# About six years of quarters; who looks at more starts over rather than growing without end.
MOST_QUARTERS: Final = 200_000

Keys = tuple[int, ...]
WindowOf = Callable[[date], int]


def window_of(counter: Counter) -> WindowOf:
    """A whole number for the calendar window of a local day: equal for two days if and only if the window is."""
    if counter.window == CALENDAR_MONTH:
        return _month
    starts_on = counter.week_starts_on

    def week(day: date) -> int:
        return (day.toordinal() - starts_on) // 7

    def week_cut_at_month_end(day: date) -> int:
        # A week touches at most two months, so the month's number in its year tells them apart.
        return week(day) * 16 + day.month

    return week_cut_at_month_end if counter.across_months is AcrossMonths.CUT_AT_MONTH_END else week


def _month(day: date) -> int:
    return day.year * 12 + day.month


class CalendarTable:
    """The windows of instants in one zone. Filled as quarters are met: a school looks at few of a century's."""

    __slots__ = ("_by_quarter", "_window_of", "_zone")

    def __init__(self, *, zone: ZoneInfo, windows: Sequence[WindowOf]) -> None:
        self._zone = zone
        self._window_of = tuple(windows)
        self._by_quarter: dict[int, Keys | None] = {}

    def find(self, at: datetime) -> Keys:
        """The number of each window that the aware instant `at` falls into, in the order of `windows`."""
        since = at - EPOCH
        quarter = since.days * QUARTERS_PER_DAY + since.seconds // QUARTER_SECONDS
        keys = self._by_quarter.get(quarter)
        return self._look(at, quarter) if keys is None else keys

    def _look(self, at: datetime, quarter: int) -> Keys:
        """Convert the zone, and remember the answer where the whole quarter shares it."""
        if quarter not in self._by_quarter:
            if len(self._by_quarter) >= MOST_QUARTERS:
                self._by_quarter.clear()
            self._by_quarter[quarter] = self._shared(EPOCH + quarter * QUARTER)
        return self._keys(at.astimezone(self._zone).date())

    def _shared(self, start: datetime) -> Keys | None:
        """The windows of the quarter from `start`, or None where they may differ inside it.

        With one offset at both ends the local clock runs straight through, so equal days at the ends are equal days
        throughout. Clocks set at 00:01 and offsets with odd minutes fail one of the two and are converted each time.
        """
        first = start.astimezone(self._zone)
        last = (start + QUARTER - TICK).astimezone(self._zone)
        if first.utcoffset() != last.utcoffset() or first.date() != last.date():
            return None
        return self._keys(first.date())

    def _keys(self, day: date) -> Keys:
        return tuple(window(day) for window in self._window_of)
