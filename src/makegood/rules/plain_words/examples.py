"""Worked examples: tables whose every figure is computed by `assess` under the policy itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from makegood.quantities import Money
from makegood.rules.assess import assess
from makegood.rules.facts import Band, ConsequenceKind, Decision, Kind, RequestedBy
from makegood.rules.plain_words import sample_histories
from makegood.rules.plain_words.bands import list_priced_bands, say_band
from makegood.rules.plain_words.rates import say_money
from makegood.rules.plain_words.sample_histories import DIFFERENT_WEEKS, ONE_WEEK
from makegood.rules.plain_words.shapes import Cell, Line, Paragraph, Part, Section, Table, paragraph
from makegood.rules.policy import Policy
from makegood.rules.results import Assessed
from makegood.rules.sentences import Sentence, gettext_noop

_LETTERS = "ABCDEFGH"
_TWO_BANDS = 2


def write_examples(policy: Policy) -> Section:
    """Money examples for a policy with penalties, standing examples for any policy that counts over months."""
    heading = Sentence(gettext_noop("Worked examples"))
    bands = list_priced_bands(policy)
    parts: list[Part] = []
    if policy.currency is not None and bands:
        parts += [
            paragraph(
                Sentence(
                    gettext_noop("Every amount here is worked out by the same program that works out your statement.")
                )
            ),
            _write_letters(bands),
            _write_tier_table(policy, bands, policy.currency),
            _write_mixed_table(policy, bands, policy.currency),
        ]
        if policy.multiplier is not None:
            parts.append(_write_week_table(policy, bands, policy.currency))
            parts.append(
                Paragraph(
                    (Line(Sentence(gettext_noop("The week's factor is for the whole week.")), bool(policy.source)),)
                )
            )
        parts.append(_write_single_table(policy, bands[-1], policy.currency))
    if policy.consequences:
        parts.append(_write_standing_table(policy))
    return Section(code="examples", heading=heading, parts=tuple(parts))


def _write_letters(bands: Sequence[Band]) -> Part:
    legend = tuple(
        Line(Sentence(_LEGEND[band], {"letter": letter})) for letter, band in zip(_LETTERS, bands, strict=False)
    )
    return Paragraph(legend)


_LEGEND = {
    Band.ADVANCE_NOTICE: gettext_noop("{letter} is advance notice."),
    Band.WITH_NOTICE: gettext_noop("{letter} is with notice."),
    Band.WITHOUT_NOTICE: gettext_noop("{letter} is without notice."),
    Band.IN_TIME_TROUBLE: gettext_noop("{letter} is trouble during the lesson, reported in time."),
}


def _write_tier_table(policy: Policy, bands: Sequence[Band], currency: str) -> Table:
    counts = range(1, len(DIFFERENT_WEEKS) + 1)
    rows = tuple(
        (
            (say_band(band),),
            *(
                (_say_total(sample_histories.price_in_bands(policy, [band] * count, DIFFERENT_WEEKS), currency))
                for count in counts
            ),
        )
        for band in bands
    )
    return Table(
        caption=Sentence(gettext_noop("The whole month's penalties: one kind of notice, each in a different week")),
        heads=(
            Sentence(gettext_noop("Notice")),
            *(Sentence(gettext_noop("{count} in the month"), {"count": n}) for n in counts),
        ),
        rows=rows,
        number_columns=len(counts),
    )


def _write_mixed_table(policy: Policy, bands: Sequence[Band], currency: str) -> Table:
    each = tuple(range(len(bands)))
    mixes = [each, (0, *each), (0, 1, *each) if len(bands) > _TWO_BANDS else (*each, *each)]
    return Table(
        caption=Sentence(
            gettext_noop("Different kinds of notice in one month, in any order, each in a different week")
        ),
        heads=_TOTAL_HEADS,
        rows=tuple(
            _write_total_row(policy, [bands[place] for place in sorted(mix)], DIFFERENT_WEEKS, bands, currency)
            for mix in dict.fromkeys(mixes)
        ),
        number_columns=1,
    )


def _write_week_table(policy: Policy, bands: Sequence[Band], currency: str) -> Table:
    assert policy.multiplier is not None
    mixes: list[list[Band]] = []
    for step in policy.multiplier.steps:
        if step.from_count > len(ONE_WEEK):
            continue
        mixes.append([bands[0]] * step.from_count)
        if len(bands) > 1 and step.from_count == len(bands):
            mixes.append(list(bands))
        mixes.append([bands[-1]] * step.from_count)
    return Table(
        caption=Sentence(gettext_noop("Many in one week")),
        heads=_TOTAL_HEADS,
        rows=tuple(_write_total_row(policy, mix, ONE_WEEK, bands, currency) for mix in mixes),
        number_columns=1,
    )


_TOTAL_HEADS = (
    Sentence(gettext_noop("What happened")),
    Sentence(gettext_noop("What each one costs in the end")),
    Sentence(gettext_noop("Together")),
)


def _write_total_row(
    policy: Policy, mix: Sequence[Band], dates: Sequence[date], bands: Sequence[Band], currency: str
) -> tuple[Cell, ...]:
    assessed = sample_histories.price_in_bands(policy, mix, dates)
    letters = " ".join(_LETTERS[bands.index(band)] for band in mix)
    working = " + ".join(Money(one.penalty_minor, currency).decimal_text() for one in assessed.assessments)
    return (
        (Sentence(gettext_noop("{letters}"), {"letters": letters}),),
        (Sentence(gettext_noop("{working}"), {"working": working}),),
        _say_total(assessed, currency),
    )


def _say_total(assessed: Assessed, currency: str) -> Cell:
    return (say_money(Money(sample_histories.total_minor(assessed), currency)),)


def _write_single_table(policy: Policy, hardest: Band, currency: str) -> Table:
    plain = sample_histories.incident_in_band(policy, hardest, DIFFERENT_WEEKS[0])
    changed = sample_histories.changed
    begun = changed(
        plain, kind=Kind.CUT_SHORT, taught_minutes=12, reported_at=plain.lesson_starts_at + timedelta(minutes=15)
    )
    examples = (
        (gettext_noop("You never told us"), changed(plain, kind=Kind.NO_SHOW, reported_at=None)),
        (gettext_noop("The connection broke after 12 minutes; you told us at once"), begun),
        (
            gettext_noop("The connection broke after 12 minutes; you told us the next day"),
            changed(begun, reported_at=plain.lesson_starts_at + timedelta(days=1)),
        ),
        (
            gettext_noop("The connection broke after 30 minutes; nobody told us"),
            changed(begun, taught_minutes=30, reported_at=None),
        ),
        (gettext_noop("You started 7 minutes late and made up the time"), changed(plain, kind=Kind.LATE)),
        (gettext_noop("Without notice, but your proof was accepted: waived"), changed(plain, decision=Decision.WAIVED)),
        (gettext_noop("Without notice, but the penalty was reduced"), changed(plain, decision=Decision.REDUCED)),
        (gettext_noop("The student cancelled or did not come"), changed(plain, requested_by=RequestedBy.STUDENT)),
        (gettext_noop("The platform was down"), changed(plain, requested_by=RequestedBy.PLATFORM)),
    )
    return Table(
        caption=Sentence(gettext_noop("One lesson of 50 minutes, the only incident of its month")),
        heads=(Sentence(gettext_noop("What happened")), Sentence(gettext_noop("Penalty"))),
        rows=tuple(
            ((Sentence(text),), (say_money(Money(sample_histories.price_one(policy, incident), currency)),))
            for text, incident in examples
        ),
        number_columns=1,
    )


_FOLLOWS = {
    ConsequenceKind.PAUSE_ACCOUNT: gettext_noop("Account paused"),
    ConsequenceKind.HOLD_SCHEDULE: gettext_noop("Schedule closed until you answer"),
    ConsequenceKind.DEPRIORITIZE: gettext_noop("After others in matching"),
    ConsequenceKind.PAUSE_MATCHING: gettext_noop("No new students"),
    ConsequenceKind.REMATCH_STUDENT: gettext_noop("The student gets another teacher"),
    ConsequenceKind.WARN: gettext_noop("A warning"),
    ConsequenceKind.REVIEW_FOR_TERMINATION: gettext_noop("A person reviews the agreement"),
}


def _write_standing_table(policy: Policy) -> Table:
    bands = list_priced_bands(policy) or (Band.ADVANCE_NOTICE,)
    month = [
        sample_histories.incident_in_band(policy, bands[0], on, number=number)
        for number, on in enumerate(DIFFERENT_WEEKS[:4], start=1)
    ]
    waived = [sample_histories.changed(incident, decision=Decision.WAIVED) for incident in month]
    missed = sample_histories.changed(month[0], kind=Kind.NO_SHOW, reported_at=None)
    met = sample_histories.changed(month[0], lesson_type="meet_your_teacher")
    examples = [(_say_cancelled(count), month[:count]) for count in range(1, len(month) + 1)]
    examples += [
        (Sentence(gettext_noop("4 lessons, all waived")), waived),
        (Sentence(gettext_noop("1 lesson missed, and you never told us")), [missed]),
        (Sentence(gettext_noop('1 "Meet your teacher" lesson cancelled')), [met]),
    ]
    return Table(
        caption=Sentence(gettext_noop("What follows besides money from lessons of one month")),
        heads=(Sentence(gettext_noop("What happened")), Sentence(gettext_noop("What follows"))),
        rows=tuple(((said,), _say_follows(assess(history, policy))) for said, history in examples),
    )


def _say_cancelled(count: int) -> Sentence:
    return Sentence(
        gettext_noop("{count} lesson cancelled"),
        {"count": count},
        plural=gettext_noop("{count} lessons cancelled"),
        count="count",
    )


def _say_follows(assessed: Assessed) -> Cell:
    kinds = dict.fromkeys(consequence.kind for consequence in assessed.consequences)
    return tuple(Sentence(_FOLLOWS[kind]) for kind in kinds) or (Sentence(gettext_noop("Nothing")),)
