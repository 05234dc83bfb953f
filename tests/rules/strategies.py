"""Generated histories: crowded enough that tiers, multipliers and pauses are reached often."""

from __future__ import annotations

import dataclasses
import math
import os
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from makegood.presets import load_preset
from makegood.rules.facts import Decision, Incident, Kind, RequestedBy
from makegood.rules.policy import Policy
from makegood.rules.settings.counting import AcrossMonths
from makegood.rules.settings.pricing import Caps, MultiplierApplies, TierApplies

EXAMPLES: Final = int(os.environ.get("MAKEGOOD_EXAMPLES", "500"))
# The machine that runs these may be busy, so no deadline; the same examples in every run, so that a failure repeats.
PROPERTY: Final = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
ZONES: Final = (
    "Asia/Manila",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
)
FINES: Final = {zone: load_preset("25hoon", zone=zone) for zone in ZONES}
TRUST: Final = load_preset("talaera", zone="Europe/Berlin")

# Five weeks around a month's end and the nights when clocks change, crowded into some days of them.
FIRST_START: Final = datetime(2026, 10, 12, tzinfo=UTC)
LAST_START: Final = FIRST_START + timedelta(days=40)
DAYS: Final = (0, 1, 2, 13, 14, 15, 19, 20, 21, 34)
HALF_HOURS: Final = 48
PRIME: Final = 2_147_483_647
_CHARGED_EARLY: Final = (-90 * 60, -25 * 60, -25 * 60 + 1, -1, 0, 1, 600, 3599, 3600, 3601, 5400, 86400, 200_000)
_CHARGED: Final[tuple[tuple[Any, ...], ...]] = (
    _CHARGED_EARLY,
    (15, 25, 50),
    (Kind.CANCELLED,),
    (RequestedBy.TEACHER,),
    (0,),
    (None,),
    ("regular",),
)
_ALL: Final[tuple[tuple[Any, ...], ...]] = (
    (*_CHARGED_EARLY, None, None),
    (15, 25, 50),
    (Kind.CANCELLED, Kind.CANCELLED, *Kind),
    (*[RequestedBy.TEACHER] * 5, RequestedBy.STUDENT, RequestedBy.PLATFORM),
    (0, 1, 14, 15),
    (None, None, None, *Decision),
    ("regular", "regular", "meet_your_teacher"),
)


def histories(*, least: int = 0, most: int = 9, only_charged: bool = False) -> st.SearchStrategy[list[Incident]]:
    """Incidents of one teacher at different starts. One number is one incident, which keeps the generating fast."""
    choices = _CHARGED if only_charged else _ALL
    slots = len(DAYS) * HALF_HOURS
    size = slots * math.prod(len(choice) for choice in choices)
    # Small numbers are drawn most often; multiplying by a prime spreads them over all choices.
    numbers = st.integers(0, size - 1).map(lambda number: number * PRIME % size)
    lists = st.lists(numbers, min_size=least, max_size=most, unique_by=lambda number: number % slots)
    return lists.map(lambda found: [_incident(number, f"i{place}", choices) for place, number in enumerate(found)])


def incidents_after_all() -> st.SearchStrategy[Incident]:
    """One more incident, not reported yet, whose lesson starts after all of `histories`."""
    size, slots = math.prod(len(choice) for choice in _ALL), len(DAYS) * HALF_HOURS
    return st.integers(0, size - 1).map(
        lambda number: dataclasses.replace(
            _incident(number * PRIME % size * slots, "new", _ALL),
            lesson_starts_at=LAST_START,
            reported_at=None,
        )
    )


def _incident(number: int, name: str, choices: tuple[tuple[Any, ...], ...]) -> Incident:
    number, day = divmod(number, len(DAYS))
    number, half_hour = divmod(number, HALF_HOURS)
    picked = []
    for choice in choices:
        number, place = divmod(number, len(choice))
        picked.append(choice[place])
    early, minutes, kind, requested_by, taught, decision, lesson_type = picked
    starts_at = FIRST_START + timedelta(days=DAYS[day], minutes=30 * half_hour)
    return Incident(
        incident=name,
        teacher="tara",
        lesson_starts_at=starts_at,
        lesson_minutes=minutes,
        kind=kind,
        requested_by=requested_by,
        reported_at=None if early is None else starts_at - timedelta(seconds=early),
        taught_minutes=taught,
        decision=decision,
        is_withdrawn=decision is Decision.VOIDED and half_hour % 2 == 1,
        lesson_type=lesson_type,
    )


def standard_policies() -> st.SearchStrategy[Policy]:
    """25hoon in any of the zones: the retroactive tier and the multiplier of the whole week."""
    return st.sampled_from(list(FINES.values()))


def policies() -> st.SearchStrategy[Policy]:
    """25hoon in any of the zones with some settings answered otherwise."""
    return st.builds(
        _varied,
        standard_policies(),
        st.sampled_from(list(TierApplies)),
        st.sampled_from(list(MultiplierApplies)),
        st.sampled_from(list(AcrossMonths)),
        st.sampled_from(
            [Caps(), Caps(), Caps(incident=250), Caps(week=700), Caps(month=900), Caps(incident=400, month=1000)]
        ),
    )


def _varied(
    policy: Policy, tier: TierApplies, multiplier: MultiplierApplies, across: AcrossMonths, caps: Caps
) -> Policy:
    assert policy.tier is not None
    assert policy.multiplier is not None
    return dataclasses.replace(
        policy,
        tier=dataclasses.replace(policy.tier, applies=tier),
        multiplier=dataclasses.replace(policy.multiplier, applies=multiplier),
        counters={**policy.counters, "week": dataclasses.replace(policy.counters["week"], across_months=across)},
        caps=caps,
    )
