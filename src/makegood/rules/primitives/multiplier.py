"""Multiplier: many incidents in one window cost a multiple; only the highest step reached counts (D4, D5)."""

from __future__ import annotations

from typing import Final

from makegood.quantities import Money
from makegood.rules.policy import Policy
from makegood.rules.primitives.charge import find_rate
from makegood.rules.results import Step
from makegood.rules.sentences import Sentence, Value, gettext_noop
from makegood.rules.settings.pricing import Multiplier, MultiplierApplies, MultiplierStep
from makegood.rules.situation import Situation
from makegood.rules.windows import CALENDAR_MONTH, WEEK

RULE: Final = "multiplier"


def apply(situation: Situation, policy: Policy, before_minor: int) -> Step | None:
    """Multiply the tiered amount."""
    multiplier = policy.multiplier
    if multiplier is None or policy.currency is None or not before_minor or not situation.is_live:
        return None
    # A flat charge that has no band, such as being late, is never multiplied (D27).
    step = find_step(multiplier, situation.multiplier_count)
    if step is None or find_rate(policy, situation.charged_band) is None:
        return None
    values: dict[str, Value] = {
        "count": situation.multiplier_count,
        "times": step.times,
        "amount": Money(before_minor, policy.currency),
    }
    whole, marginal = _TEXTS.get(policy.counters[multiplier.counter].window, _ROLLING)
    text = whole if multiplier.applies is MultiplierApplies.WHOLE_WINDOW else marginal
    clause = step.source or multiplier.source
    return Step(RULE, clause, Sentence(text, values), before_minor, before_minor * step.times)


def find_step(multiplier: Multiplier, count: int) -> MultiplierStep | None:
    """The highest step that `count` reaches, or None."""
    found = None
    for step in multiplier.steps:
        if count >= step.from_count:
            found = step
    return found


_TEXTS: Final = {
    WEEK: (
        gettext_noop(
            "{count} incidents count in the week of this lesson, so each costs {times} times its rate of {amount}."
        ),
        gettext_noop("This is number {count} in the week of this lesson, so it costs {times} times {amount}."),
    ),
    CALENDAR_MONTH: (
        gettext_noop(
            "{count} incidents count in the month of this lesson, so each costs {times} times its rate of {amount}."
        ),
        gettext_noop("This is number {count} in the month of this lesson, so it costs {times} times {amount}."),
    ),
}
_ROLLING: Final = (
    gettext_noop(
        "{count} incidents count in the period around this lesson, so each costs {times} times its rate of {amount}."
    ),
    gettext_noop("This is number {count} in the period up to this lesson, so it costs {times} times {amount}."),
)
