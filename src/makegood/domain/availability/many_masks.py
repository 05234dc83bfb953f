"""Free starts of many teachers at once: their masks as rows of 64-bit words, each step of the search over all of them.

The only module that loads numpy, and loaded only by who searches many teachers, so that no process starts slower.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

from makegood.domain.availability import masks

_WORD_BITS = 64
Words = npt.NDArray[np.uint64]


def find_starts(
    *,
    weeks: Sequence[tuple[int, bytes, bytes, bytes]],
    count: int,
    asked: Collection[int] | None,
    shifted: Collection[int],
    windows: tuple[int, int],
    lesson_steps: int,
    blocked_steps: int,
) -> tuple[tuple[int, ...], bytes, int]:
    """Teachers by id, their masks of free starts one behind the other, and the bytes of each mask.

    `weeks`: place among the `count` weeks, ids as the database sends them (big-endian, 8 bytes), available, busy; each
    id has one mask of each. `windows`: the starts allowed by the clock on the whole grid and (for `shifted` teachers)
    on the one a quarter later. A week that a teacher lacks is closed. Only who was `asked` for is returned, None: all.
    """
    ids = [np.frombuffer(week[1], dtype=">i8").astype(np.int64) for week in weeks]
    teachers = np.unique(np.concatenate(ids)) if ids else np.empty(0, dtype=np.int64)
    size = -(-count * masks.WEEK_BYTES // 8) * 8
    opened, taken = (np.zeros((len(teachers), size), dtype=np.uint8) for _mask in range(2))
    for (place, _ids, available, busy), of_week in zip(weeks, ids, strict=True):
        columns = slice(place * masks.WEEK_BYTES, (place + 1) * masks.WEEK_BYTES)
        # Most often every teacher has every week, in one order; slices are copied faster than chosen rows.
        rows = slice(None) if np.array_equal(of_week, teachers) else np.searchsorted(teachers, of_week)
        opened[rows, columns] = np.frombuffer(available, dtype=np.uint8).reshape(-1, masks.WEEK_BYTES)
        taken[rows, columns] = np.frombuffer(busy, dtype=np.uint8).reshape(-1, masks.WEEK_BYTES)
    free, blocked = opened.reshape(-1).view("<u8"), taken.reshape(-1).view("<u8")
    _keep_all_of(free, lesson_steps)
    _spread_any_of(blocked, blocked_steps)
    free &= ~blocked
    by_teacher = free.reshape(len(teachers), size // 8)
    on_grid, past_grid = (np.frombuffer(window.to_bytes(size, "little"), dtype="<u8") for window in windows)
    if shifted:
        is_shifted = np.isin(teachers, np.fromiter(shifted, dtype=np.int64))
        by_teacher &= np.where(is_shifted[:, np.newaxis], past_grid, on_grid)
    else:
        by_teacher &= on_grid
    if asked is not None and len(asked) < len(teachers):
        is_asked = np.isin(teachers, np.fromiter(asked, dtype=np.int64))
        return tuple(teachers[is_asked].tolist()), by_teacher[is_asked].tobytes(), size
    return tuple(teachers.tolist()), free.tobytes(), size


def _keep_all_of(bits: Words, steps: int) -> None:
    """Keep the steps from which on `steps` in a row are set; the run's length doubles with each operation."""
    length = 1
    while length < steps:
        shift = min(length, steps - length)
        bits &= _later(bits, shift)
        length += shift


def _spread_any_of(bits: Words, steps: int) -> None:
    """Set the steps from which on one of `steps` is set."""
    length = 1
    while length < steps:
        shift = min(length, steps - length)
        bits |= _later(bits, shift)
        length += shift


def _later(bits: Words, steps: int) -> Words:
    """Each step as it is `steps` later. What is behind a teacher's last week is the next teacher's: ask only before."""
    words, rest = divmod(steps, _WORD_BITS)
    found = np.zeros_like(bits)
    if words >= len(bits):
        return found
    np.right_shift(bits[words:], np.uint64(rest), out=found[: len(bits) - words])
    if rest and words + 1 < len(bits):
        found[: len(bits) - words - 1] |= bits[words + 1 :] << np.uint64(_WORD_BITS - rest)
    return found
