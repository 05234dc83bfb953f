"""The windows of one teacher's history: who is in each, in reported order, and how many each counter counts."""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Final

from makegood.rules.facts import Incident
from makegood.rules.running.tables import Line, Tables

ORDER: Final = attrgetter("order")


class Record:
    """One incident of the history. `number` is its place in the order of adding; instants are in UTC.

    `windows` has one window per grid. `tier_step` and `multiplier_step` say where in its line the price stands; the
    places are kept only where the policy prices by place.
    """

    __slots__ = (
        "incident",
        "line",
        "multiplier_place",
        "multiplier_step",
        "number",
        "penalty_minor",
        "reported_at",
        "starts_at",
        "tier_place",
        "tier_step",
        "windows",
    )

    windows: Sequence[Window]
    tier_place: int
    multiplier_place: int

    def __init__(self, incident: Incident, line: Line, number: int, starts_at: datetime, reported_at: datetime) -> None:
        self.incident = incident
        self.line = line
        self.number = number
        self.starts_at = starts_at
        self.reported_at = reported_at
        self.penalty_minor = self.tier_step = self.multiplier_step = 0

    @property
    def order(self) -> tuple[datetime, datetime, str]:
        """Reported order, ties by lesson start, then id."""
        return (self.reported_at, self.starts_at, self.incident.incident)

    @property
    def ends_at(self) -> datetime:
        """The lesson's scheduled end."""
        return self.starts_at + timedelta(minutes=self.incident.lesson_minutes)


class Window:
    """One window of one grid: its members, counted or not, in reported order, and each counter's total.

    Where whole windows move together, the steps that its totals reach stand here.
    """

    __slots__ = ("members", "multiplier_step", "tier_step", "totals")

    def __init__(self, counters: int) -> None:
        self.members: list[Record] = []
        self.totals = [0] * counters
        self.tier_step = self.multiplier_step = 0


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
            members = window.members
            # Most incidents come in reported order.
            if not members or members[-1].reported_at < record.reported_at:
                members.append(record)
            else:
                insort(members, record, key=ORDER)
            found.append(window)
        record.windows = found
        for grid, number in record.line.counted:
            found[grid].totals[number] += 1

    def let_go(self, record: Record) -> None:
        """Take a record out again."""
        for window in record.windows:
            window.members.remove(record)
        for grid, number in record.line.counted:
            record.windows[grid].totals[number] -= 1

    def _own_keys(self, record: Record) -> list[object]:
        """The keys where some grid goes by the report or tells bands apart."""
        calendar = self._tables.calendar
        by_start, by_report = calendar.find(record.starts_at), calendar.find(record.reported_at)
        keys: list[object] = []
        for grid in self._tables.grids:
            key = (by_report if grid.is_by_report else by_start)[grid.window]
            keys.append((key, record.line.band) if grid.is_per_band else key)
        return keys
