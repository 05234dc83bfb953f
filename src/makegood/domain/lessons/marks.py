"""The marks before a lesson: until when it can be cancelled free. Elapsed time, also on nights when clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def mark_of(*, starts_at: datetime, minutes: int) -> datetime:
    """The instant `minutes` of elapsed time before the start, in UTC."""
    return starts_at.astimezone(UTC) - timedelta(minutes=minutes)


def is_in_time(*, starts_at: datetime, minutes: int, now: datetime) -> bool:
    """Whether `now` is before the mark; exactly on it is still in time (D10)."""
    return now <= mark_of(starts_at=starts_at, minutes=minutes)
