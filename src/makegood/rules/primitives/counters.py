"""Counters: how many incidents each window holds, and at which place of it an incident stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from makegood.rules.facts import Band
from makegood.rules.policy import Policy
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
    flags = [is_counted(situation, counter) for situation in ordered]
    groups: dict[Band | None, Members] = {}
    for order, (situation, counted) in enumerate(zip(ordered, flags, strict=True)):
        if counted:
            group = situation.band if per_band else None
            groups.setdefault(group, []).append((instant_of(situation, counter), order))
    for members in groups.values():
        members.sort()
    windows: list[Members] = []
    for situation in ordered:
        members = groups.get(situation.band if per_band else None, [])
        at = instant_of(situation, counter)
        # The end of the window belongs to it, its start does not.
        first = bisect_right(members, (look_back(at, rolling, zone), len(ordered)))
        windows.append(members[first : bisect_right(members, (at, len(ordered)))])
    reach = _reach(flags, windows)
    return [
        Place(counted, len(window), sum(1 for _, other in window if other <= order), reach[order])
        for order, (counted, window) in enumerate(zip(flags, windows, strict=True))
    ]


def _reach(flags: Sequence[bool], windows: Sequence[Members]) -> list[int]:
    """The highest total among the windows, each ending at a counted incident, that hold the incident."""
    reach = [len(window) for window in windows]
    for counted, window in zip(flags, windows, strict=True):
        if counted:
            for _, other in window:
                reach[other] = max(reach[other], len(window))
    return reach


_NOT_COUNTED: Final = Sentence(gettext_noop("This is not counted."))
_MONTH: Final = gettext_noop("This is counted. The month of this lesson now has {count}.")
_WEEK: Final = gettext_noop("This is counted. The week of this lesson now has {count}.")
_ROLLING_MONTHS: Final = gettext_noop("This is counted. The {months} months up to this lesson have {count}.")
_ROLLING_DAYS: Final = gettext_noop("This is counted. The {days} days up to this lesson have {count}.")
