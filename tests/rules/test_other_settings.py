"""Answers to the open questions that neither preset chooses."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from makegood.rules.assess import assess
from makegood.rules.facts import Band, ConsequenceKind, Decision, Incident, Kind
from makegood.rules.policy import Policy
from makegood.rules.quote import quote
from makegood.rules.settings.counting import Instant, Overlap, Repeats
from makegood.rules.settings.judging import Reduced, Reduction
from makegood.rules.settings.pricing import Begun, Measure, NoticeBand, TierApplies, TierCounts
from tests.rules.cast import FINES, HOUR, MINUTE, TRUST, assess_one, at, incident

NOVEMBER = [f"2026-11-{day:02} 15:00" for day in (3, 10, 17, 24)]


def with_counter(policy: Policy, name: str, **settings: Any) -> Policy:
    changed = dataclasses.replace(policy.counters[name], **settings)
    return dataclasses.replace(policy, counters={**policy.counters, name: changed})


def with_tier(**settings: Any) -> Policy:
    assert FINES.tier is not None
    return dataclasses.replace(FINES, tier=dataclasses.replace(FINES.tier, **settings))


def costs(policy: Policy, history: list[Incident]) -> list[int]:
    return [one.penalty_minor for one in assess(history, policy).assessments]


def test_tier_per_band_counts_each_band_by_itself() -> None:
    history = [incident(day) for day in NOVEMBER] + [incident("2026-11-26 15:00", early=None)]
    assert costs(with_tier(counts=TierCounts.PER_BAND), history) == [100, 100, 100, 100, 300]


def test_rolling_tier_reprices_every_incident_of_a_window_that_reached_it() -> None:
    days = ["2026-10-20 15:00", "2026-11-03 15:00", "2026-11-10 15:00", "2026-11-18 15:00", "2026-12-20 15:00"]
    history = [incident(day) for day in days]
    rolling = with_counter(FINES, "month", window="P30D")
    assert costs(rolling, history) == [100, 100, 100, 100, 30]
    assert rolling.tier is not None
    marginal = dataclasses.replace(rolling, tier=dataclasses.replace(rolling.tier, applies=TierApplies.MARGINAL))
    assert costs(marginal, history) == [30, 30, 30, 100, 30]
    assert costs(rolling, list(reversed(history))) == [30, 100, 100, 100, 100]


def test_count_by_report_puts_an_incident_into_the_month_it_was_reported_in() -> None:
    by_report = with_counter(FINES, "month", instant=Instant.REPORTED_AT)
    one = incident("2026-12-01 00:30", early=HOUR)
    history = [*(incident(day) for day in NOVEMBER[:3]), one]
    assert costs(by_report, history) == [100, 100, 100, 100]
    assert costs(FINES, history) == [30, 30, 30, 30]


def test_quote_by_report_ends_at_midnight_when_the_month_does() -> None:
    by_report = with_counter(FINES, "month", instant=Instant.REPORTED_AT)
    new = incident("2026-12-02 15:00", early=None, incident="new")
    found = quote(history=[], policy=by_report, incident=new, now=at("2026-11-30 23:55"))
    assert found.valid_until == at("2026-12-01 00:00")


@pytest.mark.parametrize(
    ("reported", "band"),
    [
        ("2026-11-22 23:59:59", Band.ADVANCE_NOTICE),
        ("2026-11-23 00:00:00", Band.WITH_NOTICE),
        ("2026-11-24 14:59:59", Band.WITH_NOTICE),
        ("2026-11-24 15:00:00", Band.WITHOUT_NOTICE),
    ],
)
def test_notice_in_calendar_days_changes_at_local_midnight(reported: str, band: Band) -> None:
    bands = (NoticeBand(band=Band.ADVANCE_NOTICE, from_days=2), NoticeBand(band=Band.WITH_NOTICE, from_days=0))
    assert FINES.notice is not None
    notice = dataclasses.replace(FINES.notice, measure=Measure.CALENDAR_DAYS, bands=bands)
    policy = dataclasses.replace(FINES, notice=notice)
    assert assess_one(incident("2026-11-24 15:00", reported_at=at(reported)), policy).band is band


@pytest.mark.parametrize(
    ("reduced", "penalty_minor"),
    [
        (Reduced(how=Reduction.PERCENT, share_bp=3333), 99),
        (Reduced(how=Reduction.FIXED_AMOUNT, amount=50), 50),
        (Reduced(how=Reduction.FIXED_AMOUNT, amount=5000), 300),
    ],
)
def test_reduction_by_percent_or_to_an_amount_keeps_the_band(reduced: Reduced, penalty_minor: int) -> None:
    policy = dataclasses.replace(FINES, decisions=dataclasses.replace(FINES.decisions, reduced=reduced))
    assessment = assess_one(incident(early=None, decision=Decision.REDUCED), policy)
    assert (assessment.charged_band, assessment.penalty_minor) == (Band.WITHOUT_NOTICE, penalty_minor)


@pytest.mark.parametrize(("taught", "penalty_minor"), [(12, 300), (13, 0)])
def test_enough_can_be_a_share_of_the_lesson(taught: int, penalty_minor: int) -> None:
    policy = dataclasses.replace(FINES, begun=Begun(enough_share_bp=5000))
    one = incident(early=None, kind=Kind.CUT_SHORT, taught_minutes=taught)
    assert assess_one(one, policy).penalty_minor == penalty_minor


@pytest.mark.parametrize(
    ("overlap", "days"),
    [(Overlap.JOIN, [90]), (Overlap.EXTEND, [120]), (Overlap.IGNORE, [60]), (Overlap.SEPARATE, [60, 60])],
)
def test_overlapping_consequences_join_extend_are_ignored_or_stay_apart(overlap: Overlap, days: list[int]) -> None:
    rule = dataclasses.replace(TRUST.consequences[0], overlap=overlap)
    policy = dataclasses.replace(TRUST, consequences=(rule,))
    reported = at("2026-03-01 12:00")
    history = [incident(reported + timedelta(days=30 * place), incident=f"i{place}") for place in range(3)]
    found = assess(history, policy).consequences
    assert [(one.ends_at - one.starts_at).days for one in found if one.ends_at is not None] == days


def test_pause_can_come_again_with_every_further_incident() -> None:
    rule = dataclasses.replace(FINES.consequences[0], repeats=Repeats.EACH, overlap=Overlap.JOIN)
    policy = dataclasses.replace(FINES, consequences=(rule,))
    history = [incident(day) for day in [*NOVEMBER, "2026-11-26 15:00"]]
    (pause,) = assess(history, policy).consequences
    assert (pause.kind, pause.ends_at) == (ConsequenceKind.PAUSE_ACCOUNT, at("2026-12-03 13:30"))


def test_report_within_the_grace_after_booking_has_the_mildest_band_until_the_start() -> None:
    assert FINES.notice is not None
    policy = dataclasses.replace(FINES, notice=dataclasses.replace(FINES.notice, grace_after_booking_minutes=15))
    booked_at = at("2026-11-24 14:50")
    facts = {"booked_at": booked_at}
    assert assess_one(incident(early=5 * MINUTE, **facts), policy).band is Band.ADVANCE_NOTICE
    assert assess_one(incident(early=0 * MINUTE, **facts), policy).band is Band.WITHOUT_NOTICE
