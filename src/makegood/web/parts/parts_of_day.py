"""The parts of a day, under which many times are folded, and the night, at which hardly anybody means to learn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any, Final

from django.utils.translation import pgettext_lazy

# With more times in a day they are folded.
MOST_AT_ONCE: Final = 12
# Until which hour of the reader's clock.
_PARTS: Final = (
    (6, pgettext_lazy("part of the day", "Night")),
    (12, pgettext_lazy("part of the day", "Morning")),
    (17, pgettext_lazy("part of the day", "Afternoon")),
    (24, pgettext_lazy("part of the day", "Evening")),
)
_NIGHT_BEGINS, _NIGHT_ENDS = 22, 6


def part_of_day(at: datetime, zone: tzinfo) -> str:
    """In which part of the day an instant is where the reader is, in the reader's language."""
    hour = at.astimezone(zone).hour
    return next(str(words) for until, words in _PARTS if hour < until)


def is_night(at: datetime, zone: tzinfo) -> bool:
    """Whether an instant lies between 22:00 and 06:00 there."""
    hour = at.astimezone(zone).hour
    return hour >= _NIGHT_BEGINS or hour < _NIGHT_ENDS


def fold_by_part(rows: Sequence[tuple[Any, ...]], zone: tzinfo) -> list[dict[str, Any]]:
    """Rows that begin with an Interval: few at once, many by part of the day. `words` is "" where nothing is folded."""
    if len(rows) <= MOST_AT_ONCE:
        return [{"words": "", "times": list(rows)}]
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(part_of_day(row[0].start, zone), []).append(row)
    return [{"words": words, "times": its} for words, its in found.items()]
