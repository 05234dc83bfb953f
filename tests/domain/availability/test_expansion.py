"""Wall time to instants: gaps, folds, odd zones, 24:00; every clock change of every zone by option."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.domain.availability import expansion
from makegood.domain.availability.expansion import WallRange
from makegood.quantities import Interval

FORWARD = date(2026, 3, 29)
BACK = date(2026, 10, 25)
BERLIN = "Europe/Berlin"
YEAR = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


def opens(day: date, *ranges: tuple[int, int], zone: str = BERLIN) -> list[tuple[str, str]]:
    found = expansion.expand_day(day=day, ranges=[WallRange(*pair) for pair in ranges], zone=zone)
    return [(f"{one.start:%d %H:%M}", f"{one.end:%d %H:%M}") for one in found]


def test_an_ordinary_day_is_its_wall_time() -> None:
    assert opens(date(2026, 7, 1), (540, 720)) == [("01 07:00", "01 10:00")]


def test_touching_ranges_are_one() -> None:
    assert opens(date(2026, 7, 1), (600, 720), (540, 600)) == [("01 07:00", "01 10:00")]


def test_a_day_may_end_at_24_00_and_join_the_next() -> None:
    assert opens(date(2026, 7, 1), (1380, 1440)) == [("01 21:00", "01 22:00")]
    assert opens(date(2026, 7, 2), (0, 60)) == [("01 22:00", "01 23:00")]


def test_a_start_in_a_gap_moves_forward_by_the_gap() -> None:
    assert opens(FORWARD, (150, 300)) == [("29 01:30", "29 03:00")]


def test_an_end_in_a_gap_moves_forward_by_the_gap() -> None:
    assert opens(FORWARD, (60, 150)) == [("29 00:00", "29 01:30")]


def test_a_range_that_is_the_gap_is_not_open() -> None:
    assert opens(FORWARD, (120, 180)) == []


def test_a_range_inside_a_gap_moves_as_a_whole() -> None:
    assert opens(FORWARD, (135, 165)) == [("29 01:15", "29 01:45")]


def test_a_range_over_a_gap_is_shorter() -> None:
    assert opens(FORWARD, (60, 240)) == [("29 00:00", "29 02:00")]


def test_what_a_fold_shows_twice_is_open_twice_and_nothing_between() -> None:
    assert opens(BACK, (120, 180)) == [("25 00:00", "25 02:00")]
    # From half past two: the clock shows two o'clock again before it shows that a second time.
    assert opens(BACK, (150, 240)) == [("25 00:30", "25 01:00"), ("25 01:30", "25 03:00")]
    assert opens(BACK, (60, 150)) == [("24 23:00", "25 00:30"), ("25 01:00", "25 01:30")]
    assert opens(BACK, (135, 165)) == [("25 00:15", "25 00:45"), ("25 01:15", "25 01:45")]


def test_a_range_is_open_whenever_a_clock_that_goes_back_shows_it_and_never_else(
    changes: list[expansion.ClockChange],
) -> None:
    """The oracle asks quarter by quarter what the clock shows, for ranges that begin and end in and around the fold."""
    backward = [change for change in changes if change.minutes < 0]
    strays = []
    for change in backward:
        day, again = change.wall_after.date(), change.wall_after.hour * 60 + change.wall_after.minute
        edges = range(max(0, again - 30), min(1440, again - change.minutes + 30) + 1, 15)
        for first, last in itertools.combinations(edges, 2):
            steps = (change.at + timedelta(minutes=15 * away) for away in range(-24, 25))
            shown = [at for at in steps if first <= minute_on(day, at, change.zone) < last]
            found = expansion.expand_day(day=day, ranges=[WallRange(first, last)], zone=change.zone)
            if shown != [at for one in found for at in quarters(one)]:
                strays.append((change, first, last))

    assert strays == []
    assert len(backward) > 25


def minute_on(day: date, at: datetime, zone: str) -> int:
    """The minute of that day which the clock shows, -1 on another day."""
    local = at.astimezone(ZoneInfo(zone))
    return local.hour * 60 + local.minute if local.date() == day else -1


def quarters(interval: Interval) -> Iterator[datetime]:
    at = interval.start
    while at in interval:
        yield at
        at += timedelta(minutes=15)


def test_an_end_at_the_first_minute_of_a_fold_is_the_first() -> None:
    # What ends when the doubled hour begins must not open that hour.
    assert opens(BACK, (60, 120)) == [("24 23:00", "25 00:00")]


def test_a_fold_at_midnight_does_not_lengthen_the_day_before() -> None:
    # Havana's clocks go back from 01:00 to 00:00 on 1 November 2026.
    assert opens(date(2026, 10, 31), (1320, 1440), zone="America/Havana") == [("01 02:00", "01 04:00")]
    assert opens(date(2026, 11, 1), (0, 60), zone="America/Havana") == [("01 04:00", "01 06:00")]


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Asia/Kolkata", ("30 18:30", "01 18:30")),
        ("Asia/Kathmandu", ("30 18:15", "01 18:15")),
        ("Pacific/Chatham", ("30 11:15", "01 11:15")),
    ],
)
def test_zones_at_half_and_quarter_hours_open_a_whole_day(zone: str, expected: tuple[str, str]) -> None:
    assert opens(date(2026, 7, 1), (0, 1440), zone=zone) == [expected]


@pytest.mark.parametrize(("zone", "minute"), [("Europe/Berlin", 0), ("Asia/Kolkata", 0), ("Asia/Kathmandu", 15)])
def test_the_half_hours_of_a_zone_begin_past_those_of_utc(zone: str, minute: int) -> None:
    assert expansion.grid_minute_of(zone=zone, at=datetime(2026, 7, 1, tzinfo=UTC)) == minute


def test_clock_changes_of_a_week_are_found_to_the_minute() -> None:
    (change,) = expansion.list_clock_changes(
        zone=BERLIN, from_at=datetime(2026, 3, 23, tzinfo=UTC), until_at=datetime(2026, 3, 30, tzinfo=UTC)
    )

    assert (change.at, change.minutes) == (datetime(2026, 3, 29, 1, tzinfo=UTC), 60)
    assert (f"{change.wall_before:%H:%M}", f"{change.wall_after:%H:%M}") == ("02:00", "03:00")


def test_subtracting_leaves_what_lies_around() -> None:
    nine = datetime(2026, 7, 1, 9, tzinfo=UTC)
    hour = timedelta(hours=1)

    left = expansion.subtract([Interval(nine, nine + 4 * hour)], [Interval(nine + hour, nine + 2 * hour)])

    assert left == [Interval(nine, nine + hour), Interval(nine + 2 * hour, nine + 4 * hour)]


@pytest.fixture(scope="module")
def changes(request: pytest.FixtureRequest) -> list[expansion.ClockChange]:
    """Every clock change of 2025 to 2028 in every twentieth zone, by `--all-zones` in all of them."""
    zones = sorted(available_timezones())
    from_at, until_at = datetime(2025, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
    return [
        change
        for zone in (zones if request.config.getoption("--all-zones") else zones[::20])
        for change in expansion.list_clock_changes(zone=zone, from_at=from_at, until_at=until_at)
    ]


def test_every_clock_change_opens_what_the_wall_clock_says(changes: list[expansion.ClockChange]) -> None:
    """The oracle asks, quarter by quarter of three days, what the clock shows.

    Its ranges are whole days, and ranges whose ends no change of these years touches; the cases above have such ends.
    """
    days_of = {change: days_around(change) for change in changes}
    strays = []
    for change, days in days_of.items():
        whole = Interval(
            expansion.start_at(day=days[0], minute=0, zone=change.zone),
            expansion.start_at(day=days[-1], minute=1440, zone=change.zone),
        )
        if expand(days, (WallRange(0, 1440),), change.zone) != [whole]:
            strays.append((change, "whole days"))
        if minutes_of(expand(days, PARTS, change.zone)) != minutes_shown(whole, change.zone):
            strays.append((change, "parts of days"))

    assert strays == []
    assert len(days_of) > 50


PARTS = (WallRange(0, 360), WallRange(720, 1440))


def days_around(change: expansion.ClockChange) -> list[date]:
    first = (change.at - timedelta(days=1)).astimezone(ZoneInfo(change.zone)).date()
    return [first + timedelta(days=offset) for offset in range(3)]


def expand(days: list[date], ranges: tuple[WallRange, ...], zone: str) -> list[Interval]:
    return expansion.merge_intervals(
        interval for day in days for interval in expansion.expand_day(day=day, ranges=ranges, zone=zone)
    )


def minutes_of(intervals: list[Interval]) -> timedelta:
    return sum(((one.end or one.start) - one.start for one in intervals), timedelta())


def minutes_shown(whole: Interval, zone: str) -> timedelta:
    """Counted on the clock: how long it shows a time of PARTS."""
    at, shown = whole.start, timedelta()
    while at in whole:
        local = at.astimezone(ZoneInfo(zone))
        minute = local.hour * 60 + local.minute
        if any(part.start_minute <= minute < part.end_minute for part in PARTS):
            shown += timedelta(minutes=15)
        at += timedelta(minutes=15)
    return shown


@given(
    zone=st.sampled_from(sorted(available_timezones())),
    day=st.dates(min_value=date(2025, 1, 1), max_value=date(2028, 12, 30)),
    steps=st.lists(st.integers(min_value=0, max_value=95), unique=True, max_size=24),
)
def test_open_time_is_in_order_disjoint_and_within_a_day_and_its_jump(zone: str, day: date, steps: list[int]) -> None:
    ranges = expansion.merge_ranges(WallRange(step * 15, step * 15 + 15) for step in steps)

    found = expansion.expand_day(day=day, ranges=ranges, zone=zone)

    assert all(later.start > earlier.end for earlier, later in itertools.pairwise(found) if earlier.end)
    assert all((one.start.minute % 15, one.start.second) == (0, 0) for one in found)
    start, end = (expansion.start_at(day=day, minute=minute, zone=zone) for minute in (0, 1440))
    assert all(start <= one.start and one.end is not None and one.end <= end for one in found)
    if end - start == timedelta(days=1):
        total = sum(((one.end or one.start) - one.start for one in found), timedelta())
        assert total == timedelta(minutes=15 * len(steps))


@pytest.mark.parametrize("zone", [BERLIN, "America/New_York", "Australia/Lord_Howe", "America/Havana", "Asia/Manila"])
def test_the_starts_of_a_wall_time_are_all_instants_at_which_clocks_show_it(zone: str) -> None:
    changes = expansion.list_clock_changes(zone=zone, from_at=YEAR[0], until_at=YEAR[1])
    days = {change.wall_before.date() for change in changes} | {date(2026, 7, 1)}
    counts = set()
    for day, step in itertools.product(days, range(96)):
        wall = datetime.combine(day, time()) + timedelta(minutes=15 * step)
        around = (wall.replace(tzinfo=UTC) + timedelta(minutes=15 * away) for away in range(-64, 65))

        found = expansion.list_starts(day=day, minute=15 * step, zone=zone)

        assert list(found) == [at for at in around if at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall]
        assert not found or found[0] == expansion.start_at(day=day, minute=15 * step, zone=zone)
        counts.add(len(found))
    assert counts == ({0, 1, 2} if changes else {1})


def test_a_wall_time_has_no_start_in_a_gap_and_two_in_a_fold() -> None:
    starts = [expansion.list_starts(day=day, minute=150, zone=BERLIN) for day in (FORWARD, date(2026, 7, 1), BACK)]

    assert [[f"{at:%H:%M}" for at in found] for found in starts] == [[], ["00:30"], ["00:30", "01:30"]]
