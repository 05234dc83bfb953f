"""Counts against the next thing that changes, as the dashboard and the price show them, for any policy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_noop

from makegood.rules.policy import Policy
from makegood.rules.sentences import Sentence
from makegood.rules.settings.counting import Cause
from makegood.rules.settings.pricing import TierApplies
from makegood.rules.threshold import thresholds_of
from makegood.rules.windows import CALENDAR_MONTH, WEEK, find_rolling
from makegood.web.parts import components as c
from makegood.web.parts import markup
from makegood.web.parts.threshold_words import say_threshold
from makegood.wording import DayForm, Reader, format_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many incidents a counter holds, `new` of them by what is about to happen."""

    name: str
    count: int
    new: int = 0


def make_card(
    *,
    counts: Sequence[Count],
    policy: Policy,
    month_on: date,
    lines: Sequence[c.KeyValue] = (),
    ends: Sentence | None = None,
) -> c.Counter:
    """One card for the counters of one window; the first is drawn, what follows from the others is told too.

    `month_on` is any day of the month that is counted; `ends` says when the count starts again.
    """
    drawn = counts[0]
    limit = _limit(policy, drawn)
    told = [said for count in counts for said in _effects(policy, count)]
    return c.Counter(
        title=_title(policy, drawn, month_on),
        used=drawn.count - drawn.new,
        new=drawn.new,
        of=(limit or drawn.count + 1) - 1,
        headline=_headline(policy, drawn, limit),
        text=joined([*told, *([ends] if ends else [])]),
        lines=lines,
    )


def group_by_window(*, names: Sequence[str], policy: Policy) -> list[list[str]]:
    """Counters by window, those that change a price first: they are one card."""
    priced = [found.counter for found in (policy.tier, policy.multiplier) if found is not None]
    groups: dict[str, list[str]] = {}
    for name in sorted(names, key=lambda name: name not in priced):
        if thresholds_of(policy, name):
            groups.setdefault(policy.counters[name].window, []).append(name)
    return list(groups.values())


def joined(sentences: Sequence[Sentence]) -> SafeString:
    """The sentences one after the other, in the reader's language."""
    reader = Reader.active()
    return format_html_join(" ", "{}", ((markup.because(sentence, reader),) for sentence in sentences))


def _limit(policy: Policy, count: Count) -> int | None:
    """The next count that changes something, or the highest when all are reached."""
    thresholds = thresholds_of(policy, count.name)
    return next((found for found in thresholds if found > count.count), thresholds[-1] if thresholds else None)


def _title(policy: Policy, count: Count, month_on: date) -> Sentence:
    window = policy.counters[count.name].window
    return Sentence(gettext_noop("Incidents this week")) if window == WEEK else say_window(window, month_on)


def say_window(window: str, on: date) -> Sentence:
    """What is counted in the window that holds the day `on`; of a rolling one, in the one that runs now."""
    if window == CALENDAR_MONTH:
        month = format_day(on, Reader.active(), DayForm.MONTH)
        return Sentence(gettext_noop("Incidents in {month}"), {"month": month})
    if window == WEEK:
        return Sentence(gettext_noop("Incidents in the week of {day}"), {"day": on})
    rolling = find_rolling(window)
    if rolling is not None and rolling.months:
        return Sentence(
            gettext_noop("Incidents in the last month"),
            {"length": rolling.months},
            plural=gettext_noop("Incidents in the last {length} months"),
            count="length",
        )
    return Sentence(
        gettext_noop("Incidents in the last day"),
        {"length": rolling.days if rolling else 0},
        plural=gettext_noop("Incidents in the last {length} days"),
        count="length",
    )


def _headline(policy: Policy, count: Count, limit: int | None) -> Sentence:
    values = {"count": count.count, "of": (limit or count.count + 1) - 1, "limit": limit or 0}
    is_over = limit is None or count.count >= limit
    tier = policy.tier
    if tier is not None and tier.counter == count.name and len(tier.from_counts) > 1:
        if count.count >= tier.from_counts[1]:
            return Sentence(gettext_noop("Number {count}: the higher rate applies"), values)
        if count.new:
            return Sentence(gettext_noop("This is number {count} of {of} at the first rate."), values)
        return Sentence(gettext_noop("{count} of {of} at the first rate"), values)
    if policy.multiplier is not None and policy.multiplier.counter == count.name and not is_over:
        reached = [step.times for step in policy.multiplier.steps if step.from_count <= count.count]
        if reached:
            return Sentence(
                gettext_noop("Number {count}: each penalty counts {factor} times"), {**values, "factor": max(reached)}
            )
        return Sentence(gettext_noop("{count} of {of} at the normal price"), values)
    if count.new:
        return Sentence(gettext_noop("This would be number {count}."), values)
    return Sentence(gettext_noop("Counted now: {count}"), values)


def _effects(policy: Policy, count: Count) -> Iterator[Sentence]:
    """What the next threshold of the counter brings."""
    limit = _limit(policy, count)
    if limit is None or limit <= count.count:
        return
    values = {"limit": limit}
    tier, multiplier = policy.tier, policy.multiplier
    if tier is not None and tier.counter == count.name and limit in tier.from_counts:
        if tier.applies is TierApplies.RETROACTIVE:
            yield Sentence(gettext_noop("Number {limit} moves all of them to the higher rate."), values)
        else:
            yield Sentence(gettext_noop("From number {limit} on the higher rate applies."), values)
    if multiplier is not None and multiplier.counter == count.name:
        for step in multiplier.steps:
            if step.from_count == limit:
                yield Sentence(
                    gettext_noop("From number {limit} on each penalty counts {factor} times."),
                    {**values, "factor": step.times},
                )
    for rule in policy.consequences:
        if rule.cause is Cause.COUNT and rule.counter == count.name and rule.at_count == limit:
            yield from say_threshold(rule, is_own=True)
