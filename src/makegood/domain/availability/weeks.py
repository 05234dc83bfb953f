"""Keeps the calendar weeks, the cache that slot searches read. Call everything here under the lock of the teacher."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from psycopg.types.numeric import Int4, Int8

from makegood.database.statements import Statement, change
from makegood.domain.availability import expansion, masks, plans, queries
from makegood.domain.availability.plans import TeacherPlan
from makegood.quantities import Interval

_WRITE_AVAILABLE: Final = Statement("""
    INSERT INTO makegood_calendarweek AS kept (school_id, teacher_id, week_starts_at, available, busy, grid_minute)
    SELECT %s, fresh.teacher_id, fresh.week_starts_at, fresh.available, %s::bytea, fresh.grid_minute
    FROM unnest(%s::bigint[], %s::timestamptz[], %s::bytea[], %s::smallint[])
      AS fresh (teacher_id, week_starts_at, available, grid_minute)
    ON CONFLICT (school_id, teacher_id, week_starts_at) DO UPDATE
      SET available = EXCLUDED.available, grid_minute = EXCLUDED.grid_minute
      WHERE (kept.available, kept.grid_minute) IS DISTINCT FROM (EXCLUDED.available, EXCLUDED.grid_minute)
""")
_WRITE_BUSY: Final = Statement("""
    INSERT INTO makegood_calendarweek AS kept (school_id, teacher_id, week_starts_at, available, busy, grid_minute)
    SELECT %s, fresh.teacher_id, fresh.week_starts_at, %s::bytea, fresh.busy, 0
    FROM unnest(%s::bigint[], %s::timestamptz[], %s::bytea[])
      AS fresh (teacher_id, week_starts_at, busy)
    ON CONFLICT (school_id, teacher_id, week_starts_at) DO UPDATE
      SET busy = EXCLUDED.busy WHERE kept.busy <> EXCLUDED.busy
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class _MaskRow:
    teacher_id: int
    week_starts_at: datetime
    mask: bytes
    grid_minute: int = 0


def write_available(*, school_id: int, school_zone: str, zones: Mapping[int, str], now: datetime) -> None:
    """Write the open time of these teachers (membership: zone) from this week to the booking horizon.

    Two statements whatever their number, after reading their rows and the school's holidays.
    """
    until_at = now + timedelta(days=queries.get_rules(school_id=school_id).horizon_days)
    weeks = masks.list_weeks(from_at=now, until_at=until_at)
    first_on, last_on = (weeks[0] - plans.DAY).date(), (weeks[-1] + masks.WEEK + plans.DAY).date()
    found = queries.get_plans(school_id=school_id, zones=zones, from_on=first_on, until_on=last_on)
    holidays = queries.list_holidays(school_id=school_id, from_on=first_on, until_on=last_on)
    closed = plans.closed_days(days=[holiday.day_on for holiday in holidays], zone=school_zone)
    rows = [row for teacher_id, plan in found.items() for row in _available_rows(teacher_id, plan, closed, weeks)]
    _write(_WRITE_AVAILABLE, school_id, rows)


def set_busy(*, school_id: int, teacher_id: int, weeks: Collection[datetime], blocked: Iterable[Interval]) -> None:
    """Make whole `weeks` (their starts) say what is blocked: pass every interval that touches one of them.

    For whatever frees time (cancel, move, a hold that ends). Buffers are part of the intervals; a step that is touched
    at all is busy. One statement.
    """
    set_busy_of_many(school_id=school_id, weeks=weeks, blocked={teacher_id: blocked})


def set_busy_of_many(*, school_id: int, weeks: Collection[datetime], blocked: Mapping[int, Iterable[Interval]]) -> None:
    """The same for several teachers, one statement for all."""
    rows = [
        _MaskRow(teacher_id=teacher_id, week_starts_at=week, mask=mask)
        for teacher_id, intervals in blocked.items()
        for week, mask in masks.fill_weeks(intervals=intervals, weeks=weeks, whole_steps=False).items()
    ]
    _write(_WRITE_BUSY, school_id, rows)


def mark_busy(*, school_id: int, teacher_id: int, blocked: Interval) -> None:
    """Add one blocked interval (its buffer included): for a new hold or booking. One statement per week it touches.

    Only the touched bytes change, so it costs the same however full the week is.
    """
    assert blocked.end is not None
    weeks = masks.list_weeks(from_at=blocked.start, until_at=blocked.end)
    for week, mask in masks.fill_weeks(intervals=[blocked], weeks=weeks, whole_steps=False).items():
        touched = [(place, byte) for place, byte in enumerate(mask) if byte]
        values = [Int8(school_id), Int8(teacher_id), week, masks.EMPTY, mask]
        change(
            _mark_bytes(len(touched)), values + [Int4(one) for place, byte in touched for one in (place, place, byte)]
        )


@lru_cache(maxsize=masks.WEEK_BYTES)
def _mark_bytes(count: int) -> Statement:
    """Sets bits of so many bytes of a week; a lesson touches one to three."""
    changed = "kept.busy"
    for _number in range(count):
        changed = f"set_byte({changed}, %s, get_byte(kept.busy, %s) | %s)"
    # The innermost byte comes first among the values.
    return Statement(
        "INSERT INTO makegood_calendarweek AS kept"  # noqa: S608 - nothing but placeholders
        " (school_id, teacher_id, week_starts_at, available, busy, grid_minute)"
        " VALUES (%s, %s, %s, %s, %s, 0)"
        f" ON CONFLICT (school_id, teacher_id, week_starts_at) DO UPDATE SET busy = {changed}"
    )


def _available_rows(
    teacher_id: int, plan: TeacherPlan, closed: Sequence[Interval], weeks: Sequence[datetime]
) -> Iterable[_MaskRow]:
    opens = plan.list_opens(from_at=weeks[0], until_at=weeks[-1] + masks.WEEK)
    filled = masks.fill_weeks(intervals=expansion.subtract(opens, closed), weeks=weeks, whole_steps=True)
    for week, mask in filled.items():
        default = plan.get_default(week.date())
        zone = default.zone if default else plan.zone
        grid_minute = expansion.grid_minute_of(zone=zone, at=week)
        yield _MaskRow(teacher_id=teacher_id, week_starts_at=week, mask=mask, grid_minute=grid_minute)


def _write(statement: Statement, school_id: int, rows: Sequence[_MaskRow]) -> None:
    if not rows:
        return
    columns: list[Any] = [
        [Int8(row.teacher_id) for row in rows],
        [row.week_starts_at for row in rows],
        [row.mask for row in rows],
    ]
    if statement is _WRITE_AVAILABLE:
        columns.append([row.grid_minute for row in rows])
    change(statement, [Int8(school_id), masks.EMPTY, *columns])
