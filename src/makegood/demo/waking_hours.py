"""When people of the demo are awake: nobody is planned at night if it can be helped. Pure."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from makegood.demo.schools import Home

_WAKES_AT_HOUR = 6
_RESTS_AT_HOUR = 22
_NOON_HOUR = 13


def is_awake(at: datetime, home: Home) -> bool:
    """Whether it is between 6 in the morning and 10 in the evening at `home`."""
    return _WAKES_AT_HOUR <= at.astimezone(ZoneInfo(home.zone)).hour < _RESTS_AT_HOUR


def hours_from_noon(at: datetime, home: Home) -> int:
    """How far the local hour is from the middle of the day, 0 to 12."""
    distance = abs(at.astimezone(ZoneInfo(home.zone)).hour - _NOON_HOUR)
    return min(distance, 24 - distance)
