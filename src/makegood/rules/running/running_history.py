"""One teacher's history under a policy that the tables take: each change re-prices the windows whose step moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from makegood.rules.assess import check_history
from makegood.rules.facts import Decision, Incident
from makegood.rules.policy import Policy
from makegood.rules.results import Assessment, Consequence, Effect
from makegood.rules.running.explaining import Snapshot, snapshot
from makegood.rules.running.follow_ups import NOTHING_MOVED, FollowUps, Moves, came_and_went, joined
from makegood.rules.running.tables import Scale, Tables
from makegood.rules.running.windows_held import Record, Window, WindowsHeld, renumber

# What each record cost before the change.
Moved = dict[Record, int]


class RunningChange:
    """See `changes.Change`. The sums are made with the change; objects and sentences when they are read."""

    __slots__ = ("_follow_ups", "_moved", "_policy", "_snapshot", "change_minor", "penalty_minor")

    def __init__(
        self,
        *,
        policy: Policy,
        after: Snapshot | None,
        own_change_minor: int,
        moved: Sequence[tuple[Record, int, int]],
        follow_ups: Moves,
    ) -> None:
        self._policy = policy
        self._snapshot = after
        self._moved = moved
        self._follow_ups = follow_ups
        self.penalty_minor = 0 if after is None else after.penalty_minor
        self.change_minor = own_change_minor
        for _record, before, now in moved:
            self.change_minor += now - before

    @property
    def assessment(self) -> Assessment | None:
        """See `changes.Change`."""
        return None if self._snapshot is None else self._snapshot.assessment()

    @property
    def effects(self) -> tuple[Effect, ...]:
        """See `changes.Change`."""
        moved = sorted(self._moved, key=lambda move: move[0].number)
        return tuple(
            Effect(incident=record.incident.incident, before_minor=before, after_minor=now)
            for record, before, now in moved
        )

    @property
    def consequences(self) -> tuple[Consequence, ...]:
        """See `changes.Change`."""
        return came_and_went(self._follow_ups, self._policy)[0] if self._follow_ups else ()

    @property
    def lifted(self) -> tuple[Consequence, ...]:
        """See `changes.Change`."""
        return came_and_went(self._follow_ups, self._policy)[1] if self._follow_ups else ()


class RunningHistory:
    """See `changes.History`. `tables` may be shared by all histories under one policy."""

    __slots__ = ("_added", "_follow_ups", "_held", "_live_starts", "_records", "_tables", "_teacher")

    def __init__(self, *, tables: Tables, history: Sequence[Incident] = ()) -> None:
        self._tables = tables
        self._records: dict[str, Record] = {}
        self._live_starts: set[datetime] = set()
        self._teacher: str | None = None
        self._added = 0
        self._held = WindowsHeld(tables)
        self._follow_ups = FollowUps(tables)
        check_history(history, tables.policy)
        for incident in history:
            self.add(incident)

    def add(self, incident: Incident) -> RunningChange:
        """See `changes.History`."""
        self._check(incident)
        self._teacher = incident.teacher
        record = self._record(incident, self._added)
        self._added += 1
        moved: Moved = {}
        follow_ups = self._take_in(record, moved)
        return RunningChange(
            policy=self._tables.policy,
            after=snapshot(self._tables, record),
            own_change_minor=record.penalty_minor,
            moved=[(other, before, other.penalty_minor) for other, before in moved.items()],
            follow_ups=follow_ups,
        )

    def decide(self, incident_id: str, decision: Decision | None) -> RunningChange:
        """See `changes.History`."""
        former = self._records[incident_id]
        decided = replace(former.incident, decision=decision)
        if former.incident.decision is Decision.VOIDED and decision is not Decision.VOIDED:
            others = [record.incident for record in self._records.values() if record is not former]
            check_history([*others, decided], self._tables.policy)
        moved: Moved = {}
        follow_ups = self._let_go(former, moved)
        record = self._record(decided, former.number)
        follow_ups = joined(follow_ups, self._take_in(record, moved))
        return RunningChange(
            policy=self._tables.policy,
            after=snapshot(self._tables, record),
            own_change_minor=record.penalty_minor - former.penalty_minor,
            moved=_differences(moved),
            follow_ups=follow_ups,
        )

    def remove(self, incident_id: str) -> RunningChange:
        """See `changes.History`."""
        record = self._records[incident_id]
        moved: Moved = {}
        follow_ups = self._let_go(record, moved)
        return RunningChange(
            policy=self._tables.policy,
            after=None,
            own_change_minor=-record.penalty_minor,
            moved=_differences(moved),
            follow_ups=follow_ups,
        )

    def assessments(self) -> tuple[Assessment, ...]:
        """See `changes.History`."""
        records = sorted(self._records.values(), key=lambda record: record.number)
        return tuple(snapshot(self._tables, record).assessment() for record in records)

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
        self._reprice_around(record, moved, by=1)
        if record.line.can_lead_on:
            return self._follow_ups.follow(record)
        return NOTHING_MOVED

    def _let_go(self, record: Record, moved: Moved) -> Moves:
        incident = record.incident
        del self._records[incident.incident]
        if incident.decision is not Decision.VOIDED:
            self._live_starts.discard(incident.lesson_starts_at)
        self._held.let_go(record)
        self._reprice_around(record, moved, by=-1)
        return self._follow_ups.follow(record, is_gone=True)

    def _reprice_around(self, record: Record, moved: Moved, *, by: int) -> None:
        """Price the record, and the members of its windows where the step of tier or multiplier has moved."""
        tables = self._tables
        tier_window = self._moved_window(record, tables.tier, by)
        multiplier_window = self._moved_window(record, tables.multiplier, by)
        if tables.tier.is_marginal and tier_window is not None:
            for member, place in renumber(tier_window, tables.tier):
                member.tier_place = place
        if tables.multiplier.is_marginal and multiplier_window is not None:
            for member, place in renumber(multiplier_window, tables.multiplier):
                member.multiplier_place = place
        if by > 0:
            record.penalty_minor = self._price(record)
        for window in (tier_window, multiplier_window):
            if window is not None:
                for member in window.members:
                    now = self._price(member)
                    if now != member.penalty_minor:
                        moved.setdefault(member, member.penalty_minor)
                        member.penalty_minor = now

    def _moved_window(self, record: Record, scale: Scale, by: int) -> Window | None:
        """The record's window of `scale`, unless nothing in it can have moved."""
        if scale.counter < 0:
            return None
        window = record.windows[scale.grid]
        if scale.is_marginal:
            return window
        if scale.counter not in record.line.counted:
            return None
        total = window.totals[scale.counter]
        return None if scale.step(total) == scale.step(total - by) else window

    def _price(self, record: Record) -> int:
        tables = self._tables
        tier, multiplier = tables.tier, tables.multiplier
        tier_step = multiplier_step = 0
        if tier.counter >= 0:
            count = record.tier_place if tier.is_marginal else record.windows[tier.grid].totals[tier.counter]
            tier_step = tier.step(count)
        if multiplier.counter >= 0:
            if multiplier.is_marginal:
                count = record.multiplier_place
            else:
                count = record.windows[multiplier.grid].totals[multiplier.counter]
            multiplier_step = multiplier.step(count)
        return record.line.prices[tier_step * len(multiplier.asked_at) + multiplier_step]


def _differences(moved: Moved) -> list[tuple[Record, int, int]]:
    """What moved in the end: taking a record out and in again may have moved others forth and back."""
    return [
        (record, before, record.penalty_minor) for record, before in moved.items() if before != record.penalty_minor
    ]
