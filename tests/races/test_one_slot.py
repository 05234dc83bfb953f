"""R-01: many book the same time, or one that overlaps it by a minute. One of them gets it, the others are told so.

Goal: no two live lessons of a teacher or a student overlap, ever. Method: students and the desk book through the
product's verbs on real connections; afterwards the calendar is walked by the auditor, who knows nothing of the locks.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from makegood.domain.lessons.time_checks import SlotTaken, StudentDoubleBooked
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
from tests.races.crowd import Contest, Crowd, make_crowd

pytestmark = pytest.mark.django_db(transaction=True)

CONTESTANTS = 8
SUITE, FULL = 5_000, 80_000
MINUTE = timedelta(minutes=1)
LENGTH = timedelta(minutes=50)


def same_time(crowd: Crowd, contest: Contest) -> list[Deed]:
    return [crowd.book(student, contest.teacher, contest.starts_at) for student in contest.students]


def overlapping_by_a_minute(crowd: Crowd, contest: Contest) -> list[Deed]:
    return _early_and_late(crowd, contest, late_at=contest.starts_at + LENGTH - MINUTE)


def back_to_back(crowd: Crowd, contest: Contest) -> list[Deed]:
    return _early_and_late(crowd, contest, late_at=contest.starts_at + LENGTH)


def _early_and_late(crowd: Crowd, contest: Contest, *, late_at: datetime) -> list[Deed]:
    early, late = contest.students[::2], contest.students[1::2]
    return [
        *(crowd.book(student, contest.teacher, contest.starts_at) for student in early),
        *(crowd.book_by_desk(student, contest.teacher, late_at) for student in late),
    ]


def one_student_two_teachers(crowd: Crowd, contest: Contest) -> list[Deed]:
    student, late_at = contest.students[0], contest.starts_at + LENGTH - MINUTE
    return [
        crowd.book_by_desk(student, teacher, starts_at)
        for teacher, starts_at in ((contest.teacher, contest.starts_at), (contest.spare, late_at))
        for _ in range(CONTESTANTS // 2)
    ]


# What is contested, and how many can have it.
CONTESTS: list[tuple[Callable[[Crowd, Contest], list[Deed]], int]] = [
    (same_time, 1),
    (overlapping_by_a_minute, 1),
    (back_to_back, 2),
    (one_student_two_teachers, 1),
]


def make_attempts(crowd: Crowd, count: int) -> tuple[list[Attempt], dict[int, int]]:
    """So many attempts, contest after contest, and how many of each contest must win."""
    chance = random.Random(20261122)
    attempts: list[Attempt] = []
    winners = {}
    for number in range(count // CONTESTANTS):
        kind, winners[number] = CONTESTS[number % len(CONTESTS)]
        deeds = kind(crowd, crowd.contest(number))
        chance.shuffle(deeds)
        attempts += [Attempt(contest=number, deed=deed) for deed in deeds]
    return attempts, winners


@pytest.mark.slow
def test_a_time_is_booked_once_however_many_want_it(database: TestDatabase, is_full: bool) -> None:
    lanes = 16
    crowd = make_crowd(teachers=2 * lanes, students=CONTESTANTS * lanes)
    attempts, winners = make_attempts(crowd, FULL if is_full else SUITE)

    race = compete(attempts, at_once=24 if is_full else CONNECTIONS)

    race.assert_civil()
    assert race.wins() == winners
    assert race.refusals() == {SlotTaken, StudentDoubleBooked}
    assert race.p99_seconds() <= (1 if is_full else 5)
    assert count_overlaps(database) == 0
    assert list_findings(database) == {}


def both_look_then_both_write(crowd: Crowd) -> Race:
    """Two who both found the time free before either wrote, for each of the kinds of contest."""
    race = Race()
    for number, (kind, _winners) in enumerate(CONTESTS):
        if kind is back_to_back:
            continue
        deeds = kind(crowd, crowd.contest(number))
        pair = [Attempt(contest=number, deed=deeds[0]), Attempt(contest=number, deed=deeds[-1])]
        with pytest.MonkeyPatch.context() as patch, nobody_waits(patch, writers=2):
            race.ended += compete(pair, at_once=2).ended
    return race


def test_the_database_alone_refuses_the_second_and_it_is_said_in_the_same_words(database: TestDatabase) -> None:
    race = both_look_then_both_write(make_crowd(teachers=2, students=CONTESTANTS))

    race.assert_civil()
    assert list(race.wins().values()) == [1, 1, 1]
    assert race.refusals() == {SlotTaken, StudentDoubleBooked}
    assert count_overlaps(database) == 0


def test_both_get_the_time_without_locks_and_constraints(database: TestDatabase) -> None:
    drop_overlap_constraints(database)

    race = both_look_then_both_write(make_crowd(teachers=2, students=CONTESTANTS))

    assert list(race.wins().values()) == [2, 2, 2]
    assert count_overlaps(database) == 3
