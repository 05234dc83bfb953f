"""The rules that price an incident, in order. A new rule is a module and a line here (docs/adding-a-rule.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from makegood.rules.policy import Policy
from makegood.rules.primitives import (
    caps,
    counters,
    decision_effects,
    late_charge,
    minutes_taught,
    money_off,
    multiplier,
    notice_bands,
    requested_by,
    tier,
)
from makegood.rules.results import Step
from makegood.rules.situation import Situation

# A rule takes the amount so far, in minor units, and returns its step, or None when it has nothing to say.
Rule = Callable[[Situation, Policy, int], Step | None]

PRICING: Final[tuple[Rule, ...]] = (
    decision_effects.apply_voided,
    requested_by.apply,
    late_charge.apply,
    notice_bands.apply,
    minutes_taught.apply,
    decision_effects.apply,
    counters.apply,
    tier.apply,
    multiplier.apply,
    money_off.apply,
    caps.apply,
)
