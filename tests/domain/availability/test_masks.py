"""Weeks as bits, against counting by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from makegood.domain.availability import masks
from makegood.quantities import Interval

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def test_weeks_begin_on_mondays_of_utc() -> None:
    assert masks.week_of(MONDAY) == MONDAY
    assert masks.week_of(MONDAY - timedelta(seconds=1)) == MONDAY - masks.WEEK
    assert masks.list_weeks(from_at=MONDAY, until_at=MONDAY + masks.WEEK) == [MONDAY]
    assert masks.list_weeks(from_at=MONDAY, until_at=MONDAY + masks.WEEK + masks.STEP) == [MONDAY, MONDAY + masks.WEEK]


def test_a_touched_step_is_busy_and_not_available() -> None:
    odd = Interval(MONDAY + timedelta(minutes=10), MONDAY + timedelta(minutes=50))

    busy = masks.fill_weeks(intervals=[odd], weeks=[MONDAY], whole_steps=False)[MONDAY]
    available = masks.fill_weeks(intervals=[odd], weeks=[MONDAY], whole_steps=True)[MONDAY]

    assert (busy[0], available[0]) == (0b1111, 0b110)


@given(
    start=st.integers(min_value=-20160, max_value=20160),
    minutes=st.integers(min_value=1, max_value=15000),
    is_whole=st.booleans(),
)
def test_masks_say_of_each_step_what_its_interval_says(start: int, minutes: int, is_whole: bool) -> None:
    interval = Interval(MONDAY + timedelta(minutes=start), MONDAY + timedelta(minutes=start + minutes))

    mask = masks.fill_weeks(intervals=[interval], weeks=[MONDAY], whole_steps=is_whole)[MONDAY]

    bits = int.from_bytes(mask, "little")
    for step in range(masks.WEEK_STEPS):
        its = Interval(MONDAY + step * masks.STEP, MONDAY + (step + 1) * masks.STEP)
        inside = interval.start <= its.start and interval.end is not None and its.end <= interval.end
        assert bool(bits >> step & 1) == (inside if is_whole else its.overlaps(interval))
