"""The running counters against their thresholds, and when each count rolls off."""

from __future__ import annotations

from makegood.rules.facts import ConsequenceKind, Decision
from makegood.rules.standing import standing
from tests.rules.cast import FINES, HOUR, TRUST, at, incident

BERLIN = TRUST.zone_info


def test_month_and_week_count_in_the_policys_zone_and_say_when_they_reset() -> None:
    history = [incident("2026-10-31 23:30"), incident("2026-11-01 00:30"), incident("2026-11-24 15:00")]
    found = standing(history=history, policy=FINES, now=at("2026-11-25 12:00"))
    shown = [(one.counter, one.count, one.limit, one.resets_at) for one in found.counters]
    assert shown == [
        ("month", 2, 4, at("2026-12-01 00:00")),
        ("week", 1, 3, at("2026-11-30 00:00")),
        ("pause", 2, 4, at("2026-12-01 00:00")),
    ]


def test_reached_thresholds_leave_the_highest_as_limit() -> None:
    history = [incident(f"2026-11-{day} 15:00") for day in (23, 24, 25, 26, 27)]
    found = standing(history=history, policy=FINES, now=at("2026-11-27 12:00"))
    assert [(one.count, one.limit, one.thresholds) for one in found.counters] == [
        (5, 4, (4,)),
        (5, 4, (3, 4)),
        (5, 4, (4,)),
    ]
    assert [one.kind for one in found.consequences] == [ConsequenceKind.PAUSE_ACCOUNT]


def test_pause_that_is_over_is_not_in_effect() -> None:
    history = [incident(f"2026-11-{day:02} 15:00") for day in (2, 9, 16, 17)]
    ends_at = at("2026-11-24 13:30")
    assert len(standing(history=history, policy=FINES, now=ends_at - HOUR).consequences) == 1
    assert standing(history=history, policy=FINES, now=ends_at).consequences == ()


def test_rolling_counts_leave_one_by_one() -> None:
    history = [
        incident(at("2026-03-10 10:00", BERLIN), incident="spring"),
        incident(at("2026-08-31 10:00", BERLIN), incident="clamped"),
        incident(at("2026-09-01 10:00", BERLIN), incident="waived", decision=Decision.WAIVED),
    ]
    found = standing(history=history, policy=TRUST, now=at("2026-09-10 09:59", BERLIN))
    (counter,) = found.counters
    assert (counter.count, counter.limit, counter.resets_at) == (2, 4, None)
    assert [(one.incident, one.leaves_at) for one in counter.counted] == [
        ("spring", at("2026-09-10 10:00", BERLIN)),
        ("clamped", at("2027-03-01 00:00", BERLIN)),
    ]
    for one in counter.counted:
        counts = [
            standing(history=history, policy=TRUST, now=when).counters[0].counted
            for when in (one.leaves_at - HOUR / 3600, one.leaves_at)
        ]
        assert one in counts[0]
        assert one not in counts[1]
