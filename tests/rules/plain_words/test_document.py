"""The policy in plain words: figures computed, nothing left out, the same structure for every reader."""

from __future__ import annotations

import dataclasses
import html.parser
import string
from collections.abc import Iterator

import pytest

from makegood.presets import load_preset
from makegood.rules.english import in_english
from makegood.rules.facts import Kind
from makegood.rules.plain_words import BulletList, Document, Line, Paragraph, Table, write_document
from makegood.rules.plain_words.english_html import render_html
from makegood.rules.plain_words.english_text import WIDTH, render_text
from makegood.rules.policy import Policy
from makegood.rules.sentences import Sentence
from makegood.rules.settings.conduct import Waiting
from makegood.rules.settings.counting import AcrossMonths, Instant
from makegood.rules.settings.judging import Waived
from makegood.rules.settings.pricing import MultiplierApplies, TierApplies, TierCounts


@pytest.fixture
def fines() -> Policy:
    return load_preset("25hoon", zone="Asia/Manila")


@pytest.fixture
def trust() -> Policy:
    return load_preset("talaera", zone="Europe/Berlin")


def tables_of(document: Document, code: str) -> list[list[list[str]]]:
    """Each table of a section as rows of text."""
    return [
        [[" ".join(map(in_english, cell)) for cell in row] for row in part.rows]
        for section in document.sections
        if section.code == code
        for part in section.parts
        if isinstance(part, Table)
    ]


def sentences_of(document: Document) -> Iterator[Sentence]:
    yield document.title
    for part in [*document.opening, *(part for section in document.sections for part in section.parts)]:
        if isinstance(part, Table):
            yield part.caption
            yield from part.heads
            yield from (sentence for row in part.rows for cell in row for sentence in cell)
        else:
            yield from (sentence for line in part.lines for sentence in (line.sentence, *line.more))


def lines_of(document: Document) -> Iterator[Line]:
    for section in document.sections:
        for part in section.parts:
            if isinstance(part, Paragraph | BulletList):
                yield from part.lines


def test_examples_of_25hoon_are_the_published_totals(fines: Policy) -> None:
    tiers, mixed, week, single, _follows = tables_of(write_document(fines), "examples")
    assert tiers == [
        ["Advance notice", "US$0.30", "US$0.60", "US$0.90", "US$4.00", "US$5.00"],
        ["With notice", "US$1.00", "US$2.00", "US$3.00", "US$8.00", "US$10.00"],
        ["Without notice", "US$3.00", "US$6.00", "US$9.00", "US$18.00", "US$22.50"],
    ]
    assert mixed == [
        ["A B C", "0.30 + 1.00 + 3.00", "US$4.30"],
        ["A A B C", "1.00 + 1.00 + 2.00 + 4.50", "US$8.50"],
        ["A A B B C", "1.00 + 1.00 + 2.00 + 2.00 + 4.50", "US$10.50"],
    ]
    assert week == [
        ["A A A", "0.60 + 0.60 + 0.60", "US$1.80"],
        ["A B C", "0.60 + 2.00 + 6.00", "US$8.60"],
        ["C C C", "6.00 + 6.00 + 6.00", "US$18.00"],
        ["A A A A", "3.00 + 3.00 + 3.00 + 3.00", "US$12.00"],
        ["C C C C", "13.50 + 13.50 + 13.50 + 13.50", "US$54.00"],
    ]
    assert [row[1] for row in single] == [
        "US$3.00",
        "US$0.00",
        "US$3.00",
        "US$0.00",
        "US$1.00",
        "US$0.00",
        "US$1.00",
        "US$0.00",
        "US$0.00",
    ]


def test_examples_follow_the_settings(fines: Policy) -> None:
    assert fines.tier is not None
    assert fines.multiplier is not None
    changed = dataclasses.replace(
        fines,
        tier=dataclasses.replace(fines.tier, applies=TierApplies.MARGINAL),
        multiplier=dataclasses.replace(fines.multiplier, applies=MultiplierApplies.FROM_THRESHOLD),
    )
    _tiers, mixed, week, *_rest = tables_of(write_document(changed), "examples")
    assert mixed[1][2] == "US$6.10"
    assert (week[1][2], week[4][2]) == ("US$7.30", "US$25.50")


def test_sentences_follow_the_settings(fines: Policy) -> None:
    assert fines.tier is not None
    week = dataclasses.replace(
        fines.counters["week"],
        kinds=tuple(Kind),
        week_starts_on=7,
        across_months=AcrossMonths.CUT_AT_MONTH_END,
        instant=Instant.REPORTED_AT,
    )
    changed = dataclasses.replace(
        fines,
        tier=dataclasses.replace(fines.tier, counts=TierCounts.PER_BAND),
        counters=fines.counters | {"week": week, "month": dataclasses.replace(week, window="calendar_month")},
        begun=dataclasses.replace(fines.begun, enough_minutes=None, enough_share_bp=5000),
        decisions=dataclasses.replace(fines.decisions, waived=Waived(is_charged=True)),
        waiting=Waiting(late_minutes=1, wait_minutes=10, confirm_minutes=90),
    )
    shipped = {in_english(line.sentence) for line in lines_of(write_document(fines))}
    said = [in_english(line.sentence) for line in lines_of(write_document(changed))]
    assert [sentence for sentence in said if sentence not in shipped] == [
        "Who comes 1 minute after the start or later is late.",
        "Wait 10 minutes for the other, or a third of the lesson where that is shorter; then say that nobody came.",
        "For 90 minutes after the lesson's end you can say what happened. Then what its page saw is recorded.",
        "Each kind of notice is counted by itself.",
        "A month is a calendar month; a week is from Sunday to Saturday.",
        "The time when you told us decides the month and week, not the lesson.",
        "A week over the end of a month counts as two, one in each month.",
        "The lesson stops after 50% of its time or more and nobody told us: no penalty.",
        (
            "You start late, but make up the whole time and the student stays: US$1.00, whatever else happened that "
            "month. It counts, and the lesson is paid."
        ),
        "A lesson that you start late counts.",
        "Waived: the reason is accepted, but the penalty stays. The lesson is not paid.",
    ]


def test_examples_of_talaera_show_what_follows(trust: Policy) -> None:
    (follows,) = tables_of(write_document(trust), "examples")
    assert follows == [
        ["1 lesson cancelled", "Nothing"],
        ["2 lessons cancelled", "After others in matching"],
        ["3 lessons cancelled", "After others in matching"],
        ["4 lessons cancelled", "After others in matching A person reviews the agreement"],
        ["4 lessons, all waived", "Nothing"],
        ["1 lesson missed, and you never told us", "Nothing"],
        ['1 "Meet your teacher" lesson cancelled', "The student gets another teacher"],
    ]


def test_policy_without_money_never_speaks_of_penalties(trust: Policy) -> None:
    text = render_text(write_document(trust))
    assert "penalt" not in text.lower()
    assert "$" not in text


def test_every_reason_of_the_catalog_is_in_the_table(fines: Policy) -> None:
    ((*rows,),) = tables_of(write_document(fines), "reasons")
    assert [row[0] for row in rows] == [reason.title for reason in fines.reasons]


def test_own_readings_are_marked_only_where_there_are_published_rules(fines: Policy) -> None:
    marked = [in_english(line.sentence) for line in lines_of(write_document(fines)) if line.is_own_reading]
    assert len(marked) == 11  # how long one waits, twice; D4 twice, D5, D6, D8, D9, D12 begun or not, D19
    own = write_document(dataclasses.replace(fines, source=""))
    assert not any(line.is_own_reading for line in lines_of(own))


def test_own_readings_are_marked_where_no_money_is_taken(trust: Policy) -> None:
    marked = [in_english(line.sentence) for line in lines_of(write_document(trust)) if line.is_own_reading]
    assert marked == [
        "Who comes 5 minutes after the start or later is late.",
        "Wait 15 minutes for the other, or a third of the lesson where that is shorter; then say that nobody came.",
        "For 2 hours after the lesson's end you can say what happened. Then what its page saw is recorded.",
        "A lesson that has begun and stops too early does not count.",  # D12
        "We look back from each lesson's start; older lessons drop out of the count by themselves.",  # D8
    ]


@pytest.mark.parametrize("preset", ["25hoon", "talaera"])
def test_sentences_can_be_translated_whole(preset: str) -> None:
    for sentence in sentences_of(write_document(load_preset(preset, zone="UTC"))):
        for text in filter(None, (sentence.text, sentence.plural)):
            named = {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name}
            assert named <= set(sentence.values)


@pytest.mark.parametrize("preset", ["25hoon", "talaera"])
def test_text_fits_a_page_and_html_is_well_formed(preset: str) -> None:
    document = write_document(load_preset(preset, zone="UTC"))
    assert max(map(len, render_text(document).splitlines())) <= WIDTH
    balance = Balance()
    balance.feed(render_html(document))
    assert balance.open_tags == []


def test_html_escapes_what_a_policy_says(fines: Policy) -> None:
    page = render_html(write_document(dataclasses.replace(fines, title="<b>&", summary="<script>x")))
    assert "<title>&lt;b&gt;&amp;</title>" in page
    assert "<script" not in page


class Balance(html.parser.HTMLParser):
    """Follows which tags are open."""

    def __init__(self) -> None:
        super().__init__()
        self.open_tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "meta":
            self.open_tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open_tags.pop() == tag
