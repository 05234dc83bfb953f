"""What a decision or a correction does to the counts that an incident belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from makegood.rules.facts import Incident
from makegood.rules.placing import place
from makegood.rules.policy import Policy
from makegood.rules.settings.counting import Counter
from makegood.rules.situation import Situation, day_of, instant_of
from makegood.rules.standing import standing
from makegood.rules.threshold import thresholds_of
from makegood.rules.windows import find_rolling


@dataclass(frozen=True, slots=True, kw_only=True)
class CountEffect:
    """One counter in the window that the incident belongs to, before and after; of a rolling one, in the one until now.

    `on` is the day in the policy's zone that puts the incident into its window.
    """

    counter: str
    on: date
    before: int
    after: int


def compare_counts(
    *, before: Sequence[Incident], after: Sequence[Incident], incident: Incident, policy: Policy, now: datetime
) -> tuple[CountEffect, ...]:
    """Each counter from which something follows, in the histories `before` and `after`; `policy` is the incident's."""
    names = [name for name in policy.counters if thresholds_of(policy, name)]
    situation = place(incident, policy, {})
    looks = {name: _look_at(policy.counters[name], situation, now) for name in names}
    counts = {
        at: tuple(
            {one.counter: one.count for one in standing(history=history, policy=policy, now=at).counters}
            for history in (before, after)
        )
        for at in set(looks.values())
    }
    return tuple(
        CountEffect(
            counter=name,
            on=day_of(situation, policy.counters[name]),
            before=counts[looks[name]][0][name],
            after=counts[looks[name]][1][name],
        )
        for name in names
    )


def _look_at(counter: Counter, situation: Situation, now: datetime) -> datetime:
    return now if find_rolling(counter.window) is not None else instant_of(situation, counter)
