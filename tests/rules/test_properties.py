"""What holds for every history, tried on generated ones (MAKEGOOD_EXAMPLES sets how many)."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from datetime import timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from makegood.rules.assess import assess
from makegood.rules.facts import Decision, Incident, Kind
from makegood.rules.policy import Policy
from makegood.rules.quote import quote
from makegood.rules.results import Assessed, Consequence
from makegood.rules.storing import (
    facts_from_json,
    facts_to_json,
    sentence_from_json,
    sentence_to_json,
    step_from_json,
    step_to_json,
)
from makegood.rules.windows import week_start
from tests.rules import oracle
from tests.rules.cast import total_minor
from tests.rules.strategies import PROPERTY, TRUST, histories, incidents_after_all, policies, standard_policies

ANY_POLICY = st.one_of(policies(), st.just(TRUST))


def by_incident(assessed: Assessed) -> dict[str, object]:
    return {assessment.incident: assessment for assessment in assessed.assessments}


@PROPERTY
@given(st.data(), histories(), ANY_POLICY)
def test_order_of_input_never_changes_the_result(data: st.DataObject, history: list[Incident], policy: Policy) -> None:
    shuffled = data.draw(st.permutations(history))
    first, second = assess(history, policy), assess(shuffled, policy)
    assert by_incident(first) == by_incident(second)
    assert first.consequences == second.consequences
    assert [one.incident for one in second.assessments] == [one.incident for one in shuffled]


@PROPERTY
@given(st.data(), histories(only_charged=True), standard_policies())
def test_order_of_reporting_never_changes_the_price_under_the_shipped_settings(
    data: st.DataObject, history: list[Incident], policy: Policy
) -> None:
    """The notice stays, the order of the reports changes: every report after the start is equally without notice."""
    moved = []
    for one in history:
        assert one.reported_at is not None
        delay = data.draw(st.integers(0, 10_000)) if one.reported_at >= one.lesson_starts_at else 0
        moved.append(dataclasses.replace(one, reported_at=one.reported_at + timedelta(minutes=delay)))
    before, after = assess(history, policy), assess(moved, policy)
    assert [one.penalty_minor for one in before.assessments] == [one.penalty_minor for one in after.assessments]


@PROPERTY
@given(st.data(), histories(least=1), policies())
def test_adding_an_incident_never_lowers_the_total(
    data: st.DataObject, history: list[Incident], policy: Policy
) -> None:
    without = list(history)
    without.pop(data.draw(st.integers(0, len(history) - 1)))
    assert total_minor(assess(without, policy)) <= total_minor(assess(history, policy))


@PROPERTY
@given(st.data(), histories(least=1), policies())
def test_waiving_never_raises_the_total_and_undoing_it_restores_everything(
    data: st.DataObject, history: list[Incident], policy: Policy
) -> None:
    place = data.draw(st.integers(0, len(history) - 1))
    undecided = [dataclasses.replace(one, decision=None) if at == place else one for at, one in enumerate(history)]
    waived = [
        dataclasses.replace(one, decision=Decision.WAIVED) if at == place else one for at, one in enumerate(undecided)
    ]
    assert total_minor(assess(waived, policy)) <= total_minor(assess(undecided, policy))
    unwaived = [dataclasses.replace(one, decision=None) if at == place else one for at, one in enumerate(waived)]
    assert assess(unwaived, policy) == assess(undecided, policy)


@PROPERTY
@given(st.data(), histories(least=1), ANY_POLICY)
def test_voiding_equals_never_having_happened(data: st.DataObject, history: list[Incident], policy: Policy) -> None:
    place = data.draw(st.integers(0, len(history) - 1))
    without = [one for at, one in enumerate(history) if at != place]
    voided = [
        dataclasses.replace(one, decision=Decision.VOIDED) if at == place else one for at, one in enumerate(history)
    ]
    expected, found = assess(without, policy), assess(voided, policy)
    kept = {key: value for key, value in by_incident(found).items() if key != history[place].incident}
    assert kept == by_incident(expected)
    assert found.consequences == expected.consequences
    assert found.assessments[place].penalty_minor == 0


@PROPERTY
@given(histories(least=1, only_charged=True), st.integers(1, 300_000), standard_policies())
def test_earlier_notice_of_a_cancelled_lesson_never_costs_more(
    history: list[Incident], seconds: int, policy: Policy
) -> None:
    last = history[-1]
    assert last.reported_at is not None
    earlier = dataclasses.replace(last, reported_at=last.reported_at - timedelta(seconds=seconds))
    assert total_minor(assess([*history[:-1], earlier], policy)) <= total_minor(assess(history, policy))


@PROPERTY
@given(histories(), ANY_POLICY)
def test_steps_add_up(history: list[Incident], policy: Policy) -> None:
    for assessment in assess(history, policy).assessments:
        befores = [0, *(step.after_minor for step in assessment.steps)][:-1]
        assert assessment.steps
        assert [step.before_minor for step in assessment.steps] == befores
        assert assessment.penalty_minor == assessment.steps[-1].after_minor
        assert assessment.penalty_minor >= 0


@PROPERTY
@given(histories(), ANY_POLICY)
def test_stored_facts_give_the_stored_steps_again(history: list[Incident], policy: Policy) -> None:
    assessed = assess(history, policy)
    facts = json.loads(json.dumps([facts_to_json(one) for one in history]))
    steps = json.loads(
        json.dumps([[step_to_json(step, zone=policy.zone_info) for step in one.steps] for one in assessed.assessments])
    )
    reasons = json.loads(json.dumps([sentence_to_json(one.because) for one in assessed.consequences]))

    again = assess([facts_from_json(plain) for plain in facts], policy)

    assert [[step_from_json(plain) for plain in of_one] for of_one in steps] == [
        list(one.steps) for one in again.assessments
    ]
    assert [sentence_from_json(plain) for plain in reasons] == [one.because for one in again.consequences]


@PROPERTY
@given(incidents_after_all(), histories(most=6), ANY_POLICY, st.integers(-2 * 3600, 30 * 3600))
def test_charge_equals_quote_now_and_on_every_rung(
    new: Incident, history: list[Incident], policy: Policy, seconds: int
) -> None:
    now = new.lesson_starts_at - timedelta(seconds=seconds)
    quoted = quote(history=history, policy=policy, incident=new, now=now)
    before = assess(history, policy)
    instants = [now]
    for rung in quoted.ladder[1:]:
        assert rung.starts_at is not None
        instants += [rung.starts_at]
    for rung, instant in zip(quoted.ladder, instants, strict=True):
        ends = rung.ends_at - timedelta(microseconds=1) if rung.ends_at is not None else instant + timedelta(days=1)
        for reported_at in (instant, max(instant, ends)):
            charged = assess([*history, dataclasses.replace(new, reported_at=reported_at)], policy)
            assert charged.assessments[-1].penalty_minor == rung.penalty_minor
            assert total_minor(charged) - total_minor(before) == rung.change_minor
    charged = assess([*history, dataclasses.replace(new, reported_at=now)], policy)
    assert quoted.assessment == charged.assessments[-1]
    effects = {effect.incident: effect.after_minor for effect in quoted.effects}
    for earlier, later in zip(before.assessments, charged.assessments, strict=False):
        assert effects.get(earlier.incident, earlier.penalty_minor) == later.penalty_minor
    assert now < quoted.valid_until <= now + timedelta(minutes=10)


@PROPERTY
@given(histories(most=12), policies())
def test_total_stays_under_the_caps(history: list[Incident], policy: Policy) -> None:
    weeks: Counter[object] = Counter()
    months: Counter[object] = Counter()
    for one, assessment in zip(history, assess(history, policy).assessments, strict=True):
        day = one.lesson_starts_at.astimezone(policy.zone_info).date()
        weeks[week_start(day)] += assessment.penalty_minor
        months[day.replace(day=1)] += assessment.penalty_minor
        assert policy.caps.incident is None or assessment.penalty_minor <= policy.caps.incident
    assert policy.caps.week is None or max(weeks.values(), default=0) <= policy.caps.week
    assert policy.caps.month is None or max(months.values(), default=0) <= policy.caps.month


@PROPERTY
@given(histories(most=14), standard_policies())
def test_every_penalty_equals_the_second_opinion(history: list[Incident], policy: Policy) -> None:
    expected = oracle.penalties(history, policy.zone_info)
    found = {one.incident: Fraction(one.penalty_minor, 100) for one in assess(history, policy).assessments}
    assert found == expected


@PROPERTY
@given(histories(most=12), standard_policies())
def test_pause_starts_with_the_fourth_live_report_of_its_month(history: list[Incident], policy: Policy) -> None:
    months: dict[object, list[tuple[object, ...]]] = {}
    for one in history:
        if oracle.letter_of(one) is None:
            continue
        reported_at = one.reported_at or one.lesson_ends_at
        day = one.lesson_starts_at.astimezone(policy.zone_info)
        months.setdefault((day.year, day.month), []).append((reported_at, one.lesson_starts_at, one.incident))
    expected = {sorted(found)[3][2]: sorted(found)[3][0] for found in months.values() if len(found) > 3}
    pauses: list[Consequence] = [one for one in assess(history, policy).consequences if one.kind == "pause_account"]
    assert {pause.incident: pause.starts_at for pause in pauses} == expected
    assert all(pause.ends_at == pause.starts_at + timedelta(days=7) for pause in pauses)


@PROPERTY
@given(histories(most=12))
def test_trust_policy_never_takes_money_and_counts_what_it_says(history: list[Incident]) -> None:
    counted_kinds = (Kind.CANCELLED, Kind.RESCHEDULED, Kind.NO_SHOW)
    for one, assessment in zip(history, assess(history, TRUST).assessments, strict=True):
        is_missed = one.kind is Kind.CUT_SHORT and oracle.letter_of(one) == "C" and one.taught_minutes == 0
        is_counted = (
            one.requested_by == "teacher"
            and (one.kind in counted_kinds or is_missed)
            and one.decision not in (Decision.WAIVED, Decision.VOIDED)
        )
        assert (assessment.penalty_minor, assessment.band, assessment.currency) == (0, None, None)
        assert assessment.counted_for == (("six_months",) if is_counted else ())
