"""Reads the one form of date and time that files may carry: RFC 3339 with an offset."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_FORM = re.compile(
    r"(20\d\d|2100)-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII
)


def parse_instant(text: str) -> datetime | None:
    """The UTC instant that `YYYY-MM-DD`, `T` or space, `hh:mm[:ss[.f]]`, `Z` or `±hh:mm` names; None for anything else.

    Years as written are 2000 to 2100. Fractions beyond the microsecond are cut off. A day, an hour or an offset
    that does not exist gives None.
    """
    if _FORM.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return None
