"""A history kept running says at every moment what `assess` says of the same facts."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.rules.assess import assess
from makegood.rules.facts import Decision, Incident
from makegood.rules.policy import Policy
from makegood.rules.problems import InvalidFacts
from makegood.rules.running.opening import open_history
from makegood.rules.running.recounting import RecountedHistory
from makegood.rules.running.running_history import RunningHistory
from makegood.rules.running.tables import Scale, compile_policy, why_not
from tests.rules.cast import FINES, TRUST, incident
from tests.rules.running.agreement import disagreements
from tests.rules.running.policies_varied import capped_or_rolling_policies, varied_policies
from tests.rules.strategies import PROPERTY, histories, standard_policies

DECISIONS = st.sampled_from([None, *Decision])


def dressed(data: st.DataObject, one: Incident) -> Incident:
    """The incident with the optional facts that some policies look at."""
    return dataclasses.replace(
        one,
        country=data.draw(st.sampled_from([None, "PH", "DE"])),
        engagement=data.draw(st.sampled_from([None, "employee"])),
        booked_at=None
        if one.reported_at is None
        else one.reported_at - timedelta(minutes=data.draw(st.integers(0, 60))),
    )


def grow(data: st.DataObject, policy: Policy, facts: list[Incident]) -> list[str]:
    """Add every incident in turn, now and then decide or remove one; the first disagreements with `assess`."""
    held = data.draw(st.integers(0, len(facts)))
    known = facts[:held]
    history = open_history(policy, known)
    for one in facts[held:]:
        change = history.add(one)
        before, known = known, [*known, one]
        found = disagreements(history, change, policy=policy, name=one.incident, before=before, after=known)
        if found:
            return found
    for name in data.draw(st.lists(st.sampled_from([one.incident for one in facts]), max_size=3)) if facts else ():
        before = known
        if name not in {one.incident for one in known}:
            continue
        if data.draw(st.booleans()):
            change = history.remove(name)
            known = [one for one in known if one.incident != name]
        else:
            decision = data.draw(DECISIONS)
            change = history.decide(name, decision)
            known = [dataclasses.replace(one, decision=decision) if one.incident == name else one for one in known]
        found = disagreements(history, change, policy=policy, name=name, before=before, after=known)
        if found:
            return found
    return []


@PROPERTY
@given(st.data(), histories(), standard_policies())
def test_running_history_equals_assess_under_the_preset(
    data: st.DataObject, facts: list[Incident], policy: Policy
) -> None:
    assert why_not(policy) is None
    assert grow(data, policy, facts) == []


@PROPERTY
@given(st.data(), histories(most=7), varied_policies())
def test_running_history_equals_assess_under_other_settings(
    data: st.DataObject, facts: list[Incident], policy: Policy
) -> None:
    assert why_not(policy) is None
    assert grow(data, policy, [dressed(data, one) for one in facts]) == []


@PROPERTY
@given(st.data(), histories(most=5), st.one_of(capped_or_rolling_policies(), st.just(TRUST)))
def test_what_the_tables_do_not_take_is_assessed_whole_with_the_same_results(
    data: st.DataObject, facts: list[Incident], policy: Policy
) -> None:
    assert isinstance(open_history(policy), RunningHistory if why_not(policy) is None else RecountedHistory)
    assert grow(data, policy, facts) == []


def off_by_one(scale: Scale) -> Scale:
    """The scale with its thresholds one too high."""
    return dataclasses.replace(scale, steps=(scale.steps[0], *scale.steps))


@pytest.mark.parametrize("name", ["tier", "multiplier"])
def test_a_threshold_planted_one_too_high_is_seen(name: str) -> None:
    """The negative control of the properties above."""
    tables = compile_policy(FINES)
    setattr(tables, name, off_by_one(getattr(tables, name)))
    days = (2, 9, 16, 23) if name == "tier" else (9, 10, 11)
    facts = [incident(f"2026-11-{day:02} 15:00") for day in days]
    history = RunningHistory(tables=tables, history=facts[:-1])
    change = history.add(facts[-1])
    expected = assess(facts, FINES)
    assert change.penalty_minor != expected.assessments[-1].penalty_minor
    with pytest.raises(AssertionError, match="the tables and the rules agree"):
        disagreements(history, change, policy=FINES, name=facts[-1].incident, before=facts[:-1], after=facts)


def test_a_count_planted_one_too_low_is_seen_in_the_words() -> None:
    """A second control: the price is right, the sentence is not."""
    facts = [incident("2026-11-02 15:00"), incident("2026-11-09 15:00")]
    history = RunningHistory(tables=compile_policy(FINES), history=facts[:1])
    record = history._records[facts[0].incident]
    record.windows[0].totals[0] -= 1
    change = history.add(facts[1])
    found = disagreements(history, change, policy=FINES, name=facts[1].incident, before=facts[:1], after=facts)
    assert [line.split(":")[0] for line in found] == ["assessments", "assessment"]


def test_the_fourth_of_a_month_reprices_the_three_before_it_and_pauses() -> None:
    facts = [incident(f"2026-11-{day:02} 15:00") for day in (2, 9, 16, 23)]
    history = open_history(FINES, facts[:3])
    change = history.add(facts[3])
    assert (change.penalty_minor, change.change_minor) == (100, 310)
    assert [(one.before_minor, one.after_minor) for one in change.effects] == [(30, 100)] * 3
    assert [one.kind for one in change.consequences] == ["pause_account"]
    undone = history.remove(facts[3].incident)
    assert (undone.assessment, undone.penalty_minor, undone.change_minor) == (None, 0, -310)
    assert undone.lifted == change.consequences


def test_a_change_still_says_what_it_did_after_later_changes() -> None:
    facts = [incident(f"2026-11-{day:02} 15:00") for day in (2, 9, 16, 23)]
    history = open_history(FINES)
    changes = [history.add(one) for one in facts]
    for place, change in enumerate(changes):
        expected = assess(facts[: place + 1], FINES)
        assert change.assessment == expected.assessments[-1]


@pytest.mark.parametrize("start", ["2026-11-02 15:00", "2026-11-02 15:30"])
@pytest.mark.parametrize(
    "wrong",
    [
        {"incident": "first"},
        {"teacher": "sam"},
        {"reported_at": datetime(2026, 11, 1)},  # noqa: DTZ001
        {"booked_at": datetime(2026, 11, 1)},  # noqa: DTZ001
    ],
    ids=["id used twice", "another teacher", "naive report", "naive booking"],
)
def test_what_assess_refuses_is_refused_and_changes_nothing(start: str, wrong: dict[str, Any]) -> None:
    first = incident("2026-11-02 15:00", incident="first")
    other = incident(start, **wrong)
    history = open_history(FINES, [first])
    with pytest.raises(InvalidFacts) as refused:
        history.add(other)
    with pytest.raises(InvalidFacts) as expected:
        assess([first, other], FINES)
    assert refused.value.problems == expected.value.problems
    assert history.assessments() == assess([first], FINES).assessments


def test_two_live_incidents_of_one_lesson_are_refused_until_one_is_voided() -> None:
    first = incident("2026-11-02 15:00", incident="first")
    second = dataclasses.replace(first, incident="second")
    history = open_history(FINES, [first])
    with pytest.raises(InvalidFacts):
        history.add(second)
    history.decide("first", Decision.VOIDED)
    history.add(second)
    with pytest.raises(InvalidFacts):
        history.decide("first", None)
    kept = [dataclasses.replace(first, decision=Decision.VOIDED), second]
    assert history.assessments() == assess(kept, FINES).assessments
