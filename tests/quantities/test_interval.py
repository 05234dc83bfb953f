"""Intervals are half-open and aware."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from makegood.quantities import Interval

NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)
ELEVEN = NINE + timedelta(hours=2)


def test_the_start_lies_inside_and_the_end_outside() -> None:
    interval = Interval(NINE, TEN)
    assert (NINE in interval, TEN in interval) == (True, False)


def test_back_to_back_intervals_do_not_overlap() -> None:
    assert not Interval(NINE, TEN).overlaps(Interval(TEN, ELEVEN))


@pytest.mark.parametrize("other", [Interval(NINE, None), Interval(TEN, ELEVEN), Interval(NINE, ELEVEN)])
def test_intervals_that_share_an_instant_overlap_both_ways(other: Interval) -> None:
    open_ended = Interval(TEN, None)
    assert (open_ended.overlaps(other), other.overlaps(open_ended)) == (True, True)


@pytest.mark.parametrize("end", [NINE, NINE - timedelta(seconds=1)])
def test_an_interval_ends_after_it_starts(end: datetime) -> None:
    with pytest.raises(ValueError, match="ends after it starts"):
        Interval(NINE, end)


def test_naive_ends_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Interval(NINE.replace(tzinfo=None), None)
