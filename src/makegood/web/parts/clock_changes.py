"""What a change of the clocks does to a teacher's times: in the week that has it, and to the usual week before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from makegood.domain.availability import expansion
from makegood.domain.availability.expansion import ClockChange
from makegood.wording import Reader, city_name, format_clock

# A time of the usual week where none is open yet.
_NINE: Final = 9 * 60
# Days to both sides of the change, far enough for every zone to have had its night.
_ASIDE: Final = timedelta(days=2)


def tell_change(change: ClockChange) -> Mapping[str, Any]:
    """What the note in its week says."""
    before, after = change.wall_before, change.wall_after
    return {
        "on": after.date(),
        "is_forward": change.minutes > 0,
        "minutes": abs(change.minutes),
        "first": _wall_text(min(before, after, key=lambda wall: (wall.date(), wall.time()))),
        "last": _wall_text(max(before, after, key=lambda wall: (wall.date(), wall.time()))),
        "nine_before": _clock(change, _NINE, before=True, zone=UTC),
        "nine_after": _clock(change, _NINE, before=False, zone=UTC),
    }


def tell_coming(change: ClockChange, *, minute: int | None, zones: Sequence[str]) -> Mapping[str, Any]:
    """What it will do to a time of the usual week, in UTC and where the teacher's students live.

    `minute` None: nothing is open, and nine o'clock serves. A zone whose clocks change with the teacher's stays.
    """
    minute = _NINE if minute is None else minute
    reader = Reader.active()
    places = [("UTC", UTC), *((city_name(ZoneInfo(zone), reader), ZoneInfo(zone)) for zone in zones)]
    own = datetime(2001, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    return {
        "on": change.wall_after.date(),
        "is_forward": change.minutes > 0,
        "own": _wall_text(own),
        "places": [
            (
                name,
                _tell_clock(change, minute, before=True, zone=zone),
                _tell_clock(change, minute, before=False, zone=zone),
            )
            for name, zone in places
        ],
    }


def _wall_text(wall: datetime) -> str:
    return format_clock(wall.replace(tzinfo=UTC), Reader(Reader.active().language, UTC))


def _tell_clock(change: ClockChange, minute: int, *, before: bool, zone: tzinfo) -> str:
    """The same with the day, where it is another one than the teacher's."""
    at, shown = _start_at(change, minute, before=before), _clock(change, minute, before=before, zone=zone)
    ahead = (at.astimezone(zone).date() - at.astimezone(ZoneInfo(change.zone)).date()).days
    if not ahead:
        return shown
    return (gettext("{time} the day after") if ahead > 0 else gettext("{time} the day before")).format(time=shown)


def _clock(change: ClockChange, minute: int, *, before: bool, zone: tzinfo) -> str:
    """What clocks show there when it is `minute` at the teacher's, some days before the change or after it."""
    at = _start_at(change, minute, before=before)
    return format_clock(at, Reader(Reader.active().language, zone))


def _start_at(change: ClockChange, minute: int, *, before: bool) -> datetime:
    day = (change.at + (-_ASIDE if before else _ASIDE)).date()
    return expansion.start_at(day=day, minute=minute, zone=change.zone)
