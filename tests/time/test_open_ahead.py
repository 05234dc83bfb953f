"""How far ahead a teacher is open, and since when it is too little, across changes of clocks in many zones."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from makegood.domain.availability.booking_rules import BookingRuleSet
from makegood.domain.availability.expansion import WallRange
from makegood.domain.availability.freshness import find_broken_since, is_open_ahead, measure_freshness
from makegood.domain.availability.models import FreshnessWarning, MatchingPause
from makegood.domain.availability.openness import PAUSE_DAY, Openness, Step
from makegood.domain.availability.plans import ClosedDay, DayException, DefaultWeek, TeacherPlan

# Clocks change in each of them, on other days and at other hours; in Havana and Santiago at midnight.
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/Havana",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Asia/Manila",
)
RULES = BookingRuleSet(freshness_pause_days=60)
START = datetime(2026, 10, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
MORNING = (WallRange(540, 720),)
DAY = timedelta(days=1)


def make_plan(zone: str, dice: random.Random) -> TeacherPlan:
    """Mondays, opened and closed again at random hours; two days on which the school is closed."""
    defaults = (
        DefaultWeek(number=1, zone=zone, from_on=START.date(), weekly={0: MORNING}, made_at=START),
        DefaultWeek(
            number=2,
            zone=zone,
            from_on=START.date() + dice.randrange(60) * DAY,
            weekly={dice.randrange(7): MORNING} if dice.random() < 0.5 else {},
            made_at=START + dice.randrange(24 * 45) * HOUR,
        ),
    )
    exceptions = tuple(
        DayException(
            number=number,
            zone=zone,
            day_on=START.date() + dice.randrange(7) * 7 * DAY,
            ranges=MORNING if dice.random() < 0.6 else (),
            made_at=START + dice.randrange(24 * 45) * HOUR,
        )
        for number in range(1, 20)
    )
    closed = tuple(
        ClosedDay(
            day_on=START.date() + dice.randrange(1, 60) * DAY,
            made_at=START + dice.randrange(24 * 20) * HOUR,
            ended_at=START + (24 * 20 + dice.randrange(24 * 20)) * HOUR if dice.random() < 0.5 else None,
        )
        for _ in range(2)
    )
    return TeacherPlan(zone=zone, defaults=defaults, exceptions=exceptions, closed=closed)


def as_of(plan: TeacherPlan, at: datetime) -> TeacherPlan:
    """The plan as its rows stood then."""
    return replace(
        plan,
        defaults=tuple(found for found in plan.defaults if found.made_at <= at),
        exceptions=tuple(found for found in plan.exceptions if found.made_at <= at),
        closed=tuple(
            replace(found, ended_at=None)
            for found in plan.closed
            if found.made_at <= at and (found.ended_at is None or found.ended_at > at)
        ),
    )


@pytest.mark.parametrize("zone", ZONES)
def test_since_when_is_what_looking_every_half_hour_would_have_seen(zone: str) -> None:
    dice = random.Random(zone)
    seen_breaks = 0
    for _ in range(12):
        plan = make_plan(zone, dice)
        # Across the changes of clocks of late October and early November.
        since = datetime(2026, 10, 20, 3, tzinfo=UTC)
        ticks = [since + count * HOUR / 2 for count in range(2 * 24 * 16)]
        states = [is_open_ahead(plan=as_of(plan, at), needed_days=14, now=at) for at in ticks]
        broken_from = None
        for at, is_open in zip(ticks, states, strict=True):
            broken_from = None if is_open else broken_from or at
            if at.hour == 12 and at.minute == 0:
                found = find_broken_since(plan=as_of(plan, at), needed_days=14, since=since, now=at)
                assert found == broken_from, (zone, at)
        seen_breaks += sum(before and not after for before, after in pairwise(states))
    assert seen_breaks


@pytest.mark.parametrize("zone", ZONES)
def test_grace_and_pause_are_elapsed_time_whatever_clocks_do(zone: str) -> None:
    local = ZoneInfo(zone)
    plan = TeacherPlan(
        zone=zone,
        defaults=(DefaultWeek(number=1, zone=zone, from_on=START.date(), weekly={}, made_at=START),),
    )
    for hours in range(0, 24 * 200, 31):
        # Given in the teacher's own zone, whose days have 23 or 25 hours now and then.
        warned_at = (START + (1 + hours) * HOUR).astimezone(local)
        end = warned_at.astimezone(UTC) + 24 * HOUR
        warning = FreshnessWarning(
            pk=1, number=1, warned_at=warned_at, broken_since_at=START, needed_days=14, pause_days=60, grace_hours=24,
            pauses_at=end,
        )  # fmt: skip
        found = Openness(rules=RULES, plan=plan, warning=warning)
        for at, step in ((end - timedelta(seconds=1), None), (end, Step.PAUSE)):
            fresh = measure_freshness(plan=plan, needed_days=14, horizon_days=60, joined_at=START, now=at)
            if fresh.broken_since_at is not None and fresh.broken_since_at <= warned_at:
                assert found.find_step(fresh, at) is step
        pause = MatchingPause(warning_id=1, starts_at=end, ends_at=end + 60 * PAUSE_DAY)
        assert (pause.ends_at - end) == timedelta(hours=1440)
        running = Openness(rules=RULES, plan=plan, warning=warning, pause=pause)
        assert running.find_running_pause(pause.ends_at - timedelta(seconds=1)) is pause
        assert running.find_running_pause(pause.ends_at) is None


@pytest.mark.parametrize(
    ("usual", "closed", "is_open"),
    [
        ({}, range(7), True),
        ({}, range(6), False),
        ({0: MORNING}, [0], True),
        ({0: MORNING}, [1], False),
        ({0: MORNING}, [], False),
    ],
)
def test_a_week_counts_as_open_where_the_school_itself_is_closed(
    usual: dict[int, tuple[WallRange, ...]], closed: list[int], *, is_open: bool
) -> None:
    monday = date(2026, 10, 12)
    plan = TeacherPlan(
        zone="Asia/Manila",
        defaults=(DefaultWeek(number=1, zone="Asia/Manila", from_on=monday, weekly=usual, made_at=START),),
        exceptions=(
            DayException(number=1, zone="Asia/Manila", day_on=monday, ranges=(), made_at=START),
            *(
                DayException(
                    number=2 + week, zone="Asia/Manila", day_on=monday + (7 * week) * DAY, ranges=MORNING, made_at=START
                )
                for week in (1, 2)
            ),
        ),
        closed=tuple(ClosedDay(day_on=monday + day * DAY, made_at=START) for day in closed),
    )

    assert is_open_ahead(plan=plan, needed_days=14, now=datetime(2026, 10, 12, 4, tzinfo=UTC)) is is_open


def seconds_for(saves: int) -> float:
    """What it takes to find the break of a teacher who opened and closed one day that often."""
    zone, monday = "Asia/Manila", date(2026, 10, 12)
    plan = TeacherPlan(
        zone=zone,
        exceptions=tuple(
            DayException(
                number=number,
                zone=zone,
                day_on=monday,
                ranges=MORNING if number % 2 else (),
                made_at=START + number * timedelta(minutes=1),
            )
            for number in range(1, saves + 1)
        ),
    )
    now = datetime(2026, 10, 12, tzinfo=UTC)
    taken = []
    for _ in range(5):
        begun = time.process_time()
        assert find_broken_since(plan=plan, needed_days=14, since=START, now=now) == START
        taken.append(time.process_time() - begun)
    return min(taken)


def test_ten_times_the_saves_cost_about_ten_times_as_much() -> None:
    # Looking at all rows at each of them would cost a hundred times as much.
    assert seconds_for(4_000) < 30 * seconds_for(400)
