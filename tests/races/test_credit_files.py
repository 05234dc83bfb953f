"""Files of lesson credits that arrive at once: each id is given once, and whoever comes second is told so.

Goal: nobody sees an error, and no id gives credits twice. Method: files with the same ids race, in some the same file,
in others with another student under each id, the ids in any order. Negative control: without the lock of imports the
second writer meets the database's own refusal.
"""

from __future__ import annotations

import random
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError

from makegood.actions import import_credits as importing
from makegood.actions.import_credits import FileHasProblems, import_credits
from makegood.domain.ledger.models import CreditGrant
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.databases import TestDatabase
from tests.races.arena import CONNECTIONS, Attempt, Deed, Race, compete, list_findings
from tests.races.crowd import Crowd, make_crowd

pytestmark = pytest.mark.django_db(transaction=True)

SUITE, FULL = 8, 400
IDS = 3


def bring_in(crowd: Crowd, text: str) -> Deed:
    return partial(
        import_credits, school=crowd.cast.school, actor=crowd.cast.desi, text=text, door=Door.WEB, now=crowd.now
    )


def write_file(contest: int, student: str, order: random.Random) -> str:
    """A file in which one student gets two credits under each id of the contest."""
    ids = [f"order-{contest}-{number}" for number in range(IDS)]
    order.shuffle(ids)
    return "\n".join(["student,credits,expires_on,external_id", *(f"{student},2,,{one}" for one in ids)])


def race(crowd: Crowd, contests: int, codes: list[str]) -> Race:
    order = random.Random(20_261_123)
    return compete(
        [
            Attempt(contest=contest, deed=bring_in(crowd, write_file(contest, code, order)))
            for contest in range(contests)
            for code in codes
        ]
    )


def ids_given(crowd: Crowd) -> list[str | None]:
    with in_school(crowd.cast.school.pk):
        return sorted(CreditGrant.objects.values_list("external_id", flat=True))


def test_of_files_that_give_one_id_to_different_students_one_is_imported(
    *, is_full: bool, database: TestDatabase
) -> None:
    crowd, contests = make_crowd(teachers=0, students=CONNECTIONS), FULL if is_full else SUITE

    ended = race(crowd, contests, [student.code for student in crowd.students])

    ended.assert_civil()
    assert ended.wins() == dict.fromkeys(range(contests), 1)
    assert ended.refusals() == {FileHasProblems}
    assert ids_given(crowd) == sorted(
        f"order-{contest}-{number}" for contest in range(contests) for number in range(IDS)
    )
    assert list_findings(database) == {}


def test_the_same_file_sent_at_once_gives_its_credits_once_and_the_others_hear_that_they_are_known(
    *, is_full: bool, database: TestDatabase
) -> None:
    crowd, contests = make_crowd(teachers=0, students=1), FULL if is_full else SUITE

    ended = race(crowd, contests, [crowd.students[0].code] * CONNECTIONS)

    ended.assert_civil()
    plans = sorted((one.contest, one.result.total, one.result.known) for one in ended.ended if one.has_won)
    gave = [(contest, 2 * IDS, 0) for contest in range(contests)]
    knew = [(contest, 0, IDS) for contest in range(contests) for _other in range(CONNECTIONS - 1)]
    assert (plans, ended.refusals()) == (sorted(gave + knew), set())
    assert list_findings(database) == {}


def test_without_the_lock_of_imports_the_second_meets_the_constraint(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = make_crowd(teachers=0, students=2)
    have_checked = Barrier(2, timeout=60)
    grant = importing.lesson_credits.grant

    def grant_together(**values: Any) -> Any:
        have_checked.wait()
        return grant(**values)

    monkeypatch.setattr(importing, "lock_imports", lambda **_: None)
    monkeypatch.setattr(importing.lesson_credits, "grant", grant_together)
    texts = [f"student,credits,expires_on,external_id\n{one.code},2,,order-1" for one in crowd.students]

    ended = compete([Attempt(contest=1, deed=bring_in(crowd, text)) for text in texts], at_once=2)

    assert [type(error) for error in ended.errors()] == [IntegrityError]
