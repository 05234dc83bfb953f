"""Charge: what a band costs in a tier, as whole minor units."""

from __future__ import annotations

from makegood.quantities import Money, Share
from makegood.rules.facts import Band, Decision
from makegood.rules.policy import Policy
from makegood.rules.settings.judging import Reduction
from makegood.rules.settings.pricing import Rate


def find_rate(policy: Policy, band: Band | None) -> Rate | None:
    """The band's line of rates, or None for a band that costs nothing."""
    if policy.charge is None or band is None:
        return None
    for rate in policy.charge.rates:
        if rate.band is band:
            return rate
    return None


def base_minor(policy: Policy, *, band: Band | None, decision: Decision, tier: int) -> int:
    """What `band` costs in `tier` (0 is the first), after a decision that lowers the price itself (D15)."""
    rate = find_rate(policy, band)
    if rate is None:
        return 0
    amount_minor = rate.amounts[tier]
    reduced = policy.decisions.reduced
    if decision is not Decision.REDUCED or policy.currency is None:
        return amount_minor
    if reduced.how is Reduction.FIXED_AMOUNT and reduced.amount is not None:
        return min(reduced.amount, amount_minor)
    if reduced.how is Reduction.PERCENT and reduced.share_bp is not None:
        return Share(reduced.share_bp).of(Money(amount_minor, policy.currency)).amount_minor
    return amount_minor
