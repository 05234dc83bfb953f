from __future__ import annotations

from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from makegood.demo.mishaps import Mishap, month_of, payday_of
from makegood.demo.schools import DEMO_SCHOOLS, LARKSPUR, MARIGOLD, DemoSchool
from makegood.demo.troubles import Manner
from makegood.rules.facts import Decision, Kind, RequestedBy
from tests.demo.plans import CASE_NAMES, CASES, INSTANTS, Plan, make_plan, plan

every_case = pytest.mark.parametrize(("school", "name"), CASES, ids=CASE_NAMES)
every_instant = pytest.mark.parametrize("name", INSTANTS)

MISSED = {Kind.CANCELLED, Kind.RESCHEDULED, Kind.NO_SHOW}


def is_counted(mishap: Mishap, *, waived_too: bool) -> bool:
    """Whether the teacher's month, week or half-year counts it (policy.md, D2, D14, D24)."""
    decision = mishap.verdict.decision if mishap.verdict else None
    spared = {Decision.VOIDED} if waived_too else {Decision.VOIDED, Decision.WAIVED}
    return mishap.requested_by is RequestedBy.TEACHER and mishap.kind in MISSED and decision not in spared


def counts_of_month(planned: Plan, *, waived_too: bool) -> Counter[str]:
    return Counter(
        mishap.lesson.teacher
        for mishap in planned.mishaps
        if is_counted(mishap, waived_too=waived_too)
        and month_of(mishap.lesson.starts_at, planned.school) == month_of(planned.now, planned.school)
    )


@every_case
def test_nothing_is_known_or_decided_after_now(school: DemoSchool, name: str) -> None:
    planned = plan(school, name)
    too_early = [
        mishap
        for mishap in planned.mishaps
        if mishap.happens_at > planned.now
        or mishap.happens_at <= mishap.lesson.booked_at
        or (mishap.verdict and not mishap.happens_at < mishap.verdict.decided_at <= planned.now)
    ]

    assert too_early == []


@every_case
def test_a_lesson_goes_wrong_at_most_once(school: DemoSchool, name: str) -> None:
    mishaps = plan(school, name).mishaps

    assert max(Counter(mishap.lesson.number for mishap in mishaps).values()) == 1
    assert list(mishaps) == sorted(mishaps, key=lambda mishap: (mishap.happens_at, mishap.lesson.number))


@every_case
def test_every_manner_and_decision_occurs(school: DemoSchool, name: str) -> None:
    mishaps = plan(school, name).mishaps
    decisions = {mishap.verdict.decision for mishap in mishaps if mishap.verdict}

    missing = set(Manner) - {mishap.manner for mishap in mishaps}

    assert missing <= {Manner.BROKE_OFF_UNREPORTED} if school is LARKSPUR else missing == set()
    assert decisions == ({Decision.UPHELD, Decision.WAIVED} if school is LARKSPUR else set(Decision))
    assert 150 <= len(mishaps) <= 400


@every_case
def test_the_next_two_days_of_the_cast_stay_as_booked(school: DemoSchool, name: str) -> None:
    planned = plan(school, name)
    cast = {teacher.code for teacher in planned.people.teachers if teacher.is_sign_in}

    spoiled = [
        mishap
        for mishap in planned.mishaps
        if mishap.lesson.teacher in cast
        and planned.now <= mishap.lesson.ends_at
        and mishap.lesson.starts_at < planned.now + timedelta(hours=48)
    ]

    assert spoiled == []


@every_instant
def test_marigold_has_teachers_at_two_three_and_four_in_the_month_and_in_one_week(name: str) -> None:
    planned = plan(MARIGOLD, name)
    months = counts_of_month(planned, waived_too=True)
    weeks = Counter(
        (mishap.lesson.teacher, mishap.lesson.starts_at.astimezone(ZoneInfo("Asia/Manila")).isocalendar()[:2])
        for mishap in planned.mishaps
        if is_counted(mishap, waived_too=False)
    )

    assert {1, 2, 3, 4} <= set(months.values())
    assert {1, 2, 3} <= set(weeks.values())


@every_instant
def test_the_cast_of_marigold_is_in_the_trouble_it_stands_for(name: str) -> None:
    planned = plan(MARIGOLD, name)
    counted, live = counts_of_month(planned, waived_too=False), counts_of_month(planned, waived_too=True)
    fourth = max(
        mishap.happens_at
        for mishap in planned.mishaps
        if mishap.lesson.teacher == planned.teacher("paused")
        and month_of(mishap.lesson.starts_at, MARIGOLD) == month_of(planned.now, MARIGOLD)
    )

    assert counted[planned.teacher("calm")] == 0
    assert counted[planned.teacher("at_three")] == 3
    assert live[planned.teacher("paused")] == 4
    assert planned.now - fourth < timedelta(days=7)
    assert counted[planned.teacher("two_in_a_week")] == 2


@every_instant
def test_the_two_in_a_week_lie_in_one_week(name: str) -> None:
    planned = plan(MARIGOLD, name)
    code = planned.teacher("two_in_a_week")
    weeks = {
        mishap.lesson.starts_at.astimezone(ZoneInfo("Asia/Manila")).isocalendar()[:2]
        for mishap in planned.mishaps
        if mishap.lesson.teacher == code
        and is_counted(mishap, waived_too=True)
        and month_of(mishap.lesson.starts_at, MARIGOLD) == month_of(planned.now, MARIGOLD)
    }

    assert len(weeks) == 1


@every_instant
def test_larkspur_has_teachers_at_one_two_and_four_in_the_half_year(name: str) -> None:
    planned = plan(LARKSPUR, name)
    counts = Counter(mishap.lesson.teacher for mishap in planned.mishaps if is_counted(mishap, waived_too=False))
    latest = max(
        mishap.happens_at
        for mishap in planned.mishaps
        if mishap.lesson.teacher == planned.teacher("deprioritized") and is_counted(mishap, waived_too=False)
    )

    assert {1, 2, 4} <= set(counts.values())
    assert counts[planned.teacher("calm")] == 0
    assert counts[planned.teacher("at_one")] == 1
    assert counts[planned.teacher("deprioritized")] == 2
    assert counts[planned.teacher("under_review")] == 4
    assert planned.now - latest < timedelta(days=60)
    assert sum(counts[teacher.code] == 0 for teacher in planned.people.teachers) >= 8


@every_instant
def test_a_decision_comes_after_the_month_was_paid(name: str) -> None:
    planned = plan(MARIGOLD, name)

    late = [
        mishap
        for mishap in planned.mishaps
        if mishap.verdict
        and mishap.verdict.decided_at > payday_of(month_of(mishap.lesson.starts_at, MARIGOLD), MARIGOLD)
    ]

    assert late != []


@pytest.mark.parametrize("school", DEMO_SCHOOLS, ids=lambda school: school.slug)
def test_no_incident_is_waived_that_the_policy_would_not_let_staff_waive(school: DemoSchool) -> None:
    planned = plan(school, "an ordinary afternoon")

    wrong = [
        mishap
        for mishap in planned.mishaps
        if mishap.verdict
        and mishap.verdict.decision is Decision.WAIVED
        and mishap.lesson.starts_at - mishap.happens_at < timedelta(hours=1)
    ]

    assert wrong == []


def test_a_small_school_has_its_cast_in_their_troubles() -> None:
    planned = make_plan(MARIGOLD, INSTANTS["an ordinary afternoon"], teacher_count=4)

    assert counts_of_month(planned, waived_too=True)[planned.teacher("paused")] == 4
