"""One teacher's history under a policy that the tables take: each change re-prices the windows whose step moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Final

from makegood.rules.assess import check_history
from makegood.rules.facts import Decision, Incident
from makegood.rules.results import Assessment, Consequence, Effect
from makegood.rules.running.explaining import Snapshot, explain, snapshot
from makegood.rules.running.follow_ups import FollowUps, Moves, came_and_went, joined
from makegood.rules.running.repricing import Moved, reprice, reprice_by_place
from makegood.rules.running.tables import Tables
from makegood.rules.running.windows_held import Record, WindowsHeld

NUMBER: Final = attrgetter("number")


class RunningChange:
    """See `changes.Change`. The sums are made with the change; objects and sentences when they are read."""

    __slots__ = ("_after", "_follow_ups", "_moved", "_tables", "change_minor", "penalty_minor")

    def __init__(
        self, tables: Tables, before_minor: int, after: Snapshot | None, moved: Moved, follow_ups: Moves
    ) -> None:
        self._tables = tables
        self._after = after
        self._moved = moved
        self._follow_ups = follow_ups
        self.penalty_minor = 0 if after is None else after[-1]
        change_minor = self.penalty_minor - before_minor
        for _record, before, now in moved:
            change_minor += now - before
        self.change_minor = change_minor

    @property
    def assessment(self) -> Assessment | None:
        """See `changes.Change`."""
        return None if self._after is None else explain(self._tables, self._after)

    @property
    def effects(self) -> tuple[Effect, ...]:
        """See `changes.Change`."""
        ends: dict[Record, tuple[int, int]] = {}
        for record, before, now in self._moved:
            # One may have moved twice, and even back again; what it cost first and costs last is the effect.
            ends[record] = ends.get(record, (before,))[0], now
        return tuple(
            Effect(incident=record.incident.incident, before_minor=ends[record][0], after_minor=ends[record][1])
            for record in sorted(ends, key=NUMBER)
            if ends[record][0] != ends[record][1]
        )

    @property
    def consequences(self) -> tuple[Consequence, ...]:
        """See `changes.Change`."""
        return came_and_went(self._follow_ups, self._tables.policy)[0] if self._follow_ups else ()

    @property
    def lifted(self) -> tuple[Consequence, ...]:
        """See `changes.Change`."""
        return came_and_went(self._follow_ups, self._tables.policy)[1] if self._follow_ups else ()


class RunningHistory:
    """See `changes.History`. `tables` may be shared by all histories under one policy."""

    __slots__ = ("_added", "_follow_ups", "_held", "_live_starts", "_records", "_reprice", "_tables", "_teacher")

    def __init__(self, *, tables: Tables, history: Sequence[Incident] = ()) -> None:
        self._tables = tables
        self._records: dict[str, Record] = {}
        self._live_starts: set[datetime] = set()
        self._teacher: str | None = None
        self._added = 0
        self._held = WindowsHeld(tables)
        self._follow_ups = FollowUps(tables)
        self._reprice = reprice_by_place if tables.is_marginal else reprice
        check_history(history, tables.policy)
        for incident in history:
            self.add(incident)

    def add(self, incident: Incident) -> RunningChange:
        """See `changes.History`."""
        self._check(incident)
        self._teacher = incident.teacher
        record = self._record(incident, self._added)
        self._added += 1
        moved: Moved = []
        follow_ups = self._take_in(record, moved)
        return RunningChange(self._tables, 0, snapshot(self._tables, record), moved, follow_ups)

    def decide(self, incident_id: str, decision: Decision | None) -> RunningChange:
        """See `changes.History`."""
        former = self._records[incident_id]
        decided = replace(former.incident, decision=decision)
        if former.incident.decision is Decision.VOIDED and decision is not Decision.VOIDED:
            others = [record.incident for record in self._records.values() if record is not former]
            check_history([*others, decided], self._tables.policy)
        moved: Moved = []
        lifted = self._let_go(former, moved)
        record = self._record(decided, former.number)
        raised = self._take_in(record, moved)
        after = snapshot(self._tables, record)
        return RunningChange(self._tables, former.penalty_minor, after, moved, joined(lifted, raised))

    def remove(self, incident_id: str) -> RunningChange:
        """See `changes.History`."""
        record = self._records[incident_id]
        moved: Moved = []
        follow_ups = self._let_go(record, moved)
        return RunningChange(self._tables, record.penalty_minor, None, moved, follow_ups)

    def assessments(self) -> tuple[Assessment, ...]:
        """See `changes.History`."""
        records = sorted(self._records.values(), key=lambda record: record.number)
        return tuple(explain(self._tables, snapshot(self._tables, record)) for record in records)

    def consequences(self) -> tuple[Consequence, ...]:
        """See `changes.History`."""
        return self._follow_ups.all()

    def _check(self, incident: Incident) -> None:
        """Refuse what `assess` would refuse. The quick look errs on the side of asking `check_history`."""
        starts_at, reported_at, booked_at = incident.lesson_starts_at, incident.reported_at, incident.booked_at
        is_doubtful = (
            incident.incident in self._records
            or (self._teacher is not None and incident.teacher != self._teacher)
            or (starts_at in self._live_starts and incident.decision is not Decision.VOIDED)
            or (starts_at.tzinfo is not UTC and starts_at.utcoffset() is None)
            or (reported_at is not None and reported_at.tzinfo is not UTC and reported_at.utcoffset() is None)
            or (booked_at is not None and booked_at.utcoffset() is None)
        )
        if is_doubtful:
            check_history([*(record.incident for record in self._records.values()), incident], self._tables.policy)

    def _record(self, incident: Incident, number: int) -> Record:
        starts_at = incident.lesson_starts_at.astimezone(UTC)
        if incident.reported_at is None:
            reported_at = starts_at + timedelta(minutes=incident.lesson_minutes)
        else:
            reported_at = incident.reported_at.astimezone(UTC)
        line = self._tables.line_of(incident, starts_at=starts_at, reported_at=reported_at)
        return Record(incident, line, number, starts_at, reported_at)

    def _take_in(self, record: Record, moved: Moved) -> Moves:
        """Count the record, price it and whatever its counting moves."""
        incident = record.incident
        self._records[incident.incident] = record
        if incident.decision is not Decision.VOIDED:
            self._live_starts.add(incident.lesson_starts_at)
        self._held.take_in(record)
        self._reprice(self._tables, record, moved, by=1)
        return self._follow_ups.follow(record)

    def _let_go(self, record: Record, moved: Moved) -> Moves:
        incident = record.incident
        del self._records[incident.incident]
        if incident.decision is not Decision.VOIDED:
            self._live_starts.discard(incident.lesson_starts_at)
        self._held.let_go(record)
        self._reprice(self._tables, record, moved, by=-1)
        return self._follow_ups.follow(record, is_gone=True)
