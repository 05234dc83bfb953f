"""Months in addresses and lists: `2026-11`."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from django.http import Http404

# Ten years: a mistyped year in a history does not make a list without end.
_MOST_MONTHS: Final = 120
_MONTH: Final = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)


def find_month(text: str) -> date | None:
    """The first day of the month, None for anything that is none."""
    found = _MONTH.fullmatch(text)
    return date(int(found[1]), int(found[2]), 1) if found else None


def get_month(text: str) -> date:
    """The first day of the month. Raises Http404."""
    found = find_month(text)
    if found is None:
        raise Http404
    return found


def write_month(month_on: date) -> str:
    """The month as it stands in addresses."""
    return f"{month_on.year}-{month_on.month:02}"


def months_back(current: date, *, since: date) -> list[date]:
    """The months from that of `current` back to that of `since`, newest first; `current` is always among them."""
    newest = _number(current)
    oldest = max(min(_number(since), newest), newest - _MOST_MONTHS + 1)
    return [date(number // 12, number % 12 + 1, 1) for number in range(newest, oldest - 1, -1)]


def _number(month_on: date) -> int:
    """Months since the year 0, so that they can be counted."""
    return month_on.year * 12 + month_on.month - 1
