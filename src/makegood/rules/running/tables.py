"""A policy compiled once: bands as edges, prices by tier and multiplier, and who counts where, all as whole numbers.

Every number in the tables is what the rules themselves answer when asked, so a new rule needs no second form here.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from makegood.rules.assess import price
from makegood.rules.facts import Band, Incident, Kind, RequestedBy
from makegood.rules.placing import place
from makegood.rules.policy import Policy
from makegood.rules.primitives.decision_effects import charged_band
from makegood.rules.primitives.multiplier import find_step
from makegood.rules.primitives.requested_by import is_paid
from makegood.rules.results import Step
from makegood.rules.running.calendar_table import CalendarTable, WindowOf, window_of
from makegood.rules.settings.counting import Cause, Counter, Instant
from makegood.rules.settings.pricing import Measure, MultiplierApplies, TierApplies, TierCounts
from makegood.rules.situation import Situation, is_counted
from makegood.rules.windows import is_calendar

NO_TIME: Final = timedelta(0)
# Kind, requester, decision and band; where they are not all, what was taught of a begun lesson (nothing, enough, or 0),
# the lesson's type, and whether no money is taken there.
LineKey = tuple[object, ...]
ENOUGH: Final = 1
NOTHING: Final = 2
StepsKey = tuple[object, ...]


def why_not(policy: Policy) -> str | None:
    """Why the tables do not take the policy, in a sentence, or None: then they do."""
    if policy.caps.has_any:
        return "With a cap, what an incident costs depends on what the others of its week and month have used up."
    if not all(is_calendar(counter.window) for counter in policy.counters.values()):
        return "A rolling window has another beginning for every incident."
    return None


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Incidents that the rules treat alike, apart from counts: what they cost and what they count for.

    `prices` has the penalty in minor units for each tier and, within it, each step of the multiplier (none is 0).
    `counted` has the grid and the number of each counter that counts it. `leads` has the consequences that its being
    counted can reach: grid and number of the counter, number of the consequence, count; `alone` the numbers of those
    that one such incident can cause by itself.
    """

    band: Band | None
    shown_band: Band | None
    shown_charged_band: Band | None
    prices: tuple[int, ...]
    counted: tuple[tuple[int, int], ...]
    counted_for: tuple[str, ...]
    counts_for_tier: bool
    counts_for_multiplier: bool
    leads: tuple[tuple[int, int, int, int], ...]
    alone: tuple[int, ...]
    is_paid: bool
    is_paid_by_notice: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """One way of cutting time into windows: the place of its window in the calendar's keys, and what else splits it."""

    window: int
    is_by_report: bool
    is_per_band: bool


@dataclass(slots=True)
class Scale:
    """What a count does to a price: `steps[count]` is added to the place in a line's `prices`, the last for all above.

    `counter` is the number of the counter and `grid` of its windows. Where `is_marginal`, an incident's own place
    counts, else the whole window's total. Without such a rule in the policy, `counter` is -1 and the only step is 0.
    """

    counter: int = -1
    grid: int = -1
    is_marginal: bool = False
    steps: tuple[int, ...] = (0,)
    # A count for each step at which the rules can be asked for its price.
    asked_at: tuple[int, ...] = (0,)

    def step(self, count: int) -> int:
        """The step that `count` reaches."""
        steps = self.steps
        return steps[count] if count < len(steps) else steps[-1]


@dataclass(slots=True, kw_only=True)
class Tables:
    """The policy's tables. Lines and steps are filled in as they are met, by asking the rules."""

    policy: Policy
    counters: tuple[Counter, ...]
    grid_of: tuple[int, ...]
    shown: tuple[tuple[str, int, int], ...]
    grids: tuple[Grid, ...]
    calendar: CalendarTable
    needs_own_keys: bool
    tier: Scale
    multiplier: Scale
    is_marginal: bool
    edges: tuple[tuple[timedelta, Band], ...]
    priced_by_notice: frozenset[Kind]
    # Whether more than the times, kind, requester and decision can make a difference; which lesson types can.
    looks_further: bool
    named_types: frozenset[str]
    lines: dict[LineKey, Line] = field(default_factory=dict)
    steps: dict[StepsKey, tuple[Step, ...]] = field(default_factory=dict)

    def line_of(self, incident: Incident, *, starts_at: datetime, reported_at: datetime) -> Line:
        """The line of an incident; its instants are in UTC, the scheduled end standing for a report that never came."""
        kind, requested_by = incident.kind, incident.requested_by
        if kind is Kind.CUT_SHORT or self.looks_further:
            return self._line_of_further_facts(incident)
        band: Band | None = None
        if kind in self.priced_by_notice and requested_by is RequestedBy.TEACHER:
            band = self._band(incident, starts_at - reported_at)
        key = (kind, requested_by, incident.decision, band)
        line = self.lines.get(key)
        if line is None:
            line = self.lines[key] = _make_line(self, place(incident, self.policy, {}))
        return line

    def _line_of_further_facts(self, incident: Incident) -> Line:
        """The line where more than kind, requester, decision and band tells incidents apart."""
        situation = place(incident, self.policy, {})
        taught = ENOUGH if situation.is_taught_enough else NOTHING if situation.kind is not incident.kind else 0
        off = self.policy.money_off
        is_off = incident.engagement in off.engagements or incident.country in off.countries
        named_type = incident.lesson_type if incident.lesson_type in self.named_types else None
        key = (incident.kind, incident.requested_by, incident.decision, situation.band, taught, named_type, is_off)
        line = self.lines.get(key)
        if line is None:
            line = self.lines[key] = _make_line(self, situation)
        return line

    def _band(self, incident: Incident, early: timedelta) -> Band:
        notice = self.policy.notice
        assert notice is not None, "kinds are priced by notice only where there is one"
        if incident.reported_at is None:
            return notice.never
        if early <= NO_TIME:
            return notice.at_or_after_start
        for edge, band in self.edges:
            if early >= edge:
                return band
        return self.edges[-1][1]


def compile_policy(policy: Policy) -> Tables:
    """The tables of a policy that `why_not` lets pass."""
    assert why_not(policy) is None, "the caller asked"
    counters = tuple(policy.counters.values())
    names = tuple(policy.counters)
    windows: list[WindowOf] = []
    grids: list[Grid] = []
    shapes: dict[tuple[object, ...], int] = {}
    grid_of = [_grid(counter, windows, grids, shapes) for counter in counters]
    multiplier = _multiplier(policy, names, grid_of)
    tier = _tier(policy, names, grid_of, width=len(multiplier.asked_at))
    if policy.tier is not None and policy.tier.counts is TierCounts.PER_BAND:
        # The tier then has a count of its own, beside the counter that it takes its members from.
        counters += (policy.counters[policy.tier.counter],)
        tier.counter = len(grid_of)
        tier.grid = _grid(counters[-1], windows, grids, shapes, is_per_band=True)
        grid_of.append(tier.grid)
    named_types = frozenset(name for counter in counters for name in counter.lesson_types)
    notice = policy.notice
    is_elapsed = notice is None or (notice.measure is Measure.ELAPSED and not notice.grace_after_booking_minutes)
    return Tables(
        policy=policy,
        counters=counters,
        grid_of=tuple(grid_of),
        shown=tuple(
            (name, number, grid_of[number]) for number, name in enumerate(names) if counters[number].show_count
        ),
        grids=tuple(grids),
        calendar=CalendarTable(zone=policy.zone_info, windows=windows),
        needs_own_keys=any(grid.is_by_report or grid.is_per_band for grid in grids),
        tier=tier,
        multiplier=multiplier,
        is_marginal=tier.is_marginal or multiplier.is_marginal,
        edges=()
        if notice is None
        else tuple((timedelta(minutes=line.from_minutes or 0), line.band) for line in notice.bands),
        priced_by_notice=frozenset(() if notice is None else notice.kinds),
        looks_further=bool(named_types or policy.money_off.engagements or policy.money_off.countries or not is_elapsed),
        named_types=named_types,
    )


def _grid(
    counter: Counter,
    windows: list[WindowOf],
    grids: list[Grid],
    shapes: dict[tuple[object, ...], int],
    *,
    is_per_band: bool = False,
) -> int:
    """The number of the counter's grid; counters that cut time alike share one."""
    shape = (counter.window, counter.instant, counter.week_starts_on, counter.across_months, is_per_band)
    if shape not in shapes:
        shapes[shape] = len(grids)
        grids.append(Grid(len(windows), counter.instant is Instant.REPORTED_AT, is_per_band))
        windows.append(window_of(counter))
    return shapes[shape]


def _tier(policy: Policy, names: tuple[str, ...], grid_of: list[int], *, width: int) -> Scale:
    tier = policy.tier
    if tier is None:
        return Scale()
    number = names.index(tier.counter)
    counts = range(tier.from_counts[-1] + 1)
    return Scale(
        counter=number,
        grid=grid_of[number],
        is_marginal=tier.applies is TierApplies.MARGINAL,
        steps=tuple(width * max(bisect_right(tier.from_counts, count) - 1, 0) for count in counts),
        asked_at=tier.from_counts,
    )


def _multiplier(policy: Policy, names: tuple[str, ...], grid_of: list[int]) -> Scale:
    multiplier = policy.multiplier
    if multiplier is None:
        return Scale()
    number = names.index(multiplier.counter)
    counts = range(max((step.from_count for step in multiplier.steps), default=0) + 1)
    found = [find_step(multiplier, count) for count in counts]
    places = [0 if step is None else multiplier.steps.index(step) + 1 for step in found]
    return Scale(
        counter=number,
        grid=grid_of[number],
        is_marginal=multiplier.applies is MultiplierApplies.FROM_THRESHOLD,
        steps=tuple(places),
        asked_at=(0, *(step.from_count for step in multiplier.steps)),
    )


def _make_line(tables: Tables, situation: Situation) -> Line:
    """Ask the rules about one incident under every tier and every step of the multiplier."""
    policy = tables.policy
    prices: list[int] = []
    for tier_count in tables.tier.asked_at:
        for multiplier_count in tables.multiplier.asked_at:
            situation.tier_count, situation.multiplier_count = tier_count, multiplier_count
            asked = replace(situation, counts=dict.fromkeys(policy.counters, 0))
            prices.append(price(asked, policy).penalty_minor)
    counted = [number for number, counter in enumerate(tables.counters) if is_counted(situation, counter)]
    names = list(policy.counters)
    charged = charged_band(situation, policy)
    incident = situation.incident
    return Line(
        band=situation.band,
        shown_band=situation.band if policy.takes_money else None,
        shown_charged_band=charged if policy.takes_money else None,
        prices=tuple(prices),
        counted=tuple((tables.grid_of[number], number) for number in counted),
        counted_for=tuple(name for number, name in enumerate(names) if number in counted),
        counts_for_tier=tables.tier.counter in counted,
        counts_for_multiplier=tables.multiplier.counter in counted,
        leads=tuple(
            (tables.grid_of[names.index(rule.counter)], names.index(rule.counter), number, rule.at_count or 1)
            for number, rule in enumerate(policy.consequences)
            if rule.counter is not None and rule.cause is Cause.COUNT and names.index(rule.counter) in counted
        ),
        alone=tuple(
            number
            for number, rule in enumerate(policy.consequences)
            if rule.cause is not Cause.COUNT
            and situation.is_live
            and situation.kind in rule.kinds
            and situation.decision in rule.decisions
        ),
        is_paid=is_paid(situation, policy),
        is_paid_by_notice=incident.requested_by is RequestedBy.STUDENT and incident.kind is Kind.CANCELLED,
    )
