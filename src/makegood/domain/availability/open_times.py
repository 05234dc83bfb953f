"""Whether a lesson fits into a teacher's open time, from the calendar weeks: what the slot search saw, one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.db.models import QuerySet

from makegood.database.compiled import compiled
from makegood.domain.availability import masks
from makegood.domain.availability.models import CalendarWeek
from makegood.quantities import Interval

_HOUR_MINUTES: Final = 60


@dataclass(frozen=True, slots=True)
class OpenTimes:
    """The open steps of one teacher in some weeks, by the week's start, and where the teacher's half hours begin."""

    available: Mapping[datetime, bytes]
    grid_minute: int

    def covers(self, interval: Interval) -> bool:
        """Whether all of the interval is open time; a week that was not read, or has no row, is closed."""
        assert interval.end is not None
        needed = masks.fill_weeks(
            intervals=[interval],
            weeks=masks.list_weeks(from_at=interval.start, until_at=interval.end),
            whole_steps=False,
        )
        return all(
            int.from_bytes(mask) & ~int.from_bytes(self.available.get(week, masks.EMPTY)) == 0
            for week, mask in needed.items()
        )

    def is_a_start(self, at: datetime, *, slot_minutes: int) -> bool:
        """Whether lessons of this teacher start at such a minute."""
        at = at.astimezone(UTC)
        is_whole = at.second == 0 and at.microsecond == 0
        return is_whole and (at.minute - self.grid_minute) % _HOUR_MINUTES % slot_minutes == 0


def read_open_times(*, school_id: int, teacher_id: int, from_at: datetime, until_at: datetime) -> OpenTimes:
    """The teacher's calendar weeks that `[from_at, until_at)` touches; one statement."""
    found = _weeks(school_id=school_id, teacher_id=teacher_id, first=masks.week_of(from_at), until_at=until_at)
    return OpenTimes(
        available={week: bytes(mask) for week, mask, _grid in found},
        grid_minute=max((grid for _week, _mask, grid in found), default=0),
    )


@compiled
def _weeks(
    school_id: int, teacher_id: int, first: datetime, until_at: datetime
) -> QuerySet[CalendarWeek, tuple[datetime, bytes | memoryview[int], int]]:
    weeks = CalendarWeek.objects.filter(
        school_id=school_id, teacher_id=teacher_id, week_starts_at__gte=first, week_starts_at__lt=until_at
    )
    return weeks.values_list("week_starts_at", "available", "grid_minute")
