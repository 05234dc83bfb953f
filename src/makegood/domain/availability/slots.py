"""The search for free starts: one statement reads the masks of all teachers, a few operations find the starts.

A search may be stale when it is shown; the exclusion constraint of lessons decides who gets a slot.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg
from django.db import connection

from makegood.domain.availability import masks
from makegood.domain.availability.booking_rules import BookingRuleSet

_STEP_MINUTES: Final = 15
# A bigint as the aggregate writes it.
_ID_BYTES: Final = 8

# From this many teachers on, loading and calling numpy is worth it; fewer are a few integers.
_MANY: Final = 32
# Of teachers whose ids lie this close together the whole stretch of the index is read, others are read one by one.
_DENSE: Final = 2

# One row per week, its teachers in one order. Of all teachers the index holds the masks in that order: nothing is
# sorted and no row visited.
_SELECT: Final = """
    SELECT week_starts_at, string_agg(int8send(teacher_id), ''), string_agg(available, ''), string_agg(busy, ''),
           array_agg(teacher_id) FILTER (WHERE grid_minute > 0)
    FROM ({rows}) AS weeks GROUP BY week_starts_at ORDER BY week_starts_at
"""
_COLUMNS: Final = "teacher_id, week_starts_at, available, busy, grid_minute"
_READ_ALL: Final = _SELECT.format(
    rows=f"""SELECT {_COLUMNS} FROM makegood_calendarweek
             WHERE school_id = %(school)s AND week_starts_at >= %(first)s AND week_starts_at <= %(last)s
             ORDER BY week_starts_at, teacher_id"""  # noqa: S608 - column names
)
# OFFSET 0 keeps the planner, which cannot know how close the ids are, from reading the whole table instead. Who lies
# between them and was not asked for is left out afterwards: a list of a thousand ids takes longer to plan than to read.
_READ_STRETCH: Final = _SELECT.format(
    rows=f"""SELECT found.* FROM unnest(%(weeks)s::timestamptz[]) AS week CROSS JOIN LATERAL (
               SELECT {_COLUMNS} FROM makegood_calendarweek
               WHERE school_id = %(school)s::bigint AND week_starts_at = week
                 AND teacher_id BETWEEN %(least)s::bigint AND %(most)s::bigint
               ORDER BY teacher_id OFFSET 0) AS found"""  # noqa: S608 - column names
)
_READ_SOME: Final = _SELECT.format(
    rows=f"""SELECT found.* FROM unnest(%(teachers)s::bigint[]) AS teacher CROSS JOIN LATERAL (
               SELECT {_COLUMNS} FROM makegood_calendarweek
               WHERE school_id = %(school)s AND teacher_id = teacher
                 AND week_starts_at >= %(first)s AND week_starts_at <= %(last)s
               OFFSET 0) AS found"""  # noqa: S608 - column names
)
_READ_ONE: Final = """
    SELECT week_starts_at, int8send(teacher_id), available, busy,
           CASE WHEN grid_minute > 0 THEN ARRAY[teacher_id] END
    FROM makegood_calendarweek
    WHERE school_id = %(school)s::bigint AND teacher_id = %(teacher)s::bigint
      AND week_starts_at >= %(first)s::timestamptz AND week_starts_at <= %(last)s::timestamptz
"""


@dataclass(frozen=True, slots=True)
class FreeStarts:
    """When a lesson may start, one mask per teacher: bit n is `origin` + n quarters of an hour.

    Only teachers with at least one calendar week in the span appear; decoding is left to who needs it.
    """

    origin: datetime
    teacher_ids: tuple[int, ...]
    starts: bytes
    bytes_per_teacher: int

    def list_of(self, teacher_id: int) -> Sequence[datetime]:
        """The free starts of one teacher, in order; none for a teacher who was not found."""
        if teacher_id not in self.teacher_ids:
            return []
        return list(self._decode(self.teacher_ids.index(teacher_id)))

    def items(self) -> Iterator[tuple[int, Sequence[datetime]]]:
        """Each teacher who has a free start, with all of them in order."""
        for place, teacher_id in enumerate(self.teacher_ids):
            if any(self._mask(place)):
                yield teacher_id, list(self._decode(place))

    def list_free_at(self, at: datetime) -> Sequence[int]:
        """The teachers who may start a lesson at this very instant: one step, whatever their number."""
        step, rest = divmod(at - self.origin, masks.STEP)
        if rest or not 0 <= step < self.bytes_per_teacher * 8:
            return []
        column = self.starts[step // 8 :: self.bytes_per_teacher]
        bit = 1 << step % 8
        return [teacher_id for teacher_id, byte in zip(self.teacher_ids, column, strict=True) if byte & bit]

    def list_times(self) -> Sequence[tuple[datetime, int]]:
        """Every instant at which somebody is free, in order, with how many are."""
        anybody = 0
        for place in range(len(self.teacher_ids)):
            anybody |= int.from_bytes(self._mask(place), "little")
        return [(at, len(self.list_free_at(at))) for at in self._times(anybody)]

    def _mask(self, place: int) -> bytes:
        return self.starts[place * self.bytes_per_teacher : (place + 1) * self.bytes_per_teacher]

    def _decode(self, place: int) -> Iterator[datetime]:
        return self._times(int.from_bytes(self._mask(place), "little"))

    def _times(self, bits: int) -> Iterator[datetime]:
        while bits:
            lowest = bits & -bits
            yield self.origin + (lowest.bit_length() - 1) * masks.STEP
            bits ^= lowest


# Week, ids, available and busy masks of its teachers one behind the other, and who is on the quarter grid.
_Row = tuple[datetime, bytes, bytes, bytes, Sequence[int] | None]


def find_free_starts(
    *,
    school_id: int,
    teacher_ids: Sequence[int] | None,
    from_at: datetime,
    until_at: datetime,
    lesson_minutes: int,
    rules: BookingRuleSet,
    now: datetime,
) -> FreeStarts:
    """Where a lesson of `lesson_minutes` may start in `[from_at, until_at)`, for these teachers or (None) for all.

    A start lies on the teacher's slot grid, after the minimum notice and before the booking horizon; the whole lesson
    lies in open time, and neither it nor the buffer behind it touches what is blocked (lessons and holds, which carry
    their own buffer). Holidays are no open time. How many lessons a day a teacher may give is for the booking to ask.
    """
    start_at, end_at = rules.window(from_at=from_at, until_at=until_at, now=now)
    origin = masks.week_of(start_at)
    if start_at >= end_at:
        return FreeStarts(origin, (), b"", masks.WEEK_BYTES)
    lesson_steps = -(-lesson_minutes // _STEP_MINUTES)
    blocked_steps = -(-(lesson_minutes + rules.buffer_minutes) // _STEP_MINUTES)
    weeks = masks.list_weeks(from_at=start_at, until_at=end_at + blocked_steps * masks.STEP)
    rows = _read(school_id, teacher_ids, weeks)
    windows = _windows(origin, start_at, end_at, rules.slot_minutes)
    shifted = frozenset(teacher_id for row in rows for teacher_id in row[4] or ())
    asked = None if teacher_ids is None else frozenset(teacher_ids)
    if max((len(row[1]) for row in rows), default=0) < _MANY * _ID_BYTES:
        return _find_for_few(rows, weeks, asked, shifted, windows, lesson_steps, blocked_steps)
    from makegood.domain.availability import many_masks  # noqa: PLC0415 - inline: slow

    found, starts, size = many_masks.find_starts(
        weeks=[((row[0] - origin) // masks.WEEK, row[1], row[2], row[3]) for row in rows],
        count=len(weeks),
        asked=asked,
        shifted=shifted,
        windows=windows,
        lesson_steps=lesson_steps,
        blocked_steps=blocked_steps,
    )
    return FreeStarts(origin, found, starts, size)


def _read(school_id: int, teacher_ids: Sequence[int] | None, weeks: Sequence[datetime]) -> Sequence[_Row]:
    values: dict[str, Any] = {"school": school_id, "first": weeks[0], "last": weeks[-1]}
    statement = _READ_ALL
    if teacher_ids is not None and len(teacher_ids) == 1:
        statement, values["teacher"] = _READ_ONE, teacher_ids[0]
    elif teacher_ids is not None:
        chosen = sorted(set(teacher_ids))
        if chosen and chosen[-1] - chosen[0] < _DENSE * len(chosen):
            statement = _READ_STRETCH
            values |= {"weeks": list(weeks), "least": chosen[0], "most": chosen[-1]}
        else:
            statement, values["teachers"] = _READ_SOME, chosen
    connection.ensure_connection()
    # The driver's own cursor takes bytes as they are; as text each would be two digits, written there and read here.
    # Planning the read of one teacher takes longer than the read, and of a stretch nearly as long, so both are prepared
    # where the connection allows it; the others are planned each time, for the values they have.
    is_prepared = statement in {_READ_ONE, _READ_STRETCH}
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(statement, values, binary=True, prepare=is_prepared).fetchall()


def _windows(origin: datetime, start_at: datetime, end_at: datetime, slot_minutes: int) -> tuple[int, int]:
    """The steps at which a lesson may start by the clock alone: on the whole grid, and on the one a quarter later."""
    first, last = -((origin - start_at) // masks.STEP), -((origin - end_at) // masks.STEP)
    within = ((1 << last) - 1) & ~((1 << first) - 1)
    every = slot_minutes // _STEP_MINUTES
    grid = sum(1 << step for step in range(0, 8, every))
    steps = int.from_bytes(bytes([grid]) * (last // 8 + 1), "little")
    return within & steps, within & steps << 1 % every


def _find_for_few(
    rows: Sequence[_Row],
    weeks: Sequence[datetime],
    asked: Collection[int] | None,
    shifted: Collection[int],
    windows: tuple[int, int],
    lesson_steps: int,
    blocked_steps: int,
) -> FreeStarts:
    """Teacher by teacher, each mask one integer; a week without a row is closed."""
    opened: dict[int, int] = {}
    taken: dict[int, int] = {}
    for week, ids, available, busy, _shifted in rows:
        behind = (week - weeks[0]) // masks.STEP
        for number, teacher_id in enumerate(struct.unpack(f">{len(ids) // _ID_BYTES}q", ids)):
            own = slice(number * masks.WEEK_BYTES, (number + 1) * masks.WEEK_BYTES)
            opened[teacher_id] = opened.get(teacher_id, 0) | int.from_bytes(available[own], "little") << behind
            taken[teacher_id] = taken.get(teacher_id, 0) | int.from_bytes(busy[own], "little") << behind
    size = len(weeks) * masks.WEEK_BYTES
    starts = []
    found = sorted(opened if asked is None else opened.keys() & asked)
    for teacher_id in found:
        free = _all_of(opened[teacher_id], lesson_steps) & windows[teacher_id in shifted]
        starts.append((free & ~_any_of(taken[teacher_id], blocked_steps)).to_bytes(size, "little"))
    return FreeStarts(weeks[0], tuple(found), b"".join(starts), size)


def _all_of(bits: int, steps: int) -> int:
    """Steps from which on `steps` in a row are set; the run's length doubles with each operation."""
    length = 1
    while length < steps:
        shift = min(length, steps - length)
        bits &= bits >> shift
        length += shift
    return bits


def _any_of(bits: int, steps: int) -> int:
    """Steps from which on one of `steps` is set."""
    length = 1
    while length < steps:
        shift = min(length, steps - length)
        bits |= bits >> shift
        length += shift
    return bits
