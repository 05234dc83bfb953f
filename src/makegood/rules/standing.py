"""Where a teacher stands now: counters against their thresholds, when each count rolls off, what is in effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from makegood.rules.assess import assess, place_all
from makegood.rules.facts import Incident
from makegood.rules.policy import Policy
from makegood.rules.results import Consequence
from makegood.rules.settings.counting import AcrossMonths, Counter
from makegood.rules.situation import Situation, day_of, instant_of, is_counted
from makegood.rules.threshold import thresholds_of
from makegood.rules.windows import (
    CALENDAR_MONTH,
    Rolling,
    find_rolling,
    local_midnight,
    look_ahead,
    look_back,
    month_start,
    next_month_start,
    week_start,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedIncident:
    """One incident that counts now, and the first instant (UTC) at which it no longer does."""

    incident: str
    leaves_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterStanding:
    """One counter's running window.

    `limit` is the next threshold above `count`, or the highest when all are reached; None when the counter has none.
    `resets_at` (UTC) is when a calendar window ends; None for a rolling one, whose counts leave one by one.
    """

    counter: str
    count: int
    limit: int | None
    thresholds: tuple[int, ...]
    resets_at: datetime | None
    counted: tuple[CountedIncident, ...]
    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Every counter's running window at `at`, and the consequences in effect then or still to start."""

    at: datetime
    counters: tuple[CounterStanding, ...]
    consequences: tuple[Consequence, ...]


def standing(*, history: Sequence[Incident], policy: Policy, now: datetime) -> Standing:
    """One teacher's standing at `now` (aware). Raises InvalidFacts as `assess` does."""
    now = now.astimezone(UTC)
    assessed = assess(history, policy)
    situations = place_all(history, policy)
    return Standing(
        at=now,
        counters=tuple(
            _counter_standing(name, counter, situations, policy, now) for name, counter in policy.counters.items()
        ),
        consequences=tuple(
            consequence
            for consequence in assessed.consequences
            if consequence.ends_at is None or now < consequence.ends_at
        ),
    )


def _counter_standing(
    name: str, counter: Counter, situations: Sequence[Situation], policy: Policy, now: datetime
) -> CounterStanding:
    rolling = find_rolling(counter.window)
    resets_at: datetime | None = None
    if rolling is None:
        inside, resets_at = _calendar_window(counter, situations, policy, now)
        counted = [(situation, resets_at) for situation in inside]
    else:
        since = look_back(now, rolling, policy.zone_info)
        inside = [situation for situation in situations if instant_of(situation, counter) > since]
        counted = [(situation, leaves_at(instant_of(situation, counter), rolling, policy)) for situation in inside]
    counted = sorted(
        ((situation, leaves) for situation, leaves in counted if is_counted(situation, counter)),
        key=lambda pair: (pair[1], pair[0].order),
    )
    thresholds = thresholds_of(policy, name)
    above = [threshold for threshold in thresholds if threshold > len(counted)]
    return CounterStanding(
        counter=name,
        count=len(counted),
        limit=above[0] if above else (thresholds[-1] if thresholds else None),
        thresholds=thresholds,
        resets_at=resets_at,
        counted=tuple(CountedIncident(incident=one.incident.incident, leaves_at=leaves) for one, leaves in counted),
        clause=counter.source,
    )


def leaves_at(instant: datetime, rolling: Rolling, policy: Policy) -> datetime:
    """The first instant (UTC) whose rolling window no longer holds `instant`."""
    leaves = look_ahead(instant, rolling, policy.zone_info)
    if look_back(leaves, rolling, policy.zone_info) >= instant:
        return leaves
    # The day was clamped (31 August + 6 months is 28 February), so it stays until that day is over.
    next_day = leaves.astimezone(policy.zone_info).date() + timedelta(days=1)
    return local_midnight(next_day, policy.zone_info)


def _calendar_window(
    counter: Counter, situations: Sequence[Situation], policy: Policy, now: datetime
) -> tuple[list[Situation], datetime]:
    today = now.astimezone(policy.zone_info).date()
    if counter.window == CALENDAR_MONTH:
        start, end = month_start(today), next_month_start(today)
    else:
        start = week_start(today, starts_on=counter.week_starts_on)
        end = start + timedelta(days=7)
        if counter.across_months is AcrossMonths.CUT_AT_MONTH_END:
            start, end = max(start, month_start(today)), min(end, next_month_start(today))
    inside = [situation for situation in situations if start <= day_of(situation, counter) < end]
    return inside, local_midnight(end, policy.zone_info)
