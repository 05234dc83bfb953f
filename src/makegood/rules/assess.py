"""Decides. The quote, the receipt, the batch, the simulation and the public policy page all call `assess`.

An assessment is a function of the set of facts: when a fact is added or a decision is made, the whole history is
assessed again, and whatever changed supersedes what was there.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable, Sequence
from datetime import datetime

from makegood.rules.facts import Decision, Incident
from makegood.rules.placing import place
from makegood.rules.policy import Policy
from makegood.rules.primitives.consequence_ladder import consequences
from makegood.rules.primitives.counters import Place, places
from makegood.rules.primitives.decision_effects import charged_band
from makegood.rules.primitives.requested_by import is_paid
from makegood.rules.primitives.table import PRICING
from makegood.rules.problems import InvalidFacts, Problem
from makegood.rules.results import Assessed, Assessment, Step
from makegood.rules.settings.pricing import MultiplierApplies, TierApplies, TierCounts
from makegood.rules.situation import Situation, Spent


def assess(history: Sequence[Incident], policy: Policy) -> Assessed:
    """Price every incident of one teacher's history and say what follows.

    The assessments come in the order of `history`; their content does not depend on that order. Raises InvalidFacts,
    with every problem, for naive times, incidents of several teachers, an id used twice, two incidents of one lesson
    start neither of which is voided and that do not name two lessons (D3), or a lesson's pay in another currency than a
    cap that is a share of it.
    """
    check_history(history, policy)
    situations = place_all(history, policy)
    return assess_situations(situations, policy)


def check_history(history: Sequence[Incident], policy: Policy) -> None:
    """Raise InvalidFacts unless the history is one that can be assessed; see `assess`."""
    problems = [problem for incident in history for problem in _naive_times(incident)]
    if not problems:
        problems = _clashes(history)
    if policy.caps.share_of_pay_bp is not None:
        problems.extend(_foreign_pay(history, policy))
    if problems:
        raise InvalidFacts(problems)


def place_all(history: Sequence[Incident], policy: Policy, spent: Spent | None = None) -> list[Situation]:
    """The incidents as the rules see them, sharing what caps have taken (`spent`, by default nothing yet)."""
    spent = {} if spent is None else spent
    return [place(incident, policy, spent) for incident in history]


def assess_situations(situations: Sequence[Situation], policy: Policy) -> Assessed:
    """Count, price and follow. For this package: others call `assess`."""
    ordered = sorted(situations, key=lambda situation: situation.order)
    counted = _count(ordered, policy)
    priced = {id(situation): price(situation, policy) for situation in ordered}
    return Assessed(
        assessments=tuple(priced[id(situation)] for situation in situations),
        consequences=consequences(ordered, policy, counted),
    )


def _count(ordered: Sequence[Situation], policy: Policy) -> dict[str, list[Place]]:
    """Fill in what every counter makes of every incident."""
    zone = policy.zone_info
    counted = {name: places(ordered, counter, zone=zone) for name, counter in policy.counters.items()}
    for name, counter in policy.counters.items():
        for situation, at in zip(ordered, counted[name], strict=True):
            if counter.show_count:
                situation.counts[name] = at.total
            if at.is_counted:
                situation.counted_for += (name,)
    if policy.tier is not None:
        by_tier = counted[policy.tier.counter]
        if policy.tier.counts is TierCounts.PER_BAND:
            by_tier = places(ordered, policy.counters[policy.tier.counter], zone=zone, per_band=True)
        is_marginal = policy.tier.applies is TierApplies.MARGINAL
        for situation, at in zip(ordered, by_tier, strict=True):
            situation.tier_count = at.position if is_marginal else at.reach
    if policy.multiplier is not None:
        is_marginal = policy.multiplier.applies is MultiplierApplies.FROM_THRESHOLD
        for situation, at in zip(ordered, counted[policy.multiplier.counter], strict=True):
            situation.multiplier_count = at.position if is_marginal else at.reach
    return counted


def price(situation: Situation, policy: Policy) -> Assessment:
    """Let each rule take the amount so far; the penalty is what the last one leaves. For this package."""
    situation.charged_band = charged_band(situation, policy)
    amount_minor = 0
    steps: list[Step] = []
    for rule in PRICING:
        step = rule(situation, policy, amount_minor)
        if step is not None:
            steps.append(step)
            amount_minor = step.after_minor
    shows_bands = policy.takes_money
    return Assessment(
        incident=situation.incident.incident,
        teacher=situation.incident.teacher,
        band=situation.band if shows_bands else None,
        charged_band=situation.charged_band if shows_bands else None,
        counts=situation.counts,
        penalty_minor=amount_minor,
        currency=policy.currency,
        paid=is_paid(situation, policy),
        counted_for=situation.counted_for,
        steps=tuple(steps),
    )


def _naive_times(incident: Incident) -> Iterable[Problem]:
    times: dict[str, datetime | None] = {
        "lesson_starts_at": incident.lesson_starts_at,
        "reported_at": incident.reported_at,
        "booked_at": incident.booked_at,
    }
    for name, at in times.items():
        if at is not None and at.utcoffset() is None:
            yield Problem(
                where=f"incident {incident.incident}, {name}",
                what="This time has no time zone.",
                how_to_fix="Give it an offset, such as +08:00 or Z.",
            )


def _foreign_pay(history: Sequence[Incident], policy: Policy) -> Iterable[Problem]:
    for incident in history:
        pay = incident.lesson_pay
        if pay is not None and (pay.currency != policy.currency or pay.amount_minor < 0):
            yield Problem(
                where=f"incident {incident.incident}, lesson_pay",
                what=f"{pay.decimal_text()} {pay.currency} cannot be compared with penalties in {policy.currency}.",
                how_to_fix="Give the pay in the policy's currency, from 0.",
            )


def _clashes(history: Sequence[Incident]) -> list[Problem]:
    problems: list[Problem] = []
    if len({incident.teacher for incident in history}) > 1:
        what = "The history has incidents of several teachers."
        problems.append(Problem(where="history", what=what, how_to_fix="Assess each teacher's history by itself."))
    for incident_id, times in Tally(incident.incident for incident in history).items():
        if times > 1:
            what = f"The id is used {times} times."
            problems.append(
                Problem(where=f"incident {incident_id}", what=what, how_to_fix="Give every incident an id of its own.")
            )
    starts: dict[datetime, list[Incident]] = {}
    for incident in history:
        if incident.decision is Decision.VOIDED:
            continue
        others = starts.setdefault(incident.lesson_starts_at, [])
        earlier = next((other.incident for other in others if may_be_one_lesson(other, incident)), None)
        others.append(incident)
        if earlier is not None and earlier != incident.incident:
            problems.append(
                Problem(
                    where=f"incident {incident.incident}, lesson_starts_at",
                    what=f"Incident {earlier} of the same teacher is for a lesson with the same start.",
                    how_to_fix="Keep one of them, or void the one that was recorded wrongly.",
                )
            )
    return problems


def may_be_one_lesson(one: Incident, other: Incident) -> bool:
    """Whether two incidents of one teacher and start may be about one lesson; only two named lessons may not (D3)."""
    return one.lesson is None or other.lesson is None or one.lesson == other.lesson
