"""The parts of a day, under which many times are folded."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Final

from django.utils.translation import pgettext_lazy

# Until which hour of the reader's clock.
_PARTS: Final = (
    (6, pgettext_lazy("part of the day", "Night")),
    (12, pgettext_lazy("part of the day", "Morning")),
    (17, pgettext_lazy("part of the day", "Afternoon")),
    (24, pgettext_lazy("part of the day", "Evening")),
)


def part_of_day(at: datetime, zone: tzinfo) -> str:
    """In which part of the day an instant is where the reader is, in the reader's language."""
    hour = at.astimezone(zone).hour
    return next(str(words) for until, words in _PARTS if hour < until)
