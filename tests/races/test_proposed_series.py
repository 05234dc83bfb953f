"""Weekly sessions that a teacher proposes, against somebody who books one of their times: one of them has it.

Goal: a proposed series is kept, and later booked, whole or not at all. Method: a single booking of its third week races
with the proposal, and with its acceptance in the last moment before it lapses, on connections of their own.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from makegood.actions.series_steps import SeriesHasProblems
from makegood.actions.waiting_lessons import NothingToAnswer
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.time_checks import SlotTaken
from makegood.domain.schools.context import in_school
from tests.databases import TestDatabase
from tests.races.arena import Attempt, compete, count_overlaps, list_findings, nobody_waits
from tests.races.crowd import FIRST, Crowd, make_crowd

pytestmark = pytest.mark.django_db(transaction=True)

WEEKS = 4
ROUNDS = 6


def third_week(round_number: int) -> datetime:
    """Ten o'clock in Berlin in winter, an hour later in each round."""
    return FIRST + timedelta(weeks=2, hours=9 + round_number)


def make_known(crowd: Crowd) -> None:
    """The teacher and the student who is asked have met, far from what is contested."""
    crowd.book(crowd.students[0], crowd.teachers[0], FIRST + timedelta(days=3))()


def statuses(crowd: Crowd) -> set[tuple[str, ...]]:
    """What became of the lessons of each series."""
    with in_school(crowd.cast.school.pk):
        rows = list(Lesson.objects.exclude(series=None).order_by("series_position").values_list("series_id", "status"))
    return {tuple(status for its, status in rows if its == one) for one, _status in rows}


def test_a_proposal_and_a_booking_of_its_third_week_have_one_winner(database: TestDatabase) -> None:
    crowd = make_crowd(teachers=2, students=2)
    make_known(crowd)
    attempts = []
    for number in range(ROUNDS):
        whole = crowd.propose_weekly(crowd.teachers[0], crowd.students[0], weekday=0, hour=10 + number, count=WEEKS)
        single = crowd.book(crowd.students[1], crowd.teachers[0], third_week(number))
        deeds = [whole, single] if number % 2 else [single, whole]
        attempts += [Attempt(contest=number, deed=deed) for deed in deeds]

    race = compete(attempts, at_once=2)

    race.assert_civil()
    assert race.wins() == dict.fromkeys(range(ROUNDS), 1)
    assert race.refusals() <= {SlotTaken, SeriesHasProblems}
    assert statuses(crowd) <= {(LessonStatus.REQUESTED,) * WEEKS}
    assert count_overlaps(database) == 0
    assert list_findings(database) == {}


def test_both_had_found_the_time_free_and_the_series_is_whole_or_nothing(database: TestDatabase) -> None:
    crowd = make_crowd(teachers=2, students=2)
    make_known(crowd)
    whole = crowd.propose_weekly(crowd.teachers[0], crowd.students[0], weekday=0, hour=10, count=WEEKS)
    single = crowd.book(crowd.students[1], crowd.teachers[0], third_week(0))

    with pytest.MonkeyPatch.context() as patch, nobody_waits(patch, writers=2):
        race = compete([Attempt(contest="third week", deed=deed) for deed in (whole, single)], at_once=2)

    race.assert_civil()
    assert race.wins() == {"third week": 1}
    assert race.refusals() == {SlotTaken}
    assert statuses(crowd) <= {(LessonStatus.REQUESTED,) * WEEKS}
    assert count_overlaps(database) == 0


def test_accepting_in_the_last_moment_and_a_booking_after_it_have_one_winner(database: TestDatabase) -> None:
    crowd = make_crowd(teachers=2, students=2)
    make_known(crowd)
    attempts = []
    for number in range(ROUNDS):
        proposed = crowd.propose_weekly(
            crowd.teachers[0], crowd.students[0], weekday=0, hour=10 + number, count=WEEKS
        )()
        # Whoever books reads a clock that is past the end; whoever accepts reads one that is not.
        accepted = crowd.accept(
            crowd.students[0], proposed.lesson_ids[0], now=proposed.answer_by - timedelta(seconds=1)
        )
        single = crowd.book(crowd.students[1], crowd.teachers[0], third_week(number), now=proposed.answer_by)
        deeds = [accepted, single] if number % 2 else [single, accepted]
        attempts += [Attempt(contest=number, deed=deed) for deed in deeds]

    race = compete(attempts, at_once=2)

    race.assert_civil()
    assert race.wins() == dict.fromkeys(range(ROUNDS), 1)
    assert race.refusals() <= {SlotTaken, NothingToAnswer}
    assert statuses(crowd) <= {(LessonStatus.BOOKED,) * WEEKS, (LessonStatus.RELEASED,) * WEEKS}
    assert count_overlaps(database) == 0
    assert list_findings(database) == {}
