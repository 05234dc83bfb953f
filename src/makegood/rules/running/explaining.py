"""The assessment of one record, with the sentences of the rules themselves, made when somebody reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from makegood.rules.assess import price
from makegood.rules.facts import Kind
from makegood.rules.primitives.minutes_taught import is_in_time
from makegood.rules.primitives.notice_bands import is_within_grace
from makegood.rules.primitives.requested_by import is_paid
from makegood.rules.results import Assessment, Step
from makegood.rules.running.tables import StepsKey, Tables
from makegood.rules.running.windows_held import Record
from makegood.rules.situation import place

NO_TIME: Final = timedelta(0)
MINUTES_PER_DAY: Final = 1440
# From this many minutes of notice on, sentences say whole hours.
SAID_IN_HOURS: Final = 120
# Sentences about this many different incidents are kept; then keeping starts over.
MOST_STEPS: Final = 50_000


class Snapshot:
    """What a record cost and counted at one moment, so that it can be explained later."""

    __slots__ = ("_counts", "_multiplier_count", "_record", "_tables", "_tier_count", "penalty_minor")

    def __init__(
        self, tables: Tables, record: Record, counts: Mapping[str, int], tier_count: int, multiplier_count: int
    ) -> None:
        self._tables = tables
        self._record = record
        self._counts = counts
        self._tier_count = tier_count
        self._multiplier_count = multiplier_count
        self.penalty_minor = record.penalty_minor

    def assessment(self) -> Assessment:
        """The record's assessment at that moment, equal to what `assess` gave or would have given."""
        record, tables, line = self._record, self._tables, self._record.line
        paid = line.is_paid
        if line.is_paid_by_notice:
            paid = is_paid(place(record.incident, tables.policy, {}), tables.policy)
        steps = self._steps(paid=paid)
        assert (steps[-1].after_minor if steps else 0) == self.penalty_minor, "the tables and the rules agree"
        return Assessment(
            incident=record.incident.incident,
            teacher=record.incident.teacher,
            band=line.shown_band,
            charged_band=line.shown_charged_band,
            counts=self._counts,
            penalty_minor=self.penalty_minor,
            currency=tables.policy.currency,
            paid=paid,
            counted_for=line.counted_for,
            steps=steps,
        )

    def _steps(self, *, paid: bool) -> tuple[Step, ...]:
        """The rules' steps; incidents that nothing tells apart in them share one tuple."""
        kept = self._tables.steps
        key = self._key(paid=paid)
        steps = kept.get(key)
        if steps is None:
            if len(kept) >= MOST_STEPS:
                kept.clear()
            steps = kept[key] = self._ask()
        return steps

    def _ask(self) -> tuple[Step, ...]:
        policy = self._tables.policy
        situation = place(self._record.incident, policy, {})
        situation.counts = dict(self._counts)
        situation.counted_for = self._record.line.counted_for
        situation.tier_count = self._tier_count
        situation.multiplier_count = self._multiplier_count
        return price(situation, policy).steps

    def _key(self, *, paid: bool) -> StepsKey:
        """Everything that the rules' sentences name."""
        record, policy = self._record, self._tables.policy
        incident = record.incident
        notice = 0
        if incident.reported_at is not None:
            notice = _spoken_notice(record.starts_at - record.reported_at)
        key: StepsKey = (record.line, self._tier_count, self._multiplier_count, incident.reported_at is None, notice)
        if policy.tier is None:
            # Then a step names the count itself.
            key += (*self._counts.values(),)
        if policy.notice is not None and policy.notice.grace_after_booking_minutes:
            key += ("grace", is_within_grace(incident, policy.notice))
        if policy.money_off.engagements or policy.money_off.countries:
            key += ("off", incident.engagement, incident.country)
        if incident.kind is Kind.CUT_SHORT:
            key += ("begun", incident.taught_minutes, is_in_time(incident, ends_at=incident.lesson_ends_at))
        return key if not record.line.is_paid_by_notice else (*key, "paid", paid)


def snapshot(tables: Tables, record: Record) -> Snapshot:
    """The record as it stands."""
    windows, tier, multiplier = record.windows, tables.tier, tables.multiplier
    counts = {name: windows[grid].totals[number] for name, number, grid in tables.shown}
    tier_count = multiplier_count = 0
    if tier.counter >= 0:
        tier_count = record.tier_place if tier.is_marginal else windows[tier.grid].totals[tier.counter]
    if multiplier.counter >= 0:
        if multiplier.is_marginal:
            multiplier_count = record.multiplier_place
        else:
            multiplier_count = windows[multiplier.grid].totals[multiplier.counter]
    return Snapshot(tables, record, counts, tier_count, multiplier_count)


def _spoken_notice(early: timedelta) -> int:
    """The notice as finely as a sentence names it: whole minutes, from two hours on whole hours; below 0 once begun."""
    if early <= NO_TIME:
        late = -early
        return -1 - late.days * MINUTES_PER_DAY - late.seconds // 60
    minutes = early.days * MINUTES_PER_DAY + early.seconds // 60
    return minutes if minutes < SAID_IN_HOURS else minutes - minutes % 60
