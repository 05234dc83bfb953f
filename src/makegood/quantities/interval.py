"""Half-open stretches of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Interval:
    """`[start, end)` in aware datetimes; an open end is None. Never empty."""

    start: datetime
    end: datetime | None

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or (self.end is not None and self.end.tzinfo is None):
            raise ValueError("an interval's ends carry a time zone")
        if self.end is not None and self.end <= self.start:
            raise ValueError("an interval ends after it starts")

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at and (self.end is None or at < self.end)

    def overlaps(self, other: Interval) -> bool:
        """Whether some instant lies in both; touching ends do not overlap."""
        return (other.end is None or self.start < other.end) and (self.end is None or other.start < self.end)
