"""Minutes taught: a lesson that did not run to its end is priced by its report and by how much was taught."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from makegood.quantities import Money
from makegood.rules.facts import Decision, Incident, Kind
from makegood.rules.policy import Policy
from makegood.rules.primitives.charge import base_minor
from makegood.rules.results import Step
from makegood.rules.sentences import Sentence, Value, gettext_noop
from makegood.rules.settings.pricing import Begun
from makegood.rules.situation import Situation

RULE: Final = "minutes_taught"


def is_in_time(incident: Incident, *, ends_at: datetime) -> bool:
    """Whether it was reported before the scheduled end (D12)."""
    return incident.reported_at is not None and incident.reported_at < ends_at


def find_enough_minutes(begun: Begun, *, lesson_minutes: int) -> int:
    """How many whole minutes of a lesson are taught enough, at most the whole lesson (D13)."""
    if begun.enough_share_bp is not None:
        # Rounded up: a part of a minute less is too little.
        return -(-begun.enough_share_bp * lesson_minutes // 10_000)
    return min(begun.enough_minutes or 0, lesson_minutes)


def is_taught_enough(incident: Incident, begun: Begun) -> bool:
    """Whether enough whole minutes were taught, or the whole lesson where that is shorter (D13)."""
    return incident.taught_minutes >= find_enough_minutes(begun, lesson_minutes=incident.lesson_minutes)


def apply(situation: Situation, policy: Policy, before_minor: int) -> Step | None:
    """Charge what a begun lesson costs at the first tier's rate."""
    if not situation.is_live or situation.kind is not Kind.CUT_SHORT:
        return None
    after_minor = before_minor + base_minor(policy, band=situation.band, decision=Decision.UPHELD, tier=0)
    return Step(RULE, policy.begun.source, _because(situation, policy, after_minor), before_minor, after_minor)


def _because(situation: Situation, policy: Policy, amount_minor: int) -> Sentence:
    values: dict[str, Value] = {"minutes": situation.incident.taught_minutes}
    if situation.is_taught_enough:
        return Sentence(_ENOUGH[0], values, _ENOUGH[1], "minutes")
    is_priced = policy.currency is not None and amount_minor
    if is_in_time(situation.incident, ends_at=situation.ends_at):
        if not is_priced or policy.currency is None:
            return _IN_TIME
        return Sentence(_IN_TIME_PRICED, {"amount": Money(amount_minor, policy.currency)})
    if policy.currency is None:
        return Sentence(_TOO_LITTLE_FREE[0], values, _TOO_LITTLE_FREE[1], "minutes")
    values["amount"] = Money(amount_minor, policy.currency)
    return Sentence(_TOO_LITTLE[0], values, _TOO_LITTLE[1], "minutes")


_IN_TIME: Final = Sentence(
    gettext_noop(
        "The lesson had begun and the trouble was reported before its end. Nothing is charged and nothing is counted."
    )
)
_IN_TIME_PRICED: Final = gettext_noop(
    "The lesson had begun and the trouble was reported before its end. That costs {amount}."
)
_ENOUGH: Final = (
    gettext_noop("{minutes} minute was taught, which is enough: nothing is charged and nothing is counted."),
    gettext_noop("{minutes} minutes were taught, which is enough: nothing is charged and nothing is counted."),
)
_TOO_LITTLE: Final = (
    gettext_noop("Only {minutes} minute was taught and nobody reported it in lesson time. That costs {amount}."),
    gettext_noop("Only {minutes} minutes were taught and nobody reported it in lesson time. That costs {amount}."),
)
_TOO_LITTLE_FREE: Final = (
    gettext_noop("Only {minutes} minute was taught and nobody reported it in lesson time."),
    gettext_noop("Only {minutes} minutes were taught and nobody reported it in lesson time."),
)
