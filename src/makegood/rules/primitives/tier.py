"""Tier: from which count the higher rates apply, to the whole window or from the threshold on (D1, D2)."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

from makegood.quantities import Money
from makegood.rules.policy import Policy
from makegood.rules.primitives.charge import base_minor, find_rate
from makegood.rules.results import Step
from makegood.rules.sentences import Sentence, Value, gettext_noop
from makegood.rules.settings.pricing import Tier, TierApplies
from makegood.rules.situation import Situation
from makegood.rules.windows import CALENDAR_MONTH, WEEK

RULE: Final = "tier"


def apply(situation: Situation, policy: Policy, before_minor: int) -> Step | None:
    """Move the rate to the tier that the count reaches."""
    tier = policy.tier
    rate = find_rate(policy, situation.charged_band)
    if tier is None or policy.currency is None or rate is None or not situation.is_live:
        return None
    reached = max(bisect_right(tier.from_counts, situation.tier_count) - 1, 0)
    after_minor = base_minor(policy, band=rate.band, decision=situation.decision, tier=reached)
    values: dict[str, Value] = {"count": situation.tier_count, "amount": Money(after_minor, policy.currency)}
    because = _because(tier, policy.counters[tier.counter].window, reached, values)
    return Step(RULE, tier.source, because, before_minor, after_minor)


def _because(tier: Tier, window: str, reached: int, values: dict[str, Value]) -> Sentence:
    one, more, higher, marginal = _TEXTS.get(window, _ROLLING)
    if tier.applies is TierApplies.MARGINAL:
        return Sentence(marginal, values)
    if not reached:
        return Sentence(one, values, more, "count")
    return Sentence(higher, {**values, "from_count": tier.from_counts[reached]})


_TEXTS: Final = {
    CALENDAR_MONTH: (
        gettext_noop("{count} incident counts in the month of this lesson. The rate is {amount}."),
        gettext_noop("{count} incidents count in the month of this lesson. The rate is {amount}."),
        gettext_noop(
            "{count} incidents count in the month of this lesson. From {from_count} on, the rate for all is {amount}."
        ),
        gettext_noop("This is number {count} in the month of this lesson. The rate is {amount}."),
    ),
    WEEK: (
        gettext_noop("{count} incident counts in the week of this lesson. The rate is {amount}."),
        gettext_noop("{count} incidents count in the week of this lesson. The rate is {amount}."),
        gettext_noop(
            "{count} incidents count in the week of this lesson. From {from_count} on, the rate for all is {amount}."
        ),
        gettext_noop("This is number {count} in the week of this lesson. The rate is {amount}."),
    ),
}
_ROLLING: Final = (
    gettext_noop("{count} incident counts in the period around this lesson. The rate is {amount}."),
    gettext_noop("{count} incidents count in the period around this lesson. The rate is {amount}."),
    gettext_noop(
        "{count} incidents count in the period around this lesson. From {from_count} on, the rate for all is {amount}."
    ),
    gettext_noop("This is number {count} in the period up to this lesson. The rate is {amount}."),
)
