"""Money off: no money penalties for some engagement types or countries; counts and consequences stay (D30)."""

from __future__ import annotations

from typing import Final

from makegood.rules.policy import Policy
from makegood.rules.results import Step
from makegood.rules.sentences import Sentence, gettext_noop
from makegood.rules.situation import Situation

RULE: Final = "money_off"


def apply(situation: Situation, policy: Policy, before_minor: int) -> Step | None:
    """Set the amount to zero and say so."""
    off, incident = policy.money_off, situation.incident
    if not situation.is_live or policy.currency is None:
        return None
    if incident.engagement is not None and incident.engagement in off.engagements:
        return Step(RULE, off.source, Sentence(_ENGAGEMENT, {"engagement": incident.engagement}), before_minor, 0)
    if incident.country is not None and incident.country in off.countries:
        return Step(RULE, off.source, Sentence(_COUNTRY, {"country": incident.country}), before_minor, 0)
    return None


_ENGAGEMENT: Final = gettext_noop('No money is taken for the engagement type "{engagement}". Counts stay as they are.')
_COUNTRY: Final = gettext_noop('No money is taken in "{country}". Counts stay as they are.')
