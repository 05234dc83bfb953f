"""The summary: the few sentences to remember."""

from __future__ import annotations

from makegood.rules.plain_words.durations import say_count
from makegood.rules.plain_words.follows import say_effect, say_reached
from makegood.rules.plain_words.rates import say_multiplier_step
from makegood.rules.plain_words.shapes import Line, Section, bullets
from makegood.rules.policy import Policy
from makegood.rules.sentences import Sentence, Wording, gettext_noop
from makegood.rules.settings.counting import Cause
from makegood.rules.settings.pricing import TierApplies

_PROOF_DAYS = Wording(
    gettext_noop("Send proof within {count} day."),
    gettext_noop("Send proof within {count} days; some reasons have longer."),
)


def write_summary(policy: Policy) -> Section:
    """Tell us early, what it costs to be many, what follows, proof."""
    said: list[Sentence | Line] = []
    if policy.takes_money:
        said.append(Sentence(gettext_noop("Tell us as early as you can: early notice is the cheapest.")))
    else:
        said.append(Sentence(gettext_noop("Tell us as early as you can: we can still help the student.")))
    said.append(Sentence(gettext_noop("Trouble during the lesson: tell us before it ends.")))
    if policy.tier is not None and len(policy.tier.from_counts) > 1 and policy.tier.applies is TierApplies.RETROACTIVE:
        said.append(
            Sentence(
                gettext_noop("Number {count} in a month costs more, and makes the ones before it cost more too."),
                {"count": policy.tier.from_counts[1]},
            )
        )
    if policy.multiplier is not None:
        said.extend(say_multiplier_step(policy.multiplier, place) for place in range(len(policy.multiplier.steps)))
    for rule in policy.consequences:
        counter = policy.counters.get(rule.counter) if rule.counter else None
        if rule.cause is Cause.COUNT and rule.at_count is not None and counter is not None:
            said.append(Line(say_reached(counter, rule.at_count), more=(say_effect(rule),)))
    if policy.evidence.deadline.days is not None:
        said.append(say_count(_PROOF_DAYS, policy.evidence.deadline.days))
    return Section(code="summary", heading=Sentence(gettext_noop("In short")), parts=(bullets(said),))
