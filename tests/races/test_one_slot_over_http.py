"""R-01 through the pages: many students press the same free time at once; one has it, nobody sees an error.

Goal: exactly one winner of each contested time, the others are told (409), nothing of 500 and above. Method: every
student is a browser of their own on a real port, and goes from time to time in the same order as the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest

from makegood import clock
from tests.bookings import NOW
from tests.databases import TestDatabase
from tests.races.arena import count_overlaps, drop_overlap_constraints, list_findings, nobody_waits
from tests.races.crowd import Crowd, make_crowd
from tests.races.over_http import Answer, Student, everybody_at_once, serving

pytestmark = pytest.mark.django_db(transaction=True)

STUDENTS = 6
SUITE, FULL = 36, 20_000
# Two hours apart, within the horizon.
MOST_CONTESTS = 600


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def press_in_turn(crowd: Crowd, student: Student, contests: range) -> list[Answer]:
    found = [crowd.contest(number) for number in contests]
    return [student.book(one.number, teacher_id=one.teacher.pk, starts_at=one.starts_at) for one in found]


def compete_over_http(crowd: Crowd, contests: range, *, students: int = STUDENTS) -> list[Answer]:
    with serving() as port:
        browsers = [Student(one, school=crowd.cast.school.slug, port=port) for one in crowd.students[:students]]
        work: list[Callable[[], list[Answer]]] = [partial(press_in_turn, crowd, one, contests) for one in browsers]
        try:
            return everybody_at_once(work)
        finally:
            for browser in browsers:
                browser.leave()
            print(f"{sum(browser.times_busy for browser in browsers)} times busy")


def test_a_time_is_booked_once_however_many_press_its_button(database: TestDatabase, is_full: bool) -> None:
    left = (FULL if is_full else SUITE) // STUDENTS
    while left > 0:
        crowd = make_crowd(slug=f"marigold-{left}", teachers=2, students=STUDENTS)
        contests = range(min(left, MOST_CONTESTS))

        answers = compete_over_http(crowd, contests)

        assert {answer.status for answer in answers} == {302, 409}
        assert Counter(answer.contest for answer in answers if answer.status == 302) == dict.fromkeys(contests, 1)
        left -= len(contests)
    assert count_overlaps(database) == 0
    assert list_findings(database) == {}


def test_two_have_the_time_without_locks_and_constraints(database: TestDatabase) -> None:
    drop_overlap_constraints(database)
    crowd = make_crowd(teachers=2, students=2)

    with pytest.MonkeyPatch.context() as patch, nobody_waits(patch, writers=2):
        answers = compete_over_http(crowd, range(1), students=2)

    assert [answer.status for answer in answers] == [302, 302]
    assert count_overlaps(database) == 1
