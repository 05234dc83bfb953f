"""Everything that depends on time, around every change of every clock from 2025 to 2028, against integer arithmetic.

Every twentieth zone in the suite; all of them with `--all-zones`.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from makegood.domain.availability.expansion import start_at
from makegood.domain.incidents.situations import Situation, find_fitting
from makegood.domain.lessons.marks import is_in_time, mark_of
from makegood.presets import load_preset
from makegood.rules.assess import place_all
from makegood.rules.deadlines import evidence_deadline
from makegood.rules.facts import Band, Kind
from makegood.rules.policy import Policy
from makegood.rules.windows import Rolling, local_midnight, look_back, month_start, week_start
from tests.rules.cast import incident
from tests.time.integer_clock import DAY, IntegerClock, clock_of, day_of, instant, midnight_of, seconds

YEARS = range(2025, 2029)
HOUR, MINUTE = 3600, 60
# Around each change: the second before, itself, the second after; then the same of the hours and days that marks reach.
NEAR = tuple(mark + edge for mark in (-DAY, -HOUR, 0, HOUR, DAY) for edge in (-1, 0, 1))


@pytest.fixture
def changes(request: pytest.FixtureRequest) -> list[tuple[IntegerClock, int]]:
    """Each zone's clock with the instants around each of its changes."""
    zones = sorted(available_timezones())
    sampled = zones if request.config.getoption("--all-zones") else zones[::20]
    return [
        (clock, change.at + near)
        for clock in map(clock_of, sampled)
        for change in clock.transitions()
        if instant(change.at).year in YEARS
        for near in NEAR
    ]


def in_zone(policy: Policy, zone: str) -> Policy:
    return replace(policy, zone=zone)


def walls_near(clock: IntegerClock, at: int) -> Iterator[int]:
    """The wall times that the clock shows or would show there: before, in and after a gap or a fold."""
    yield from {at + offset for offset in (clock.offset_at(at - 1), clock.offset_at(at))}


def test_the_24_hour_mark_is_elapsed_time(changes: list[tuple[IntegerClock, int]]) -> None:
    for clock, start in changes:
        starts_at = instant(start).astimezone(ZoneInfo(clock.zone))
        for reported, fitting in (
            (start - DAY - 1, Situation.KNOWN_BEFORE),
            (start - DAY, Situation.KNOWN_BEFORE),
            (start - DAY + 1, Situation.LAST_MINUTE),
            (start - 1, Situation.LAST_MINUTE),
            (start, Situation.DURING_THE_LESSON),
            (start + 50 * MINUTE - 1, Situation.DURING_THE_LESSON),
            (start + 50 * MINUTE, None),
        ):
            now, ends_at = instant(reported), (starts_at.astimezone(UTC) + timedelta(minutes=50))
            found = find_fitting(starts_at=starts_at, ends_at=ends_at, mark_minutes=1440, now=now)
            assert found == fitting, (clock.zone, starts_at, now)


def test_the_hour_and_the_twenty_minutes_are_elapsed_time(changes: list[tuple[IntegerClock, int]]) -> None:
    policy = load_preset("25hoon", zone="UTC")
    for clock, start in changes:
        own = in_zone(policy, clock.zone)
        starts_at = instant(start).astimezone(ZoneInfo(clock.zone))
        for early, band in (
            (HOUR + 1, Band.ADVANCE_NOTICE),
            (HOUR, Band.ADVANCE_NOTICE),
            (HOUR - 1, Band.WITH_NOTICE),
            (1, Band.WITH_NOTICE),
            (0, Band.WITHOUT_NOTICE),
            (-1, Band.WITHOUT_NOTICE),
        ):
            facts = incident(starts_at, early=timedelta(seconds=early))
            facts = replace(facts, reported_at=instant(start - early).astimezone(ZoneInfo(clock.zone)))
            assert place_all([facts], own)[0].band == band, (clock.zone, starts_at, early)
        for taught, band_taught in ((19, Band.WITHOUT_NOTICE), (20, None)):
            begun = replace(incident(starts_at, early=None), kind=Kind.CUT_SHORT, taught_minutes=taught)
            assert place_all([begun], own)[0].band == band_taught


def test_until_its_mark_a_lesson_is_cancelled_in_time(changes: list[tuple[IntegerClock, int]]) -> None:
    for clock, start in changes:
        place = ZoneInfo(clock.zone)
        starts_at = instant(start).astimezone(place)
        for minutes in (1440, 60, 20):
            mark = start - minutes * MINUTE
            assert seconds(mark_of(starts_at=starts_at, minutes=minutes)) == mark, (clock.zone, starts_at)
            for edge in (-1, 0, 1):
                # Both times as somebody's own clock shows them, whose hour may come twice between the two.
                now = instant(mark + edge).astimezone(place)
                found = is_in_time(starts_at=starts_at, minutes=minutes, now=now)
                assert found == (edge <= 0), (clock.zone, starts_at, minutes, edge)


def test_days_months_and_weeks_are_those_of_the_wall(changes: list[tuple[IntegerClock, int]]) -> None:
    policy = load_preset("25hoon", zone="UTC")
    for clock, start in changes:
        placed = place_all([incident(instant(start))], in_zone(policy, clock.zone))[0]
        day = day_of(clock.wall_at(start))
        assert placed.lesson_on == day, (clock.zone, instant(start))
        for edge in (month_start(day), week_start(day)):
            began = seconds(local_midnight(edge, ZoneInfo(clock.zone)))
            assert began == clock.instant_of(midnight_of(edge)), (clock.zone, edge)


def test_proof_is_accepted_to_the_end_of_the_last_day(changes: list[tuple[IntegerClock, int]]) -> None:
    policy = load_preset("25hoon", zone="UTC")
    for clock, reported in changes:
        own = in_zone(policy, clock.zone)
        facts = replace(incident(instant(reported + HOUR)), reported_at=instant(reported))
        for reason, days, counted in ((None, 7, reported), ("accident", 14, reported + HOUR)):
            deadline = evidence_deadline(incident=facts, policy=own, reason=reason)
            last = day_of(clock.wall_at(counted)) + timedelta(days=days)
            closes = clock.instant_of(midnight_of(last + timedelta(days=1)))
            assert (deadline.last_on, seconds(deadline.closes_at)) == (last, closes), (clock.zone, instant(reported))


def test_six_months_back_are_counted_on_the_wall(changes: list[tuple[IntegerClock, int]]) -> None:
    for clock, start in changes:
        wall = clock.wall_at(start)
        day = day_of(wall)
        year, month = divmod(day.year * 12 + day.month - 1 - 6, 12)
        clamped = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
        expected = clock.instant_of(midnight_of(clamped) + wall % DAY)
        assert seconds(look_back(instant(start), Rolling(days=0, months=6), ZoneInfo(clock.zone))) == expected


def test_a_weekly_series_keeps_its_wall_time(changes: list[tuple[IntegerClock, int]]) -> None:
    for clock, at in changes:
        for wall in walls_near(clock, at):
            minute = wall % DAY // MINUTE
            for weeks in range(-2, 3):
                day = day_of(wall) + timedelta(weeks=weeks)
                found = start_at(day=day, minute=minute, zone=clock.zone)
                expected = clock.instant_of(midnight_of(day) + minute * MINUTE)
                assert seconds(found) == expected, (clock.zone, day, minute)


def test_the_integer_clock_finds_the_gaps_and_the_folds() -> None:
    """Without changes to find, everything above would hold of nothing."""
    clocks = [clock_of(zone) for zone in ("Europe/Berlin", "Australia/Lord_Howe", "America/New_York", "Asia/Kathmandu")]
    found = [[change.after - change.before for change in clock.transitions()] for clock in clocks]
    assert [sorted(set(jumps)) for jumps in found] == [[-3600, 3600], [-1800, 1800], [-3600, 3600], []]
    gap = clock_of("Europe/Berlin")
    assert gap.instants_of(seconds(datetime.fromisoformat("2026-03-29T02:30Z"))) == []
    assert len(gap.instants_of(seconds(datetime.fromisoformat("2026-10-25T02:30Z")))) == 2
