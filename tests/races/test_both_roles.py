"""R-01 once more, for people who teach and learn: all want one who is a teacher to some and a student to others.

Goal: nobody is in two places. No constraint of the database sees that; the locks of both people do.
"""

from __future__ import annotations

import pytest

from makegood.domain.lessons.time_checks import SlotTaken, StudentDoubleBooked
from makegood.domain.people.models import Role, RoleGrant
from makegood.domain.schools.context import in_school
from tests.cast import LONG_AGO
from tests.databases import TestDatabase
from tests.races.arena import Attempt, Deed, Race, compete, list_findings, nobody_waits
from tests.races.crowd import Contest, Crowd, make_crowd

pytestmark = pytest.mark.django_db(transaction=True)

SUITE, FULL = 12, 600


def make_school() -> Crowd:
    """Every teacher learns, too."""
    crowd = make_crowd(teachers=8, students=8)
    with in_school(crowd.cast.school.pk):
        for member in crowd.teachers:
            RoleGrant.objects.create(
                school=crowd.cast.school, membership=member, role=Role.STUDENT, granted_at=LONG_AGO
            )
    return crowd


def everybody_wants_one(crowd: Crowd, contest: Contest) -> list[Deed]:
    """Two want to learn of one teacher, who wants to learn of a colleague, who wants to learn of that one."""
    wanted, colleague, at = contest.teacher, contest.spare, contest.starts_at
    return [
        crowd.book(contest.students[0], wanted, at),
        crowd.book(wanted, colleague, at),
        crowd.book(colleague, wanted, at),
        crowd.hold(wanted, colleague, at),
        crowd.book_by_desk(contest.students[1], wanted, at),
    ]


def run(crowd: Crowd, count: int) -> Race:
    contests = [crowd.contest(number) for number in range(count)]
    return compete(
        [Attempt(contest=one.number, deed=deed) for one in contests for deed in everybody_wants_one(crowd, one)]
    )


def test_who_teaches_and_learns_is_in_one_place(database: TestDatabase, is_full: bool) -> None:
    crowd, count = make_school(), FULL if is_full else SUITE

    race = run(crowd, count)

    race.assert_civil()
    # A hold gives way to what its holder chooses next, in the next contest.
    assert set(race.wins().values()) == {1}
    assert race.refusals() <= {SlotTaken, StudentDoubleBooked}
    assert list_findings(database) == {}


def test_without_the_locks_one_is_in_two_places(database: TestDatabase) -> None:
    """The control, which the auditor finds."""
    crowd = make_school()
    contest = crowd.contest(0)
    teaching, learning, *_others = everybody_wants_one(crowd, contest)

    with pytest.MonkeyPatch.context() as patch, nobody_waits(patch, writers=2):
        race = compete([Attempt(contest=0, deed=deed) for deed in (teaching, learning)], at_once=2)

    assert race.wins() == {0: 2}
    assert [name for name in list_findings(database) if "overlap" in name] == ["lessons do not overlap"]
