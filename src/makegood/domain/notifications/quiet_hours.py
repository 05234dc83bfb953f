"""When somebody is left in peace. Pure: minutes after midnight on the wall clock of a zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_DAY_MINUTES: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Quiet:
    """From `starts_minute` to before `ends_minute`; an end before the start is on the next day."""

    starts_minute: int
    ends_minute: int

    @property
    def minutes_left(self) -> int:
        """How many minutes of a day are not quiet."""
        return (self.starts_minute - self.ends_minute) % _DAY_MINUTES


def find_end(*, quiet: Quiet, zone: str, at: datetime) -> datetime | None:
    """The instant (UTC) at which the quiet hours that hold at `at` end; None when they do not hold.

    They follow the wall clock: an end that the clocks jump over comes as much later as they jump, and of an end that
    comes twice the next one counts.
    """
    local = at.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    if quiet.starts_minute < quiet.ends_minute:
        holds, is_tomorrow = quiet.starts_minute <= minute < quiet.ends_minute, False
    else:
        holds, is_tomorrow = minute >= quiet.starts_minute or minute < quiet.ends_minute, minute >= quiet.starts_minute
    if not holds:
        return None
    day = local.date() + timedelta(days=1) if is_tomorrow else local.date()
    first, second = (_instant(day, quiet.ends_minute, zone, fold=fold) for fold in (0, 1))
    return first if first > at else second


def _instant(day: date, minute: int, zone: str, *, fold: int) -> datetime:
    wall = time(minute // 60, minute % 60, fold=fold, tzinfo=ZoneInfo(zone))
    return datetime.combine(day, wall).astimezone(UTC)
