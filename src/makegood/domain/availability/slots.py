"""The search for free starts: one statement reads the masks of all teachers, a few operations find the starts.

A search may be stale when it is shown; the exclusion constraint of lessons decides who gets a slot.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
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

# One row per week, its teachers in one order: the index holds the masks, so that nothing is sorted and no row visited.
_READ: Final = """
    SELECT week_starts_at, string_agg(int8send(teacher_id), ''), string_agg(available, ''), string_agg(busy, ''),
           array_agg(teacher_id) FILTER (WHERE grid_minute > 0)
    FROM (SELECT teacher_id, week_starts_at, available, busy, grid_minute FROM makegood_calendarweek
          WHERE school_id = %(school)s AND week_starts_at >= %(first)s AND week_starts_at <= %(last)s{teachers}
          ORDER BY week_starts_at, teacher_id) AS weeks
    GROUP BY week_starts_at ORDER BY week_starts_at
"""
_READ_ALL: Final = _READ.format(teachers="")
_READ_SOME: Final = _READ.format(teachers=" AND teacher_id = ANY(%(teachers)s::bigint[])")
_READ_ONE: Final = _READ.format(teachers=" AND teacher_id = %(teacher)s::bigint")


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


@dataclass(frozen=True, slots=True)
class _Weeks:
    """The masks of all teachers one behind the other, each with the same weeks; `shifted` are on the quarter grid."""

    teacher_ids: tuple[int, ...]
    available: bytes
    busy: bytes
    shifted: frozenset[int]


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
    found = _read(school_id, teacher_ids, weeks)
    size = len(weeks) * masks.WEEK_BYTES
    available = int.from_bytes(found.available, "little")
    busy = int.from_bytes(found.busy, "little")
    window = _window(found, size, start_at, end_at, origin, rules.slot_minutes)
    free = _all_of(available, lesson_steps) & window
    free ^= free & _any_of(busy, blocked_steps)
    return FreeStarts(origin, found.teacher_ids, free.to_bytes(size * len(found.teacher_ids), "little"), size)


def _read(school_id: int, teacher_ids: Sequence[int] | None, weeks: Sequence[datetime]) -> _Weeks:
    values: dict[str, Any] = {"school": school_id, "first": weeks[0], "last": weeks[-1]}
    statement = _READ_ALL
    if teacher_ids is not None and len(teacher_ids) == 1:
        statement, values["teacher"] = _READ_ONE, teacher_ids[0]
    elif teacher_ids is not None:
        statement, values["teachers"] = _READ_SOME, list(teacher_ids)
    connection.ensure_connection()
    # The driver's own cursor takes bytes as they are; as text each would be two digits, written there and read here.
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        rows = cursor.execute(statement, values, binary=True).fetchall()
    shifted = frozenset(teacher_id for row in rows for teacher_id in row[4] or ())
    if len(rows) == len(weeks) and all(row[1] == rows[0][1] for row in rows):
        ids = struct.unpack(f">{len(rows[0][1]) // _ID_BYTES}q", rows[0][1])
        return _Weeks(ids, _interleave([row[2] for row in rows]), _interleave([row[3] for row in rows]), shifted)
    return _filled(rows, weeks, shifted)


def _interleave(masks_by_week: Sequence[bytes]) -> bytes:
    """From week by week to teacher by teacher."""
    if len(masks_by_week) == 1:
        return masks_by_week[0]
    places = range(0, len(masks_by_week[0]), masks.WEEK_BYTES)
    return b"".join([week[place : place + masks.WEEK_BYTES] for place in places for week in masks_by_week])


def _filled(rows: Sequence[Sequence[Any]], weeks: Sequence[datetime], shifted: frozenset[int]) -> _Weeks:
    """Mask by mask, for spans in which some teacher has no calendar week; what has no row is closed."""
    ids = [struct.unpack(f">{len(row[1]) // _ID_BYTES}q", row[1]) for row in rows]
    teacher_ids = tuple(sorted({teacher_id for of_week in ids for teacher_id in of_week}))
    size, count = masks.WEEK_BYTES, len(weeks)
    places = {teacher_id: number * size * count for number, teacher_id in enumerate(teacher_ids)}
    opened, taken = bytearray(size * count * len(teacher_ids)), bytearray(size * count * len(teacher_ids))
    for (week, _ids, available, busy, _shifted), of_week in zip(rows, ids, strict=True):
        behind = (week - weeks[0]) // masks.WEEK * size
        for number, teacher_id in enumerate(of_week):
            place = places[teacher_id] + behind
            opened[place : place + size] = available[number * size : (number + 1) * size]
            taken[place : place + size] = busy[number * size : (number + 1) * size]
    return _Weeks(teacher_ids, bytes(opened), bytes(taken), shifted)


def _window(found: _Weeks, size: int, start_at: datetime, end_at: datetime, origin: datetime, slot_minutes: int) -> int:
    """The steps at which a lesson may start by the clock alone, for all teachers one behind the other."""
    first, last = -((origin - start_at) // masks.STEP), -((origin - end_at) // masks.STEP)
    within = ((1 << last) - 1) & ~((1 << first) - 1)
    every = slot_minutes // _STEP_MINUTES
    grid = sum(1 << step for step in range(0, 8, every)).to_bytes(1, "little") * size
    steps = int.from_bytes(grid, "little")
    patterns = [(within & steps << quarter % every).to_bytes(size, "little") for quarter in (0, 1)]
    if not found.shifted:
        return int.from_bytes(patterns[0] * len(found.teacher_ids), "little")
    chosen = [patterns[teacher_id in found.shifted] for teacher_id in found.teacher_ids]
    return int.from_bytes(b"".join(chosen), "little")


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
