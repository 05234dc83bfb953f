"""How many minutes are enough, and whether so many were taught, are one question."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from makegood.rules.primitives.minutes_taught import find_enough_minutes
from makegood.rules.settings.pricing import Begun


@given(share=st.integers(1, 10_000), lesson=st.integers(1, 1440), taught=st.integers(0, 1440))
def test_a_share_is_reached_by_exactly_the_minutes_that_are_enough(share: int, lesson: int, taught: int) -> None:
    enough = find_enough_minutes(Begun(enough_share_bp=share), lesson_minutes=lesson)

    assert enough <= lesson
    assert (taught >= enough) is (taught * 10_000 >= share * lesson)


@given(minutes=st.integers(1, 1440), lesson=st.integers(1, 1440))
def test_the_whole_lesson_is_enough_where_it_is_shorter(minutes: int, lesson: int) -> None:
    assert find_enough_minutes(Begun(enough_minutes=minutes), lesson_minutes=lesson) == min(minutes, lesson)
