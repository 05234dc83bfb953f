"""The price before anybody confirms: now, later, on the others, and at the next threshold."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from makegood.presets import preset_text
from makegood.rules.documents import load_policy
from makegood.rules.english import in_english
from makegood.rules.facts import Band, ConsequenceKind, Decision, Incident, Kind, RequestedBy
from makegood.rules.quote import price_reported, quote
from makegood.rules.results import Price, Quote
from tests.rules.cast import FINES, HOUR, MINUTE, TRUST, at, incident

TICK = timedelta(microseconds=1)
START = at("2026-11-24 15:30")


def quoted(*, early: timedelta, history: list[Incident] | None = None, **facts: Any) -> Quote:
    new = incident(START, early=None, incident="new", **facts)
    return quote(history=history or [], policy=FINES, incident=new, now=START - early)


def test_ladder_names_every_price_until_after_the_start() -> None:
    rungs = [(rung.starts_at, rung.ends_at, rung.band, rung.penalty_minor) for rung in quoted(early=3 * HOUR).ladder]
    assert rungs == [
        (None, START - HOUR + TICK, Band.ADVANCE_NOTICE, 30),
        (START - HOUR + TICK, START, Band.WITH_NOTICE, 100),
        (START, None, Band.WITHOUT_NOTICE, 300),
    ]


def test_ladder_after_the_start_has_one_rung() -> None:
    assert [rung.penalty_minor for rung in quoted(early=-MINUTE).ladder] == [300]


def test_ladder_of_a_begun_lesson_rises_at_its_scheduled_end() -> None:
    found = quoted(early=-5 * MINUTE, kind=Kind.CUT_SHORT, taught_minutes=5)
    assert [(rung.starts_at, rung.penalty_minor) for rung in found.ladder] == [(None, 0), (START + 25 * MINUTE, 300)]


@pytest.mark.parametrize(
    ("early", "valid_minutes"), [(3 * HOUR, 10), (HOUR + 4 * MINUTE, 4), (3 * MINUTE, 3), (-HOUR, 10)]
)
def test_quote_ends_at_the_next_edge_or_after_ten_minutes(early: timedelta, valid_minutes: int) -> None:
    found = quoted(early=early)
    assert (found.valid_until - found.made_at) // MINUTE == valid_minutes


def test_first_report_before_the_page_was_opened_keeps_its_price() -> None:
    new = incident(START, early=2 * HOUR, incident="new")
    found = quote(history=[], policy=FINES, incident=new, now=START - MINUTE)
    assert [rung.penalty_minor for rung in found.ladder] == [30]


def test_fourth_of_the_month_reprices_the_first_three_and_pauses() -> None:
    history = [
        incident("2026-11-03 15:30"),
        incident("2026-11-10 15:30"),
        incident("2026-11-17 15:30", early=30 * MINUTE),
    ]
    found = quoted(early=3 * HOUR, history=history)
    assert [(effect.before_minor, effect.after_minor) for effect in found.effects] == [(30, 100), (30, 100), (100, 200)]
    assert (found.assessment.penalty_minor, found.change_minor) == (100, 340)
    assert [one.kind for one in found.consequences] == [ConsequenceKind.PAUSE_ACCOUNT]
    assert found.penalty_if_proof_accepted_minor == 0


def test_what_is_charged_is_what_the_quote_of_that_instant_says() -> None:
    history = [incident(f"2026-11-{day:02} 15:30") for day in (3, 10, 17)]
    for early in (3 * HOUR, 30 * MINUTE, -MINUTE):
        found = quoted(early=early, history=history)
        reported = incident(START, early=early, incident="new")

        charged = price_reported(history=history, policy=FINES, incident=reported)

        assert charged.effects
        assert charged == Price(
            assessment=found.assessment,
            effects=found.effects,
            change_minor=found.change_minor,
            consequences=found.consequences,
        )


def test_threshold_says_what_the_fourth_would_add_at_least() -> None:
    history = [incident("2026-11-03 15:30"), incident("2026-11-10 15:30", early=30 * MINUTE)]
    found = quoted(early=3 * HOUR, history=history).next_threshold
    assert found is not None
    assert (found.counter, found.count, found.at_count, found.adds_minor) == ("month", 3, 4, 340)
    assert found.consequences == (ConsequenceKind.PAUSE_ACCOUNT,)
    said = "Number 4 in this month would add at least US$3.40 and pause the account for 7 days."
    assert in_english(found.because) == said


def test_threshold_of_the_week_comes_first_when_it_is_nearer() -> None:
    found = quoted(early=3 * HOUR, history=[incident("2026-11-23 15:30")]).next_threshold
    assert found is not None
    assert (found.counter, found.count, found.at_count, found.adds_minor) == ("week", 2, 3, 120)


def test_threshold_that_the_next_one_does_not_reach_says_how_many_are_missing() -> None:
    found = quoted(early=30 * MINUTE).next_threshold
    assert found is not None
    assert (found.counter, found.count, found.at_count) == ("week", 1, 3)
    assert in_english(found.because) == "2 more in this week would add at least US$2.20 in all."


@pytest.mark.parametrize(("at_count", "said"), [(54, True), (55, False), (1_000_000, False)])
def test_threshold_that_nobody_comes_near_is_neither_priced_nor_said(at_count: int, said: bool) -> None:
    far = load_policy(preset_text("25hoon").replace("at_count = 4", f"at_count = {at_count}"), zone="Asia/Manila")
    # Four of one week: past every rate of the month and every multiplier of the week.
    history = [incident(f"2026-11-{day} 15:30") for day in (23, 25, 26)]
    new = incident(START, early=None, incident="new")

    found = quote(history=history, policy=far, incident=new, now=START - HOUR).next_threshold

    assert (found is not None) is said
    assert found is None or (found.count, found.at_count) == (4, at_count)


def test_price_of_what_the_student_asked_for_is_nothing() -> None:
    found = quoted(early=HOUR, requested_by=RequestedBy.STUDENT)
    assert [(rung.band, rung.penalty_minor) for rung in found.ladder] == [(None, 0)]


def test_policy_without_money_quotes_what_follows() -> None:
    new = incident(START, early=None, incident="new")
    history = [incident("2026-10-03 15:30")]
    found = quote(history=history, policy=TRUST, incident=new, now=START - HOUR)
    assert [one.kind for one in found.consequences] == [ConsequenceKind.DEPRIORITIZE]
    assert [(rung.band, rung.penalty_minor) for rung in found.ladder] == [(None, 0)]
    assert found.next_threshold is not None
    assert (found.next_threshold.count, found.next_threshold.at_count) == (2, 4)


def test_waived_incident_of_the_window_does_not_count_towards_the_price() -> None:
    history = [incident(f"2026-11-{day:02} 15:30", decision=Decision.WAIVED) for day in (3, 10, 17)]
    found = quoted(early=3 * HOUR, history=history)
    assert found.change_minor == 30
    assert [one.kind for one in found.consequences] == [ConsequenceKind.PAUSE_ACCOUNT]
