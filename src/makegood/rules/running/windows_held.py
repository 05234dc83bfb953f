"""The windows of one teacher's history: who is in each, in reported order, and how many each counter counts."""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Final

from makegood.rules.facts import Incident
from makegood.rules.running.tables import Line, Scale, Tables

ORDER: Final = attrgetter("order")


class Record:
    """One incident of the history. `number` is its place in the order of adding; instants are in UTC.

    `windows` has one window per grid. `tier_place` and `multiplier_place` are kept where the policy prices by place.
    """

    __slots__ = (
        "incident",
        "line",
        "multiplier_place",
        "number",
        "order",
        "penalty_minor",
        "reported_at",
        "starts_at",
        "tier_place",
        "windows",
    )

    def __init__(self, incident: Incident, line: Line, number: int, starts_at: datetime, reported_at: datetime) -> None:
        self.incident = incident
        self.line = line
        self.number = number
        self.starts_at = starts_at
        self.reported_at = reported_at
        self.order = (reported_at, starts_at, incident.incident)
        self.windows: Sequence[Window] = ()
        self.penalty_minor = self.tier_place = self.multiplier_place = 0


class Window:
    """One window of one grid: its members, counted or not, in reported order, and each counter's total."""

    __slots__ = ("members", "totals")

    def __init__(self, counters: int) -> None:
        self.members: list[Record] = []
        self.totals = [0] * counters

    def take_in(self, record: Record) -> None:
        """Put a record in its place; most come in reported order."""
        members = self.members
        if not members or members[-1].order < record.order:
            members.append(record)
        else:
            insort(members, record, key=ORDER)


class WindowsHeld:
    """All windows of one history, found by what an incident's line and instants say."""

    __slots__ = ("_by_key", "_tables")

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._by_key: list[dict[object, Window]] = [{} for _grid in tables.grids]

    def take_in(self, record: Record) -> None:
        """Put a record into its window of every grid, and count it."""
        tables = self._tables
        keys: Sequence[object] = tables.calendar.find(record.starts_at)
        if tables.needs_own_keys:
            keys = self._own_keys(record)
        found: list[Window] = []
        for windows, key in zip(self._by_key, keys, strict=True):
            window = windows.get(key)
            if window is None:
                window = windows[key] = Window(len(tables.counters))
            window.take_in(record)
            found.append(window)
        record.windows = found
        for number in record.line.counted:
            found[tables.grid_of[number]].totals[number] += 1

    def let_go(self, record: Record) -> None:
        """Take a record out again."""
        for window in record.windows:
            window.members.remove(record)
        for number in record.line.counted:
            record.windows[self._tables.grid_of[number]].totals[number] -= 1

    def _own_keys(self, record: Record) -> list[object]:
        """The keys where some grid goes by the report or tells bands apart."""
        calendar = self._tables.calendar
        by_start, by_report = calendar.find(record.starts_at), calendar.find(record.reported_at)
        keys: list[object] = []
        for grid in self._tables.grids:
            key = (by_report if grid.is_by_report else by_start)[grid.window]
            keys.append((key, record.line.band) if grid.is_per_band else key)
        return keys


def renumber(window: Window, scale: Scale) -> list[tuple[Record, int]]:
    """Every member's place among those that `scale` counts: how many of them were reported no later."""
    places: list[tuple[Record, int]] = []
    so_far = 0
    for member in window.members:
        so_far += scale.counter in member.line.counted
        places.append((member, so_far))
    return places
