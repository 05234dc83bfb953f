"""Until when evidence is accepted, and which reasons may be accepted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from makegood.rules.deadlines import evidence_deadline, may_be_decided
from makegood.rules.facts import Decision
from tests.rules.cast import FINES, HOUR, MINUTE, SECOND, TRUST, at, incident


def test_evidence_is_due_at_the_end_of_the_seventh_day_after_the_report() -> None:
    found = evidence_deadline(incident=incident("2026-11-24 15:00", early=16 * HOUR), policy=FINES)
    assert (found.last_on, found.closes_at) == (date(2026, 11, 30), at("2026-12-01 00:00"))


@pytest.mark.parametrize("reason", ["accident", "hospitalisation", "death_in_family"])
def test_evidence_of_the_gravest_reasons_is_due_fourteen_days_after_the_lesson(reason: str) -> None:
    one = incident("2026-11-24 15:00", early=48 * HOUR, reason=reason)
    assert evidence_deadline(incident=one, policy=FINES).closes_at == at("2026-12-09 00:00")


def test_deadline_of_what_nobody_reported_counts_from_the_scheduled_end() -> None:
    one = incident("2026-11-24 23:50", early=None)
    assert evidence_deadline(incident=one, policy=FINES).last_on == date(2026, 12, 2)


def test_deadline_over_a_night_when_clocks_change_ends_at_local_midnight() -> None:
    one = incident(at("2026-10-20 15:00", TRUST.zone_info), early=HOUR)
    assert evidence_deadline(incident=one, policy=TRUST).closes_at == at("2026-10-28 00:00", TRUST.zone_info)


@pytest.mark.parametrize(
    ("reason", "early", "is_allowed"),
    [
        ("medical_self", HOUR, True),
        ("medical_self", HOUR - SECOND, False),
        ("medical_self", None, False),
        ("accident", None, True),
        ("hospitalisation", -HOUR, True),
        ("death_in_family", MINUTE, True),
        ("area_outage", MINUTE, True),
        ("platform_outage", -MINUTE, True),
        ("video_failure", MINUTE, False),
        ("own_equipment", 3 * HOUR, False),
        ("made_up", 3 * HOUR, False),
        (None, 3 * HOUR, False),
    ],
)
def test_fines_policy_lets_staff_waive_what_was_reported_an_hour_before(
    reason: str | None, early: timedelta | None, is_allowed: bool
) -> None:
    verdict = may_be_decided(incident=incident(early=early, reason=reason), policy=FINES, outcome=Decision.WAIVED)
    assert (verdict.is_allowed, verdict.needs_exception) == (is_allowed, False)


@pytest.mark.parametrize(
    ("reason", "needs_exception"),
    [
        ("medical_self", False),
        ("medical_dependant", False),
        ("accident", False),
        ("natural_disaster", False),
        ("platform_outage", False),
        ("power_outage", True),
        ("personal", True),
    ],
)
def test_trust_policy_waives_medical_and_disaster_and_anything_else_by_exception(
    reason: str, needs_exception: bool
) -> None:
    verdict = may_be_decided(incident=incident(early=None, reason=reason), policy=TRUST, outcome=Decision.WAIVED)
    assert (verdict.is_allowed, verdict.needs_exception) == (True, needs_exception)


def test_no_reason_at_all_is_not_called_an_unlisted_one() -> None:
    said = [
        may_be_decided(incident=incident(reason=reason), policy=FINES, outcome=Decision.WAIVED).because.text
        for reason in (None, "made_up")
    ]

    assert said == [
        "No reason was given, so there is none that the policy could accept.",
        "The policy does not list this reason, so it cannot be accepted.",
    ]


def test_upholding_and_voiding_need_no_reason() -> None:
    for outcome in (Decision.UPHELD, Decision.VOIDED):
        assert may_be_decided(incident=incident(), policy=FINES, outcome=outcome).is_allowed
