"""Windows that counters count in: calendar months, weeks, and durations that roll back from an incident."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

CALENDAR_MONTH: Final = "calendar_month"
WEEK: Final = "week"
_DURATION: Final = re.compile(r"P([1-9][0-9]{0,3})([DM])")


@dataclass(frozen=True, slots=True)
class Rolling:
    """Looks back this many calendar days or months of the policy's zone."""

    days: int
    months: int


def is_calendar(window: str) -> bool:
    """Whether the window is fixed on the calendar, rather than rolling."""
    return window in (CALENDAR_MONTH, WEEK)


@lru_cache(maxsize=64)
def find_rolling(window: str) -> Rolling | None:
    """The rolling duration that `window` writes (P30D, P6M), or None when it writes none."""
    match = _DURATION.fullmatch(window)
    if match is None:
        return None
    length = int(match[1])
    return Rolling(days=length, months=0) if match[2] == "D" else Rolling(days=0, months=length)


def is_known_window(window: str) -> bool:
    """Whether a policy may name this window."""
    return is_calendar(window) or find_rolling(window) is not None


def month_start(day: date) -> date:
    """The first day of `day`'s month."""
    return day.replace(day=1)


def week_start(day: date, *, starts_on: int = 1) -> date:
    """The first day of `day`'s week; `starts_on` 1 is Monday, 7 is Sunday."""
    return day - timedelta(days=(day.isoweekday() - starts_on) % 7)


def next_month_start(day: date) -> date:
    """The first day of the month after `day`'s."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def local_midnight(day: date, zone: ZoneInfo) -> datetime:
    """When `day` begins in `zone`, in UTC. A midnight in a gap moves forward, in a fold it is the first."""
    return datetime.combine(day, time(0), zone).astimezone(UTC)


def look_back(at: datetime, rolling: Rolling, zone: ZoneInfo) -> datetime:
    """The open start of the window that ends at `at`: calendar arithmetic in `zone`, day clamped, first fold (D24)."""
    return _shift(at, days=-rolling.days, months=-rolling.months, zone=zone)


def look_ahead(at: datetime, rolling: Rolling, zone: ZoneInfo) -> datetime:
    """When something that happened at `at` has left the window: the same arithmetic, forward."""
    return _shift(at, days=rolling.days, months=rolling.months, zone=zone)


def _shift(at: datetime, *, days: int, months: int, zone: ZoneInfo) -> datetime:
    local = at.astimezone(zone).replace(tzinfo=None, fold=0) + timedelta(days=days)
    whole_months = local.year * 12 + local.month - 1 + months
    year, month = divmod(whole_months, 12)
    day = min(local.day, calendar.monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day, tzinfo=zone).astimezone(UTC)
