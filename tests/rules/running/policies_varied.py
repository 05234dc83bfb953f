"""Policies with most settings answered in every way, so that little of a format-1 document is left untried."""

from __future__ import annotations

import dataclasses
from typing import Any

from hypothesis import strategies as st

from makegood.rules.facts import Band, ConsequenceKind, Decision, Kind, RequestedBy
from makegood.rules.policy import Policy
from makegood.rules.settings.counting import (
    AcrossMonths,
    Cause,
    ConsequenceRule,
    Instant,
    Overlap,
    Repeats,
)
from makegood.rules.settings.judging import Decisions, Reduced, Reduction, Waived
from makegood.rules.settings.pricing import (
    Caps,
    Measure,
    MoneyOff,
    MultiplierApplies,
    TierApplies,
    TierCounts,
)
from tests.rules.strategies import standard_policies

_COUNTS = st.builds(
    dict,
    instant=st.sampled_from(list(Instant)),
    week_starts_on=st.sampled_from([1, 1, 7, 3]),
    across_months=st.sampled_from(list(AcrossMonths)),
    lesson_types=st.sampled_from([(), (), ("meet_your_teacher",)]),
    excluded_bands=st.sampled_from([(), (Band.IN_TIME_TROUBLE,), (Band.ADVANCE_NOTICE,)]),
    decisions=st.sampled_from([(Decision.UPHELD, Decision.REDUCED), (Decision.UPHELD, Decision.WAIVED)]),
    requested_by=st.sampled_from([(RequestedBy.TEACHER,), tuple(RequestedBy)]),
    show_count=st.booleans(),
)
_WINDOWS = st.sampled_from(["calendar_month", "week"])
_REDUCED = st.sampled_from(
    [
        Reduced(),
        Reduced(how=Reduction.FIXED_AMOUNT, amount=70),
        Reduced(how=Reduction.PERCENT, share_bp=3333),
    ]
)


@st.composite
def varied_policies(draw: st.DrawFn, *, windows: st.SearchStrategy[str] = _WINDOWS) -> Policy:
    """25hoon in any of the zones, most of its settings changed."""
    policy = draw(standard_policies())
    assert policy.tier is not None
    assert policy.multiplier is not None
    assert policy.notice is not None
    counters = {
        name: dataclasses.replace(counter, window=draw(windows), **draw(_COUNTS)) if draw(st.booleans()) else counter
        for name, counter in policy.counters.items()
    }
    tier = dataclasses.replace(
        policy.tier,
        applies=draw(st.sampled_from(list(TierApplies))),
        counts=draw(st.sampled_from(list(TierCounts))),
        from_counts=(1, draw(st.integers(2, 4))),
    )
    multiplier = dataclasses.replace(policy.multiplier, applies=draw(st.sampled_from(list(MultiplierApplies))))
    notice = dataclasses.replace(
        policy.notice,
        measure=draw(st.sampled_from([Measure.ELAPSED, Measure.ELAPSED, Measure.CALENDAR_DAYS])),
        kinds=draw(st.sampled_from([policy.notice.kinds, tuple(Kind)])),
        grace_after_booking_minutes=draw(st.sampled_from([0, 0, 30])),
    )
    if notice.measure is Measure.CALENDAR_DAYS:
        bands = (
            dataclasses.replace(notice.bands[0], from_minutes=None, from_days=1),
            dataclasses.replace(notice.bands[1], from_minutes=None, from_days=0),
        )
        notice = dataclasses.replace(notice, bands=bands)
    return dataclasses.replace(
        policy,
        notice=notice,
        tier=draw(st.sampled_from([tier, tier, tier, None])),
        multiplier=draw(st.sampled_from([multiplier, multiplier, multiplier, None])),
        counters=counters,
        consequences=tuple(draw(st.lists(_rules(), max_size=3))),
        decisions=Decisions(waived=Waived(is_charged=draw(st.booleans())), reduced=draw(_REDUCED)),
        money_off=draw(st.sampled_from([MoneyOff(), MoneyOff(countries=("PH",), engagements=("employee",))])),
    )


def capped_or_rolling_policies() -> st.SearchStrategy[Policy]:
    """Policies that the tables do not take."""
    rolling = varied_policies(windows=st.sampled_from(["P7D", "P1M", "week"]))
    capped = st.builds(
        lambda policy, caps: dataclasses.replace(policy, caps=caps),
        varied_policies(),
        st.sampled_from([Caps(incident=250), Caps(week=700), Caps(month=900)]),
    )
    return st.one_of(rolling, capped)


def _rules() -> st.SearchStrategy[ConsequenceRule]:
    shared: dict[str, Any] = {
        "kind": st.sampled_from([ConsequenceKind.PAUSE_ACCOUNT, ConsequenceKind.REMATCH_STUDENT]),
        "lasts_hours": st.sampled_from([24, 168, 720]),
        "repeats": st.sampled_from(list(Repeats)),
        "overlap": st.sampled_from(list(Overlap)),
    }
    by_count = st.builds(
        ConsequenceRule,
        cause=st.just(Cause.COUNT),
        counter=st.sampled_from(["month", "week", "pause"]),
        at_count=st.integers(1, 4),
        **shared,
    )
    alone = st.builds(
        ConsequenceRule,
        cause=st.sampled_from([Cause.NEVER_REPORTED, Cause.LESSON_TYPE]),
        kinds=st.sampled_from([(Kind.NO_SHOW,), tuple(Kind)]),
        lesson_types=st.just(("meet_your_teacher",)),
        **shared,
    )
    return st.one_of(by_count, alone)
