"""The one place that reads the clock. Faces call it once per request and pass the instant down as `now`."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The current instant as an aware UTC datetime."""
    return datetime.now(UTC)
