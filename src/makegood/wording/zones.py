"""Time zones under the names people know them by."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import lru_cache

from babel import Locale
from babel.dates import get_timezone_location

from makegood.wording.reader import Reader


def city_name(zone: tzinfo, reader: Reader) -> str:
    """The city of an IANA zone in the reader's language: `New York`; `UTC` where the zone has no city."""
    key = str(zone)
    if "/" not in key or key.startswith("Etc/"):
        return "UTC" if key in {"UTC", "Etc/UTC"} else key
    return _city(key, reader.locale)


# A page names the same few cities again and again.
@lru_cache(maxsize=1024)
def _city(key: str, locale: Locale) -> str:
    return str(get_timezone_location(key, locale=locale, return_city=True))


def offset_text(zone: tzinfo, at: datetime) -> str:
    """The zone's distance from Greenwich at an instant: `GMT+8`, `GMT+5:30`, `GMT`."""
    offset = at.astimezone(zone).utcoffset()
    minutes = 0 if offset is None else int(offset.total_seconds() // 60)
    if zone is UTC or minutes == 0:
        return "GMT"
    hours, rest = divmod(abs(minutes), 60)
    return f"GMT{'+' if minutes > 0 else chr(0x2212)}{hours}{f':{rest:02d}' if rest else ''}"
