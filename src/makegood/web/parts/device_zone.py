"""Whether somebody's device shows another time than their settings, which is then asked about and never changed alone.

The script tells the zone of the device in a cookie of the browser's session; without it nobody is asked.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from django.http import HttpRequest

from makegood.domain.people.models import Person

DEVICE_COOKIE: Final = "device_zone"
# Says of which device zone somebody already answered that their own zone is right.
KEPT_COOKIE: Final = "zone_kept"
_DAYS: Final = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneQuestion:
    """The zone of the device and that of the settings, whose clocks differ; `back` is the page it is asked on."""

    device: str
    own: str
    back: str


def find_zone_question(request: HttpRequest, *, now: datetime) -> ZoneQuestion | None:
    """What a page has to ask, if anything. No statement is made."""
    person = getattr(request, "user", None)
    device = request.COOKIES.get(DEVICE_COOKIE, "")
    if not isinstance(person, Person) or request.method != "GET" or device == person.zone or not is_zone(device):
        return None
    # Where people of the demo live is part of its story, and the device is a visitor's.
    if person.is_demo or request.COOKIES.get(KEPT_COOKIE) == kept_as(person, device):
        return None
    if _show_the_same(device, person.zone, now.astimezone(UTC).date()):
        return None
    return ZoneQuestion(device=device, own=person.zone, back=request.get_full_path())


def is_zone(name: str) -> bool:
    """Whether there is a zone of this name."""
    return name in _zones()


def kept_as(person: Person, device: str) -> str:
    """How it is remembered that somebody keeps the zone of their settings; for another device zone they are asked."""
    return f"{person.pk}~{device}~{person.zone}"


@cache
def _zones() -> Collection[str]:
    # Not what the machine that runs the pages has, and not what stands for no place.
    return frozenset(available_timezones() - {"localtime", "Factory"})


@lru_cache(maxsize=256)
def _show_the_same(zone: str, other: str, today: date) -> bool:
    """Whether clocks of both show the same on every noon of the coming year; names of one zone do, and neighbours."""
    places = ZoneInfo(zone), ZoneInfo(other)
    noon = datetime.combine(today, time(12), UTC)
    moments = (noon + timedelta(days=day) for day in range(_DAYS))
    return all(
        moment.astimezone(places[0]).utcoffset() == moment.astimezone(places[1]).utcoffset() for moment in moments
    )
