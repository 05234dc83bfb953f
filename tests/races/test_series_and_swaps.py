"""R-10: weekly series and changes of mind in any order. Whole or nothing, and nobody ever sees a deadlock.

Goal: locks are taken in one order, so that no two wait for each other; and where they do, the product tries again.
Method: students book series that cross each other, hold a time of one teacher while others hold theirs, book what they
hold, and undo what they booked to take each other's time.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any

import psycopg
import pytest

from makegood.actions.book_lesson import HoldLapsed
from makegood.actions.hold_slot import SlotHeld
from makegood.actions.series_steps import SeriesBooked, SeriesHasProblems
from makegood.actions.taking_steps import LessonBooked
from makegood.actions.transactions import in_one_transaction
from makegood.actions.undo_booking import BookingUndoTooLate
from makegood.database import retry
from makegood.domain.lessons.models import Lesson, LessonSeries, LessonStatus
from makegood.domain.lessons.time_checks import SlotTaken, StudentDoubleBooked
from makegood.domain.people.models import Membership
from makegood.domain.people.roster import lock_member
from makegood.domain.schools.context import in_school
from tests.databases import TestDatabase
from tests.races.arena import (
    CONNECTIONS,
    Attempt,
    Deed,
    Race,
    compete,
    count_overlaps,
    drop_overlap_constraints,
    list_findings,
    nobody_waits,
)
from tests.races.crowd import FIRST, Crowd, make_crowd

pytestmark = pytest.mark.django_db(transaction=True)

SUITE, FULL = 120, 10_000
WEEKS = 4
EXPECTED = {SlotTaken, StudentDoubleBooked, SeriesHasProblems, HoldLapsed, BookingUndoTooLate}
"""The refusals that fit: whoever comes second finds the time taken, the hold gone, or the booking too old to undo."""


def in_turn(*steps: Callable[[Any], Deed]) -> Deed:
    """One deed of several transactions, each made of what the one before gave."""

    def run() -> Any:
        result: Any = None
        for step in steps:
            result = step(result)()
        return result

    return run


class Changing:
    """Students at random, among few teachers and few times, so that everything crosses."""

    def __init__(self, crowd: Crowd, *, seed: int) -> None:
        self.crowd = crowd
        self.chance = random.Random(seed)

    def make(self, number: int) -> Deed:
        kinds = (self.series, self.hold_and_book, self.swap, self.hold_again)
        return kinds[number % len(kinds)]()

    def series(self) -> Deed:
        """Four weeks, or nothing: the student's own booking, or the desk's for them."""
        book = self.chance.choice((self.crowd.book_weekly, self.crowd.book_weekly_by_desk))
        return book(
            self._student(), self._teacher(), weekday=self.chance.randrange(5), hour=self.chance.randrange(8, 20),
            count=WEEKS,
        )  # fmt: skip

    def hold_and_book(self) -> Deed:
        student, teacher, start = self._student(), self._teacher(), self._start()

        def book(held: SlotHeld) -> Deed:
            return self.crowd.book_held(student, held.lesson_id)

        return in_turn(lambda _: self.crowd.hold(student, teacher, start), book)

    def hold_again(self) -> Deed:
        """Hold one teacher's time, then another's, which lets the first go: three rows to lock, of two teachers."""
        student, one, other, start = self._student(), self._teacher(), self._teacher(), self._start()
        return in_turn(
            lambda _: self.crowd.hold(student, one, start), lambda _: self.crowd.hold(student, other, self._start())
        )

    def swap(self) -> Deed:
        """Book with one teacher, undo it, and book the same time with another, as others do the other way round."""
        student, one, other, start = self._student(), self._teacher(), self._teacher(), self._start()

        def undo(booked: LessonBooked) -> Deed:
            return self.crowd.undo(student, booked.lesson_id)

        return in_turn(
            lambda _: self.crowd.book(student, one, start), undo, lambda _: self.crowd.book(student, other, start)
        )

    def _student(self) -> Membership:
        return self.chance.choice(self.crowd.students)

    def _teacher(self) -> Membership:
        return self.chance.choice(self.crowd.teachers)

    def _start(self) -> datetime:
        """In the first two weeks of the series, at an hour that they may have, too."""
        return FIRST + timedelta(days=self.chance.choice((0, 1, 2, 7, 8)), hours=self.chance.randrange(7, 19))


def list_series(crowd: Crowd) -> list[list[str]]:
    """What became of the lessons of each series."""
    with in_school(crowd.cast.school.pk):
        series = list(LessonSeries.objects.order_by("pk").values_list("pk", flat=True))
        lessons = list(Lesson.objects.exclude(series=None).values_list("series_id", "status"))
    return [[status for its_series, status in lessons if its_series == one] for one in series]


def test_series_and_swaps_in_any_order_are_whole_or_nothing(database: TestDatabase, is_full: bool) -> None:
    rounds = FULL // SUITE if is_full else 1
    for number in range(rounds):
        crowd = make_crowd(slug=f"marigold-{number}", teachers=4, students=8)
        changing = Changing(crowd, seed=number)
        attempts = [Attempt(contest=number, deed=changing.make(number)) for number in range(SUITE)]

        race = compete(attempts, at_once=CONNECTIONS)

        race.assert_civil()
        assert race.refusals() <= EXPECTED
        booked = [one.result for one in race.ended if isinstance(one.result, SeriesBooked)]
        assert list_series(crowd) == [[LessonStatus.BOOKED] * WEEKS] * len(booked)
        assert 0 < len(booked) < SUITE // 4
    assert count_overlaps(database) == 0
    assert list_findings(database) == {}


def series_against_its_third_week(crowd: Crowd) -> list[Attempt]:
    """A series, and a lesson in its third week; each had found the time free."""
    teacher = crowd.teachers[0]
    series = crowd.book_weekly(crowd.students[0], teacher, weekday=0, hour=10, count=WEEKS)
    # Ten o'clock in Berlin in winter.
    single = crowd.book(crowd.students[1], teacher, FIRST + timedelta(weeks=2, hours=9))
    return [Attempt(contest="third week", deed=series), Attempt(contest="third week", deed=single)]


def test_a_series_that_loses_one_week_at_the_last_moment_leaves_nothing(database: TestDatabase) -> None:
    crowd = make_crowd(teachers=2, students=2)

    with pytest.MonkeyPatch.context() as patch, nobody_waits(patch, writers=2):
        race = compete(series_against_its_third_week(crowd), at_once=2)

    race.assert_civil()
    assert race.wins() == {"third week": 1}
    assert race.refusals() == {SlotTaken}
    has_series = any(isinstance(one.result, SeriesBooked) for one in race.ended)
    assert list_series(crowd) == ([[LessonStatus.BOOKED] * WEEKS] if has_series else [])
    assert count_overlaps(database) == 0


def test_a_series_overlaps_without_locks_and_constraints(database: TestDatabase) -> None:
    drop_overlap_constraints(database)
    crowd = make_crowd(teachers=2, students=2)

    with pytest.MonkeyPatch.context() as patch, nobody_waits(patch, writers=2):
        race = compete(series_against_its_third_week(crowd), at_once=2)

    assert race.wins() == {"third week": 2}
    assert count_overlaps(database) == 1


def lock_crosswise(crowd: Crowd) -> Race:
    """Two transactions that each have locked what the other one wants next."""
    both_have_one = Barrier(2, timeout=60)
    school_id = crowd.cast.school.pk
    met: set[int] = set()

    def lock(first: Membership, then: Membership) -> str:
        lock_member(school_id=school_id, membership_id=first.pk)
        if first.pk not in met:
            met.add(first.pk)
            both_have_one.wait()
        return lock_member(school_id=school_id, membership_id=then.pk).code

    one, other = crowd.teachers[:2]
    orders = [(one, other), (other, one)]
    deeds = [partial(in_one_transaction, school_id, partial(lock, first, then)) for first, then in orders]
    return compete([Attempt(contest="both", deed=deed) for deed in deeds], at_once=2)


def test_a_deadlock_is_tried_again_and_not_seen() -> None:
    race = lock_crosswise(make_crowd(teachers=2, students=2))

    race.assert_civil()
    assert sorted(one.result for one in race.ended) == ["t0", "t1"]
    assert race.most_retries() == 1


def test_a_deadlock_is_seen_without_the_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "RETRIES", 0)

    race = lock_crosswise(make_crowd(teachers=2, students=2))

    (error,) = race.errors()
    assert isinstance(error.__cause__, psycopg.errors.DeadlockDetected)
