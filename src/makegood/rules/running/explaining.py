"""The assessment of one record, with the sentences of the rules themselves, made when somebody reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from makegood.rules.assess import price
from makegood.rules.facts import Kind
from makegood.rules.placing import place
from makegood.rules.policy import Policy
from makegood.rules.primitives.minutes_taught import is_in_time
from makegood.rules.primitives.notice_bands import is_within_grace
from makegood.rules.primitives.requested_by import is_paid
from makegood.rules.results import Assessment, Step
from makegood.rules.running.tables import StepsKey, Tables
from makegood.rules.running.windows_held import Record

NO_TIME: Final = timedelta(0)
MINUTES_PER_DAY: Final = 1440
# From this many minutes of notice on, sentences say whole hours.
SAID_IN_HOURS: Final = 120
# Sentences about this many different incidents are kept; then keeping starts over.
MOST_STEPS: Final = 50_000


# What a record cost and counted at one moment: its shown counts, the counts of tier and multiplier, the penalty.
Snapshot = tuple[Record, Mapping[str, int], int, int, int]


def snapshot(tables: Tables, record: Record) -> Snapshot:
    """The record as it stands, so that it can be explained later."""
    windows, tier, multiplier = record.windows, tables.tier, tables.multiplier
    counts = {}
    for name, number, grid in tables.shown:
        counts[name] = windows[grid].totals[number]
    tier_count = multiplier_count = 0
    if tier.counter >= 0:
        tier_count = record.tier_place if tier.is_marginal else windows[tier.grid].totals[tier.counter]
    if multiplier.counter >= 0:
        if multiplier.is_marginal:
            multiplier_count = record.multiplier_place
        else:
            multiplier_count = windows[multiplier.grid].totals[multiplier.counter]
    return record, counts, tier_count, multiplier_count, record.penalty_minor


def explain(tables: Tables, stood: Snapshot) -> Assessment:
    """The record's assessment at that moment, equal to what `assess` gave or would have given."""
    record, counts, _tier_count, _multiplier_count, penalty_minor = stood
    line = record.line
    paid = line.is_paid
    if line.is_paid_by_notice:
        paid = is_paid(place(record.incident, tables.policy, {}), tables.policy)
    steps = _steps(tables, stood, paid=paid)
    assert (steps[-1].after_minor if steps else 0) == penalty_minor, "the tables and the rules agree"
    return Assessment(
        incident=record.incident.incident,
        teacher=record.incident.teacher,
        band=line.shown_band,
        charged_band=line.shown_charged_band,
        counts=counts,
        penalty_minor=penalty_minor,
        currency=tables.policy.currency,
        paid=paid,
        counted_for=line.counted_for,
        steps=steps,
    )


def _steps(tables: Tables, stood: Snapshot, *, paid: bool) -> tuple[Step, ...]:
    """The rules' steps; incidents that nothing tells apart in them share one tuple."""
    kept = tables.steps
    key = _key(tables.policy, stood, paid=paid)
    steps = kept.get(key)
    if steps is None:
        if len(kept) >= MOST_STEPS:
            kept.clear()
        steps = kept[key] = _ask(tables.policy, stood)
    return steps


def _ask(policy: Policy, stood: Snapshot) -> tuple[Step, ...]:
    record, counts, tier_count, multiplier_count, _penalty_minor = stood
    situation = place(record.incident, policy, {})
    situation.counts = dict(counts)
    situation.counted_for = record.line.counted_for
    situation.tier_count = tier_count
    situation.multiplier_count = multiplier_count
    return price(situation, policy).steps


def _key(policy: Policy, stood: Snapshot, *, paid: bool) -> StepsKey:
    """Everything that the rules' sentences name."""
    record, counts, tier_count, multiplier_count, _penalty_minor = stood
    incident = record.incident
    notice = None
    if incident.reported_at is not None:
        notice = _spoken_notice(record.starts_at - record.reported_at)
    key: StepsKey = (record.line, tier_count, multiplier_count, notice)
    if policy.tier is None:
        # Then a step names the count itself.
        key += (*counts.values(),)
    if policy.notice is not None and policy.notice.grace_after_booking_minutes:
        key += ("grace", is_within_grace(incident, policy.notice))
    if policy.money_off.engagements or policy.money_off.countries:
        key += ("off", incident.engagement, incident.country)
    if incident.kind is Kind.CUT_SHORT:
        key += ("begun", incident.taught_minutes, is_in_time(incident, ends_at=incident.lesson_ends_at))
    if incident.is_withdrawn:
        key += ("withdrawn", incident.kind)
    return key if not record.line.is_paid_by_notice else (*key, "paid", paid)


def _spoken_notice(early: timedelta) -> int:
    """The notice as finely as a sentence names it: whole minutes, from two hours on whole hours; below 0 once begun."""
    if early <= NO_TIME:
        late = -early
        return -1 - late.days * MINUTES_PER_DAY - late.seconds // 60
    minutes = early.days * MINUTES_PER_DAY + early.seconds // 60
    return minutes if minutes < SAID_IN_HOURS else minutes - minutes % 60
