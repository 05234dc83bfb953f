"""Decision effects: what voided, waived and reduced do to the price (D14-D16)."""

from __future__ import annotations

from typing import Final

from makegood.quantities import Money
from makegood.rules.facts import Band, Decision, Kind
from makegood.rules.policy import Policy
from makegood.rules.primitives.charge import base_minor, find_rate
from makegood.rules.results import Step
from makegood.rules.sentences import Sentence, gettext_noop
from makegood.rules.settings.judging import Reduction
from makegood.rules.situation import Situation

RULE: Final = "decision_effects"


def apply_voided(situation: Situation, policy: Policy, before_minor: int) -> Step | None:
    """Recorded wrongly, or taken back at once: it never happened, and no other rule has a turn."""
    incident = situation.incident
    if incident.decision is not Decision.VOIDED:
        return None
    if incident.is_withdrawn:
        said = _MOVE_UNDONE if incident.kind is Kind.RESCHEDULED else _WITHDRAWN
        return Step(RULE, policy.reporting.source, said, before_minor, before_minor)
    return Step(RULE, policy.decisions.voided.source, _VOIDED, before_minor, before_minor)


def apply(situation: Situation, policy: Policy, before_minor: int) -> Step | None:
    """Waive or reduce, before tier and multiplier."""
    if not situation.is_live:
        return None
    if situation.incident.decision is Decision.WAIVED:
        waived = policy.decisions.waived
        if waived.is_charged:
            return Step(RULE, waived.source, _WAIVED_CHARGED, before_minor, before_minor)
        return Step(RULE, waived.source, _WAIVED, before_minor, 0)
    if situation.incident.decision is Decision.REDUCED:
        return _reduce(situation, policy, before_minor)
    return None


def charged_band(situation: Situation, policy: Policy) -> Band | None:
    """The band that is charged once the decision is taken into account; None: no band is charged."""
    if not situation.is_live:
        return None
    decision = situation.incident.decision
    if decision is Decision.WAIVED and not policy.decisions.waived.is_charged:
        return None
    if decision is Decision.REDUCED and policy.decisions.reduced.how is Reduction.MILDER_BAND:
        return milder_band(situation.band, policy)
    return situation.band


def milder_band(band: Band | None, policy: Policy) -> Band | None:
    """The next milder band of the policy; the mildest, and a band outside the order, stays."""
    if policy.notice is None:
        return band
    ladder = [line.band for line in policy.notice.bands]
    for worst in (policy.notice.at_or_after_start, policy.notice.never):
        if worst not in ladder:
            ladder.append(worst)
    if band is None or band not in ladder:
        return band
    return ladder[max(ladder.index(band) - 1, 0)]


def _reduce(situation: Situation, policy: Policy, before_minor: int) -> Step:
    clause = policy.decisions.reduced.source
    if find_rate(policy, situation.band) is None or policy.currency is None:
        return Step(RULE, clause, _REDUCED_NOTHING, before_minor, before_minor)
    after_minor = base_minor(policy, band=situation.charged_band, decision=Decision.REDUCED, tier=0)
    values = {"amount": Money(after_minor, policy.currency)}
    if policy.decisions.reduced.how is not Reduction.MILDER_BAND:
        return Step(RULE, clause, Sentence(_REDUCED_TO, values), before_minor, after_minor)
    if situation.charged_band is situation.band:
        return Step(RULE, clause, _REDUCED_STAYS, before_minor, after_minor)
    text = _REDUCED_BAND.get(situation.charged_band, _REDUCED_TO)
    return Step(RULE, clause, Sentence(text, values), before_minor, after_minor)


_VOIDED: Final = Sentence(gettext_noop("This was recorded wrongly. It is treated as if it had never happened."))
_WITHDRAWN: Final = Sentence(gettext_noop("This was taken back. It is treated as if it had never happened."))
_MOVE_UNDONE: Final = Sentence(gettext_noop("The move was undone. It is treated as if it had never happened."))
_WAIVED: Final = Sentence(gettext_noop("The penalty was waived. Nothing is charged."))
_WAIVED_CHARGED: Final = Sentence(gettext_noop("The reason was accepted, but by this policy the charge stays."))
_REDUCED_NOTHING: Final = Sentence(gettext_noop("A reduction was decided, but there is nothing to reduce."))
_REDUCED_STAYS: Final = Sentence(
    gettext_noop("A reduction was decided, but this is already the mildest notice, so the rate stays.")
)
_REDUCED_TO: Final = gettext_noop("A reduction was decided. The rate is {amount}.")
_REDUCED_BAND: Final[dict[Band | None, str]] = {
    Band.ADVANCE_NOTICE: gettext_noop("A reduction was decided. It is charged as advance notice: {amount}."),
    Band.WITH_NOTICE: gettext_noop("A reduction was decided. It is charged as with notice: {amount}."),
}
