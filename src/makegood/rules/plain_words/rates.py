"""What a lesson that did not go as booked costs: the table of rates and the rules around it."""

from __future__ import annotations

from typing import Final

from makegood.quantities import Money
from makegood.rules.facts import Kind
from makegood.rules.plain_words.bands import list_priced_bands, say_band, say_when
from makegood.rules.plain_words.durations import say_count
from makegood.rules.plain_words.shapes import Line, Part, Section, Table, bullets, paragraph
from makegood.rules.policy import Policy
from makegood.rules.sentences import Sentence, Wording, gettext_noop
from makegood.rules.settings.counting import AcrossMonths, Instant
from makegood.rules.settings.pricing import Multiplier, MultiplierApplies, TierApplies, TierCounts

_SUNDAY: Final = 7
_FROM_COUNT = gettext_noop("{count} or more in the month")
_TIMES_ONCE = {
    2: gettext_noop("With {count} in one week, the penalties of that week double."),
    3: gettext_noop("With {count} in one week, the penalties of that week triple."),
}
_TIMES_FROM = {
    2: gettext_noop("With {count} or more in one week, the penalties of that week double."),
    3: gettext_noop("With {count} or more in one week, the penalties of that week triple."),
}
_OTHER_TIMES_ONCE = gettext_noop("With {count} in one week, the penalties of that week are multiplied by {times}.")
_OTHER_TIMES_FROM = gettext_noop(
    "With {count} or more in one week, the penalties of that week are multiplied by {times}."
)


def write_rates(policy: Policy) -> Section:
    """The rates, or that there are none."""
    heading = Sentence(gettext_noop("What it costs"))
    if policy.currency is None or policy.charge is None:
        nothing = Sentence(
            gettext_noop("Nothing: this policy takes no money. What counts, and what follows from it, is below.")
        )
        return Section(code="rates", heading=heading, parts=(paragraph(nothing),))
    parts: list[Part] = [_write_table(policy, policy.currency), bullets(_list_rules(policy, policy.currency))]
    return Section(code="rates", heading=heading, parts=tuple(parts))


def _write_table(policy: Policy, currency: str) -> Table:
    tier_heads = _list_tier_heads(policy)
    rates = {rate.band: rate.amounts for rate in policy.charge.rates} if policy.charge else {}
    rows = tuple(
        (
            (say_band(band),),
            say_when(policy, band),
            *(((say_money(Money(amount, currency)),)) for amount in rates[band]),
        )
        for band in list_priced_bands(policy)
    )
    return Table(
        caption=Sentence(gettext_noop("Penalty for each lesson you cancel, move or miss")),
        heads=(Sentence(gettext_noop("Notice")), Sentence(gettext_noop("When you tell us")), *tier_heads),
        rows=rows,
        number_columns=len(tier_heads),
    )


def _list_tier_heads(policy: Policy) -> tuple[Sentence, ...]:
    if policy.tier is None:
        return (Sentence(gettext_noop("Each")),)
    starts = policy.tier.from_counts
    heads = []
    for position, start in enumerate(starts):
        if position + 1 == len(starts):
            heads.append(Sentence(_FROM_COUNT, {"count": start}))
        elif position == 0:
            heads.append(Sentence(gettext_noop("Up to {count} in the month"), {"count": starts[1] - 1}))
        else:
            heads.append(
                Sentence(gettext_noop("{count} to {last}"), {"count": start, "last": starts[position + 1] - 1})
            )
    return tuple(heads)


def say_money(amount: Money) -> Sentence:
    """An amount standing alone."""
    return Sentence(gettext_noop("{amount}"), {"amount": amount})


def _list_rules(policy: Policy, currency: str) -> list[Sentence | Line]:
    said: list[Sentence | Line] = [
        Sentence(gettext_noop("Each booked lesson counts once. A lesson that you cancel or miss is not paid.")),
    ]
    if policy.tier is not None and len(policy.tier.from_counts) > 1:
        said.extend(_say_tier(policy))
    said.extend(_say_multiplier(policy))
    said.extend(_say_windows(policy))
    said.extend(_say_begun(policy))
    if policy.late.amount:
        said.append(_say_late(policy, currency))
    said.extend(_say_limits(policy, currency))
    return said


def _say_tier(policy: Policy) -> list[Sentence]:
    assert policy.tier is not None
    second_start = policy.tier.from_counts[1]
    if policy.tier.applies is TierApplies.RETROACTIVE:
        rule = gettext_noop(
            "The higher rate is for the whole month: number {count} also raises the price of those before it."
        )
    else:
        rule = gettext_noop(
            "The higher rate starts with number {count}; the ones before it in that month keep their price."
        )
    together = gettext_noop("All kinds of notice are counted together; each is priced by its own notice.")
    if policy.tier.counts is TierCounts.PER_BAND:
        together = gettext_noop("Each kind of notice is counted by itself.")
    return [Sentence(rule, {"count": second_start}), Sentence(together)]


def _say_multiplier(policy: Policy) -> list[Line]:
    if policy.multiplier is None:
        return []
    marked = bool(policy.source)
    said = [Line(say_multiplier_step(policy.multiplier, position)) for position in range(len(policy.multiplier.steps))]
    if policy.multiplier.applies is MultiplierApplies.WHOLE_WINDOW:
        whole = gettext_noop(
            "This is for every incident of that week, the earlier ones too. Only the higher factor applies."
        )
    else:
        whole = gettext_noop("This is only for the incidents from that number on; the ones before it keep their price.")
    said.append(Line(Sentence(whole), marked))
    said.append(Line(Sentence(gettext_noop("The factor is applied to the rate of the month.")), marked))
    return said


def say_multiplier_step(multiplier: Multiplier, position: int) -> Sentence:
    """What one step of the multiplier does."""
    step = multiplier.steps[position]
    reaches_on = (
        position + 1 == len(multiplier.steps) or multiplier.steps[position + 1].from_count > step.from_count + 1
    )
    texts, other = (_TIMES_FROM, _OTHER_TIMES_FROM) if reaches_on else (_TIMES_ONCE, _OTHER_TIMES_ONCE)
    return Sentence(texts.get(step.times, other), {"count": step.from_count, "times": step.times})


def _say_windows(policy: Policy) -> list[Line]:
    marked = bool(policy.source)
    named = [rule.counter for rule in (policy.tier, policy.multiplier) if rule is not None]
    counters = [policy.counters[name] for name in named if name in policy.counters]
    said = []
    if any(counter.window == "week" and counter.week_starts_on == 1 for counter in counters):
        said.append(
            Line(Sentence(gettext_noop("A month is a calendar month; a week is from Monday to Sunday.")), marked)
        )
    if any(counter.window == "week" and counter.week_starts_on == _SUNDAY for counter in counters):
        said.append(
            Line(Sentence(gettext_noop("A month is a calendar month; a week is from Sunday to Saturday.")), marked)
        )
    if counters and all(counter.instant is Instant.REPORTED_AT for counter in counters):
        said.append(
            Line(
                Sentence(gettext_noop("The time when you told us decides the month and week, not the lesson.")), marked
            )
        )
    if counters and all(counter.instant is Instant.LESSON_START for counter in counters):
        said.append(
            Line(Sentence(gettext_noop("The lesson's start decides its month and week, not when you told us.")), marked)
        )
    if any(counter.window == "week" and counter.across_months is AcrossMonths.SPANS for counter in counters):
        said.append(
            Line(
                Sentence(
                    gettext_noop("A week over the end of a month is one week; each lesson keeps its own month's rate.")
                ),
                marked,
            )
        )
    if any(counter.window == "week" and counter.across_months is AcrossMonths.CUT_AT_MONTH_END for counter in counters):
        said.append(
            Line(Sentence(gettext_noop("A week over the end of a month counts as two, one in each month.")), marked)
        )
    return said


def _say_begun(policy: Policy) -> list[Sentence | Line]:
    said: list[Sentence | Line] = []
    marked = bool(policy.source)
    free = policy.begun.in_time_band not in list_priced_bands(policy)
    if free:
        said.append(
            Line(
                Sentence(
                    gettext_noop(
                        "The lesson has begun and trouble stops it: no penalty if you tell us before its scheduled "
                        "end. It does not count, and the lesson is not paid."
                    )
                ),
                marked,
            )
        )
    said.append(
        Line(
            Sentence(
                gettext_noop("The lesson has not begun: a report at its start or later counts as without notice.")
            ),
            marked,
        )
    )
    if policy.begun.enough_share_bp is not None:
        share = f"{policy.begun.enough_share_bp / 100:g}%"
        said.append(
            Sentence(
                gettext_noop("The lesson stops after {share} of its time or more and nobody told us: no penalty."),
                {"share": share},
            )
        )
    elif policy.begun.enough_minutes:
        said.append(
            say_count(
                Wording(
                    gettext_noop("The lesson stops after {count} minute or more and nobody told us: no penalty."),
                    gettext_noop("The lesson stops after {count} minutes or more and nobody told us: no penalty."),
                ),
                policy.begun.enough_minutes,
            )
        )
    return said


def _say_late(policy: Policy, currency: str) -> Sentence:
    counts = any(Kind.LATE in counter.kinds for counter in policy.counters.values())
    return Sentence(_LATE[counts, policy.late.is_paid], {"amount": Money(policy.late.amount, currency)})


_LATE: Final = {
    (False, True): gettext_noop(
        "You start late, but make up the whole time and the student stays: {amount}, whatever else happened that "
        "month. It does not count, and the lesson is paid."
    ),
    (False, False): gettext_noop(
        "You start late, but make up the whole time and the student stays: {amount}, whatever else happened that "
        "month. It does not count, and the lesson is not paid."
    ),
    (True, True): gettext_noop(
        "You start late, but make up the whole time and the student stays: {amount}, whatever else happened that "
        "month. It counts, and the lesson is paid."
    ),
    (True, False): gettext_noop(
        "You start late, but make up the whole time and the student stays: {amount}, whatever else happened that "
        "month. It counts, and the lesson is not paid."
    ),
}


def _say_limits(policy: Policy, currency: str) -> list[Sentence]:
    said = []
    for amount, sentence in (
        (policy.caps.incident, gettext_noop("One lesson never costs more than {amount}.")),
        (policy.caps.week, gettext_noop("One week never costs more than {amount}.")),
        (policy.caps.month, gettext_noop("One month never costs more than {amount}.")),
    ):
        if amount is not None:
            said.append(Sentence(sentence, {"amount": Money(amount, currency)}))
    if policy.caps.share_of_pay_bp is not None:
        share = f"{policy.caps.share_of_pay_bp / 100:g}%"
        said.append(Sentence(gettext_noop("One lesson never costs more than {share} of its pay."), {"share": share}))
    for codes, sentence in (
        (policy.money_off.engagements, gettext_noop("No money is taken from people engaged as: {codes}.")),
        (policy.money_off.countries, gettext_noop("No money is taken in: {codes}.")),
    ):
        if codes:
            said.append(Sentence(sentence, {"codes": ", ".join(codes)}))
    return said
