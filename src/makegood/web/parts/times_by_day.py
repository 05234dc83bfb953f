"""Free times of a teacher by day, as radio buttons (`parts/times_by_day.html`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from makegood.web.parts.instants import START_FORMAT

# The others are folded.
_DAYS_OPEN: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfTimes:
    """A day of the reader with its free times: each with its number among all, what its control sends, if chosen."""

    first_at: datetime
    times: tuple[tuple[int, datetime, str, bool], ...]
    is_open: bool


def list_days(times: Sequence[datetime], *, chosen: str, zone: ZoneInfo) -> list[DayOfTimes]:
    """The times by the reader's days: the first days open and so is the chosen one, for a month of them is long."""
    days: list[DayOfTimes] = []
    numbered = enumerate((at, at.strftime(START_FORMAT)) for at in times)
    rows = [(number, at, value, value == chosen) for number, (at, value) in numbered]
    for _day, of_day in groupby(rows, key=lambda row: row[1].astimezone(zone).date()):
        its = tuple(of_day)
        is_open = len(days) < _DAYS_OPEN or any(is_chosen for _number, _at, _value, is_chosen in its)
        days.append(DayOfTimes(first_at=its[0][1], times=its, is_open=is_open))
    return days
