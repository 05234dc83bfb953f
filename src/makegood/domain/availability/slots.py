"""The search for free starts: one statement reads the masks of all teachers, a few operations find the starts.

A search may be stale when it is shown; the exclusion constraint of lessons decides who gets a slot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg
from django.db import connection

from makegood.domain.availability import masks
from makegood.domain.availability.booking_rules import BookingRuleSet

_STEP_MINUTES: Final = 15
# bigint and smallint as the aggregates write them.
_ID_BYTES: Final = 8
_WEEK_SECONDS: Final = 7 * 24 * 60 * 60

_READ: Final = """
    SELECT string_agg(int8send(teacher_id), ''), string_agg(int8send(extract(epoch FROM week_starts_at)::bigint), ''),
           string_agg(available, ''), string_agg(busy, ''), string_agg(int2send(grid_minute), '')
    FROM (SELECT teacher_id, week_starts_at, available, busy, grid_minute FROM makegood_calendarweek
          WHERE school_id = %(school)s AND week_starts_at >= %(first)s AND week_starts_at <= %(last)s{teachers}
          ORDER BY teacher_id, week_starts_at) AS weeks
"""
_READ_ALL: Final = _READ.format(teachers="")
_READ_SOME: Final = _READ.format(teachers=" AND teacher_id = ANY(%(teachers)s::bigint[])")


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
    """The masks of all teachers one behind the other, each with the same weeks."""

    teacher_ids: tuple[int, ...]
    available: bytes
    busy: bytes
    grid_minutes: tuple[int, ...]


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
    if teacher_ids is not None:
        values["teachers"] = list(teacher_ids)
    connection.ensure_connection()
    # The driver's own cursor takes bytes as they are; as text each would be two digits, written there and read here.
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(_READ_ALL if teacher_ids is None else _READ_SOME, values, binary=True)
        row = cursor.fetchone()
    assert row is not None
    ids, starts, available, busy, grids = row
    if ids is None:
        return _Weeks((), b"", b"", ())
    return _aligned(ids, starts, available, busy, grids, weeks)


def _aligned(
    ids: bytes, starts: bytes, available: bytes, busy: bytes, grids: bytes, weeks: Sequence[datetime]
) -> _Weeks:
    """The same with a mask for each week of each teacher; what has no row is closed."""
    count = len(weeks)
    rows = len(ids) // _ID_BYTES
    every = [int.from_bytes(ids[place : place + _ID_BYTES]) for place in range(0, len(ids), _ID_BYTES * count)]
    firsts = ids if count == 1 else b"".join(ids[place : place + 8] * count for place in range(0, len(ids), 8 * count))
    if rows == len(every) * count and firsts == ids:
        # The low bytes; a week that only lessons made knows no grid, so the highest of a teacher counts.
        its = [grids[1 + 2 * week :: 2 * count] for week in range(count)]
        return _Weeks(tuple(every), available, busy, tuple(map(max, zip(*its, strict=True))))
    return _filled(ids, starts, available, busy, grids, weeks)


def _filled(
    ids: bytes, starts: bytes, available: bytes, busy: bytes, grids: bytes, weeks: Sequence[datetime]
) -> _Weeks:
    """Row by row, for spans in which some teacher has no calendar week."""
    first = int(weeks[0].timestamp())
    size = masks.WEEK_BYTES
    places: dict[int, int] = {}
    opened, taken, grid_minutes = bytearray(), bytearray(), []
    for row in range(len(ids) // _ID_BYTES):
        teacher_id = int.from_bytes(ids[row * 8 : row * 8 + 8])
        if teacher_id not in places:
            places[teacher_id] = len(opened)
            opened += bytes(size * len(weeks))
            taken += bytes(size * len(weeks))
            grid_minutes.append(0)
        week = (int.from_bytes(starts[row * 8 : row * 8 + 8]) - first) // _WEEK_SECONDS
        place = places[teacher_id] + week * size
        opened[place : place + size] = available[row * size : (row + 1) * size]
        taken[place : place + size] = busy[row * size : (row + 1) * size]
        grid_minutes[-1] = max(grid_minutes[-1], grids[row * 2 + 1])
    return _Weeks(tuple(places), bytes(opened), bytes(taken), tuple(grid_minutes))


def _window(found: _Weeks, size: int, start_at: datetime, end_at: datetime, origin: datetime, slot_minutes: int) -> int:
    """The steps at which a lesson may start by the clock alone, for all teachers one behind the other."""
    first, last = -((origin - start_at) // masks.STEP), -((origin - end_at) // masks.STEP)
    within = ((1 << last) - 1) & ~((1 << first) - 1)
    every = slot_minutes // _STEP_MINUTES
    grid = sum(1 << step for step in range(0, 8, every)).to_bytes(1, "little") * size
    steps = int.from_bytes(grid, "little")
    patterns = {
        minute: (within & steps << minute // _STEP_MINUTES % every).to_bytes(size, "little")
        for minute in set(found.grid_minutes)
    }
    if len(patterns) == 1:
        (pattern,) = patterns.values()
        return int.from_bytes(pattern * len(found.teacher_ids), "little")
    return int.from_bytes(b"".join(patterns[minute] for minute in found.grid_minutes), "little")


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
