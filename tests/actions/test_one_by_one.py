"""What fails in a job of many pieces: it is seen, and the others are done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from makegood.actions import watch_lessons as watching
from makegood.actions.one_by_one import PiecesFailed, one_by_one
from makegood.actions.transactions import Busy
from makegood.domain.lessons.models import DeskCase, Lesson
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.schools.context import in_school
from tests.cast import book, make_cast

NOON = datetime(2026, 10, 21, 12, tzinfo=UTC)


def fail(error: Exception) -> str:
    raise error


def test_every_piece_is_done_and_those_that_failed_are_named() -> None:
    done: list[str] = []
    pieces = [
        ("lesson 1", partial(fail, AssertionError("wrong"))),
        ("lesson 2", partial(done.append, "second")),
        ("lesson 3", partial(fail, LessonNotFound())),
        ("lesson 4", partial(done.append, "fourth")),
    ]

    with pytest.raises(PiecesFailed, match="2 of the pieces failed") as failed:
        one_by_one(pieces)

    assert done == ["second", "fourth"]
    assert [error.__notes__ for error in failed.value.exceptions] == [
        ["This was about lesson 1."], ["This was about lesson 3."],
    ]  # fmt: skip


def test_what_somebody_else_holds_waits_for_the_next_round() -> None:
    assert one_by_one([("lesson 1", partial(fail, Busy())), ("lesson 2", lambda: "done")]) == ["done"]


def test_a_group_of_a_school_does_not_keep_the_next_school() -> None:
    school = partial(one_by_one, [("teacher 1", partial(fail, ValueError("wrong")))])
    done: list[str] = []

    with pytest.raises(PiecesFailed):
        one_by_one([("school 1", school), ("school 2", partial(done.append, "second"))])

    assert done == ["second"]


@pytest.mark.django_db
def test_one_bad_lesson_does_not_stop_the_watching_of_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    bad = book(cast, starts_at=NOON - timedelta(hours=4))
    good = book(cast, starts_at=NOON - timedelta(hours=3))
    judge = watching.find_out

    def stumble(*, lesson: Lesson, **given: object) -> object:
        assert lesson.pk != bad.pk, "cannot be judged"
        return judge(lesson=lesson, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(watching, "find_out", stumble)

    with pytest.raises(PiecesFailed, match="1 of the pieces"):
        watching.watch_lessons(now=NOON)

    with in_school(cast.school.pk):
        assert list(DeskCase.objects.values_list("lesson_id", flat=True)) == [good.pk]
