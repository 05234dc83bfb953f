"""Counters: how many incidents each window holds, and at which place of it an incident stands."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from makegood.rules.facts import Band
from makegood.rules.policy import Policy
from makegood.rules.primitives.ranges import Tally, longest_cover
from makegood.rules.results import Step
from makegood.rules.sentences import Sentence, gettext_noop
from makegood.rules.settings.counting import AcrossMonths, Counter
from makegood.rules.situation import Situation, day_of, instant_of, is_counted
from makegood.rules.windows import (
    CALENDAR_MONTH,
    Rolling,
    find_rolling,
    is_calendar,
    look_back,
    month_start,
    week_start,
)

RULE: Final = "counters"


class Place(NamedTuple):
    """An incident's place in a counter.

    `total`: what its window holds; for a rolling window, what it sees looking back. `position`: how many of the window
    were reported no later. `reach`: the highest total of any window that contains it; for a calendar window, `total`.
    """

    is_counted: bool
    total: int
    position: int
    reach: int


WindowKey = tuple[date, date | None, Band | None]
# The counted incidents of one group by their instant, each with its place in reported order.
Members = list[tuple[datetime, int]]
# Sorts after every place in reported order at the same instant.
_AFTER_ALL: Final = sys.maxsize


def window_key(situation: Situation, counter: Counter, *, per_band: bool = False) -> WindowKey:
    """The calendar window an incident falls into: its first day, the month it is cut to, the band counted alone."""
    day = day_of(situation, counter)
    band = situation.band if per_band else None
    if counter.window == CALENDAR_MONTH:
        return (month_start(day), None, band)
    cut = month_start(day) if counter.across_months is AcrossMonths.CUT_AT_MONTH_END else None
    return (week_start(day, starts_on=counter.week_starts_on), cut, band)


def places(ordered: Sequence[Situation], counter: Counter, *, zone: ZoneInfo, per_band: bool = False) -> list[Place]:
    """Every incident's place. `ordered` is one teacher's history in reported order."""
    if is_calendar(counter.window):
        return _calendar_places(ordered, counter, per_band=per_band)
    rolling = find_rolling(counter.window)
    assert rolling is not None, "the document's windows were checked when it was loaded"
    return _rolling_places(ordered, counter, rolling, zone=zone, per_band=per_band)


def apply(situation: Situation, policy: Policy, before_minor: int) -> Step | None:
    """Say what is counted, where no tier does."""
    if policy.tier is not None or not situation.is_live:
        return None
    for name, counter in policy.counters.items():
        if counter.show_count:
            return Step(RULE, counter.source, _because(situation, name, counter), before_minor, before_minor)
    return None


def _because(situation: Situation, name: str, counter: Counter) -> Sentence:
    if name not in situation.counted_for:
        return _NOT_COUNTED
    count = situation.counts[name]
    rolling = find_rolling(counter.window)
    if rolling is None:
        return Sentence(_MONTH if counter.window == CALENDAR_MONTH else _WEEK, {"count": count})
    if rolling.months:
        return Sentence(_ROLLING_MONTHS, {"count": count, "months": rolling.months})
    return Sentence(_ROLLING_DAYS, {"count": count, "days": rolling.days})


def _calendar_places(ordered: Sequence[Situation], counter: Counter, *, per_band: bool) -> list[Place]:
    running: dict[WindowKey, int] = {}
    seen: list[tuple[WindowKey, bool, int]] = []
    for situation in ordered:
        key = window_key(situation, counter, per_band=per_band)
        counted = is_counted(situation, counter)
        position = running.get(key, 0) + (1 if counted else 0)
        running[key] = position
        seen.append((key, counted, position))
    return [Place(counted, running[key], position, running[key]) for key, counted, position in seen]


def _rolling_places(
    ordered: Sequence[Situation], counter: Counter, rolling: Rolling, *, zone: ZoneInfo, per_band: bool
) -> list[Place]:
    groups: dict[Band | None, list[int]] = {}
    for order, situation in enumerate(ordered):
        groups.setdefault(situation.band if per_band else None, []).append(order)
    placed: dict[int, Place] = {}
    for group in groups.values():
        placed.update(_place_group(ordered, group, counter, rolling, zone))
    return [placed[order] for order in range(len(ordered))]


def _place_group(
    ordered: Sequence[Situation], group: Sequence[int], counter: Counter, rolling: Rolling, zone: ZoneInfo
) -> dict[int, Place]:
    """The places of the incidents that are counted together; `group` has their places in `ordered`, rising."""
    counted = {order for order in group if is_counted(ordered[order], counter)}
    members = sorted((instant_of(ordered[order], counter), order) for order in counted)
    rank = {order: place for place, (_, order) in enumerate(members)}
    windows = {order: find_window(members, instant_of(ordered[order], counter), rolling, zone) for order in group}
    reach = longest_cover(len(members), (windows[order] for order in counted))
    reported = Tally(len(members))
    placed: dict[int, Place] = {}
    for order in group:
        first, end = windows[order]
        if order in counted:
            reported.take(rank[order])
        position = reported.count_before(end) - reported.count_before(first)
        highest = reach[rank[order]] if order in counted else end - first
        placed[order] = Place(order in counted, end - first, position, highest)
    return placed


def find_window(members: Members, at: datetime, rolling: Rolling, zone: ZoneInfo) -> tuple[int, int]:
    """Where the window that ends at `at` begins and ends among the sorted `members`: its end belongs to it."""
    first = bisect_right(members, (look_back(at, rolling, zone), _AFTER_ALL))
    return first, bisect_right(members, (at, _AFTER_ALL))


_NOT_COUNTED: Final = Sentence(gettext_noop("This is not counted."))
_MONTH: Final = gettext_noop("This is counted. The month of this lesson now has {count}.")
_WEEK: Final = gettext_noop("This is counted. The week of this lesson now has {count}.")
_ROLLING_MONTHS: Final = gettext_noop("This is counted. The {months} months up to this lesson have {count}.")
_ROLLING_DAYS: Final = gettext_noop("This is counted. The {days} days up to this lesson have {count}.")
