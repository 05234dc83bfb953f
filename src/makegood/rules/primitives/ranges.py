"""Counts and maxima over ranges of a sorted list, so that a long history costs little more than it is long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime


class Tally:
    """How many of `size` places are taken before a place: a binary indexed tree."""

    def __init__(self, size: int) -> None:
        self._sums = [0] * (size + 1)

    def take(self, place: int) -> None:
        """Mark one place, from 0, as taken."""
        place += 1
        while place < len(self._sums):
            self._sums[place] += 1
            place += place & -place

    def count_before(self, end: int) -> int:
        """How many places from 0 up to `end`, which is not among them, are taken."""
        found = 0
        while end:
            found += self._sums[end]
            end -= end & -end
        return found


class Latest:
    """The latest instant in any range of a list: a table of the latest in every range whose length doubles."""

    def __init__(self, instants: Sequence[datetime]) -> None:
        self._levels = [list(instants)]
        width = 1
        while 2 * width <= len(instants):
            level = self._levels[-1]
            self._levels.append([max(level[place], level[place + width]) for place in range(len(level) - width)])
            width *= 2

    def between(self, first: int, end: int) -> datetime:
        """The latest from `first` up to `end`, which is not among them; the range holds at least one."""
        level = (end - first).bit_length() - 1
        return max(self._levels[level][first], self._levels[level][end - (1 << level)])


def longest_cover(size: int, ranges: Iterable[tuple[int, int]]) -> list[int]:
    """For each of `size` places the length of the longest range (first, end) that covers it, 0 where none does."""
    longest = [0] * size
    following = list(range(size + 1))  # The next place at or after this one that nothing covers yet.
    for first, end in sorted(ranges, key=lambda found: found[0] - found[1]):
        place = _find_free(following, first)
        while place < end:
            longest[place] = end - first
            following[place] = place + 1
            place = _find_free(following, place)
    return longest


def _find_free(following: list[int], place: int) -> int:
    while following[place] != place:
        following[place] = following[following[place]]
        place = following[place]
    return place
