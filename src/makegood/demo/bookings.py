"""Who is busy when, so that the plan books nobody twice. Pure."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from makegood.demo.lessons import DemoLesson
from makegood.quantities import Interval


class Calendar:
    """The busy times of everybody in a plan, by code."""

    def __init__(self, taken: Iterable[tuple[str, Interval]] = ()) -> None:
        self._busy: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
        for code, interval in taken:
            self.add(code, interval)

    def is_free(self, code: str, wanted: Interval) -> bool:
        """Whether `code` has nothing that overlaps `wanted`; touching ends do not."""
        start, end = _ends(wanted)
        busy = self._busy[code]
        place = bisect_left(busy, (start, start))
        ends_before = place == 0 or busy[place - 1][1] <= start
        return ends_before and (place == len(busy) or end <= busy[place][0])

    def book(self, lesson: DemoLesson) -> bool:
        """Book teacher and student, unless one of them is busy; tell whether it was done."""
        if not (self.is_free(lesson.teacher, lesson.interval) and self.is_free(lesson.student, lesson.interval)):
            return False
        self.add(lesson.teacher, lesson.interval)
        self.add(lesson.student, lesson.interval)
        return True

    def busy_until(self, code: str, at: datetime) -> datetime | None:
        """The end of what `code` is doing at `at`, None when that is nothing."""
        return next((end for start, end in self._busy[code] if start <= at < end), None)

    def first_start_in(self, code: str, after: datetime, until: datetime) -> datetime | None:
        """When the first of what `code` does starts in `(after, until]`."""
        return next((start for start, _end in self._busy[code] if after < start <= until), None)

    def add(self, code: str, interval: Interval) -> None:
        """Remember that `code` is busy then, whatever else they do."""
        insort(self._busy[code], _ends(interval))


def _ends(interval: Interval) -> tuple[datetime, datetime]:
    assert interval.end is not None, "a lesson has an end"
    return interval.start, interval.end
