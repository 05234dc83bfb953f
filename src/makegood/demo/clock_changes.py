"""When the clocks of a zone change next. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_WEEK = timedelta(days=7)
_WEEKS_OF_A_YEAR = 53


def weeks_beyond_next_change(*, zone: str, after: datetime) -> int | None:
    """How many weekly lessons from `after` on it takes to have two after the next change; None: no change in a year."""
    place = ZoneInfo(zone)
    offset = after.astimezone(place).utcoffset()
    changed = (
        weeks for weeks in range(1, _WEEKS_OF_A_YEAR) if (after + weeks * _WEEK).astimezone(place).utcoffset() != offset
    )
    first = next(changed, None)
    return None if first is None else first + 3
