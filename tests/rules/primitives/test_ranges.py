"""Counts and maxima over ranges agree with looking at every member."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from makegood.rules.assess import assess
from makegood.rules.facts import ConsequenceKind
from makegood.rules.primitives.ranges import Latest, Tally, longest_cover
from tests.rules.cast import HOUR, TRUST, incident

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@given(st.permutations(range(12)))
def test_tally_counts_what_is_taken_before_a_place(order: list[int]) -> None:
    tally = Tally(12)
    taken: list[int] = []
    for place in order:
        tally.take(place)
        taken.append(place)
        assert [tally.count_before(end) for end in range(13)] == [sum(one < end for one in taken) for end in range(13)]


@given(st.lists(st.integers(0, 100), min_size=1, max_size=20))
def test_latest_is_the_maximum_of_every_range(hours: list[int]) -> None:
    instants = [NEW_YEAR + timedelta(hours=hour) for hour in hours]
    latest = Latest(instants)
    for first in range(len(instants)):
        for end in range(first + 1, len(instants) + 1):
            assert latest.between(first, end) == max(instants[first:end])


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)).map(sorted).map(tuple), max_size=15))
def test_longest_cover_is_the_longest_range_over_each_place(ranges: list[tuple[int, int]]) -> None:
    assert longest_cover(12, ranges) == [
        max((end - first for first, end in ranges if first <= place < end), default=0) for place in range(12)
    ]


def test_history_of_thousands_in_one_window_is_assessed_without_comparing_each_with_each() -> None:
    history = [
        incident((NEW_YEAR + timedelta(minutes=30 * number)).strftime("%Y-%m-%d %H:%M"), early=HOUR)
        for number in range(8000)
    ]
    found = assess(history, TRUST)
    assert [one.counts["six_months"] for one in found.assessments] == list(range(1, 8001))
    assert [one.kind for one in found.consequences] == [
        ConsequenceKind.DEPRIORITIZE,
        ConsequenceKind.REVIEW_FOR_TERMINATION,
    ]
