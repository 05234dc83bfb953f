"""The table of quarters says what converting the zone says, on ordinary days and on nights when clocks change."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.rules.running.calendar_table import EPOCH, CalendarTable, window_of
from makegood.rules.settings.counting import AcrossMonths
from makegood.rules.windows import month_start, week_start
from tests.rules.cast import FINES
from tests.rules.strategies import PROPERTY

# Clocks set at 00:01, a day that never was, half-hour steps, offsets of odd minutes, clocks set at midnight.
ZONES = (
    "Asia/Manila",
    "Europe/Berlin",
    "America/St_Johns",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Monrovia",
    "America/Sao_Paulo",
    "Asia/Gaza",
)
MONTH, WEEK = FINES.counters["month"], FINES.counters["week"]
COUNTERS = (
    MONTH,
    WEEK,
    dataclasses.replace(WEEK, week_starts_on=7),
    dataclasses.replace(WEEK, across_months=AcrossMonths.CUT_AT_MONTH_END),
)
TABLES = {
    name: CalendarTable(zone=ZoneInfo(name), windows=[window_of(counter) for counter in COUNTERS]) for name in ZONES
}


def transitions(zone: ZoneInfo, *, first_year: int, last_year: int) -> list[datetime]:
    """The hours in which the zone's offset changes, found by looking."""
    at, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year, 1, 1, tzinfo=UTC)
    found = []
    while at < end:
        later = at + timedelta(hours=6)
        if at.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset():
            found.extend(at + timedelta(minutes=minute) for minute in range(-60, 420))
        at = later
    return found


def days_numbered(zone: ZoneInfo, at: datetime) -> tuple[int, ...]:
    day = at.astimezone(zone).date()
    return tuple(window_of(counter)(day) for counter in COUNTERS)


@PROPERTY
@given(st.sampled_from(ZONES), st.integers(0, 4_102_444_800 * 1_000_000))
def test_table_equals_converting_the_zone(name: str, microseconds: int) -> None:
    at = EPOCH + timedelta(microseconds=microseconds)
    # Twice: the second time the quarter is remembered.
    assert [TABLES[name].find(at), TABLES[name].find(at)] == [days_numbered(ZoneInfo(name), at)] * 2


@pytest.mark.parametrize("name", ZONES)
def test_table_is_right_in_every_minute_around_a_change_of_clocks(name: str) -> None:
    zone = ZoneInfo(name)
    minutes = transitions(zone, first_year=2005, last_year=2013)
    table = TABLES[name]
    assert [at for at in minutes if table.find(at) != days_numbered(zone, at)] == []


def test_table_would_be_wrong_if_it_trusted_a_quarter_in_which_clocks_were_set_at_one_past_midnight() -> None:
    """The negative control: in St. John's the clocks went back at 00:01, so one quarter held two dates."""
    zone = ZoneInfo("America/St_Johns")
    start = datetime(2008, 11, 2, 2, 30, tzinfo=UTC)
    sunday, saturday = start.astimezone(zone), (start + timedelta(minutes=2)).astimezone(zone)
    assert (str(sunday.date()), str(saturday.date())) == ("2008-11-02", "2008-11-01")
    table = TABLES["America/St_Johns"]
    assert table.find(start) != table.find(start + timedelta(minutes=2))


@PROPERTY
@given(st.dates(), st.dates())
def test_windows_have_equal_numbers_exactly_when_they_are_the_same(first: date, second: date) -> None:
    for counter in COUNTERS:
        if counter.window == "calendar_month":
            same = month_start(first) == month_start(second)
        else:
            same = week_start(first, starts_on=counter.week_starts_on) == week_start(
                second, starts_on=counter.week_starts_on
            )
            if counter.across_months is AcrossMonths.CUT_AT_MONTH_END:
                same = same and month_start(first) == month_start(second)
        assert (window_of(counter)(first) == window_of(counter)(second)) is same
