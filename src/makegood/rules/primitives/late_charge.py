"""Late charge: started late, fully made up, the student stayed. A flat amount: no tier, no multiplier (D27)."""

from __future__ import annotations

from typing import Final

from makegood.quantities import Money
from makegood.rules.facts import Kind
from makegood.rules.policy import Policy
from makegood.rules.results import Step
from makegood.rules.sentences import Sentence, gettext_noop
from makegood.rules.situation import Situation

RULE: Final = "late_charge"


def apply(situation: Situation, policy: Policy, before_minor: int) -> Step | None:
    """Charge the flat amount."""
    if not situation.is_live or situation.kind is not Kind.LATE:
        return None
    if policy.currency is None or not policy.late.amount:
        return Step(RULE, policy.late.source, _FREE, before_minor, before_minor)
    because = Sentence(_CHARGED, {"amount": Money(policy.late.amount, policy.currency)})
    return Step(RULE, policy.late.source, because, before_minor, before_minor + policy.late.amount)


_FREE: Final = Sentence(gettext_noop("The lesson started late and was made up. Nothing is charged."))
_CHARGED: Final = gettext_noop("The lesson started late and was made up. That costs {amount}.")
