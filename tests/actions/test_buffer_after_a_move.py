"""The free minutes after each lesson hold also where a lesson moved to, and where an undone move brought it back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from makegood.actions.undo_move_answer import undo_move_answer
from makegood.actions.undo_reschedule import undo_reschedule
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.time_checks import SlotTaken
from makegood.domain.people.models import Membership, Role
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.bookings import book as book_as
from tests.cast import Cast, add_member, book, make_cast
from tests.moves import NOW, THURSDAY, WEDNESDAY, answer, ask, lesson_of, open_mornings, reschedule, set_rules

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
Undo = Callable[[], object]


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    open_mornings(made)
    set_rules(made, buffer_minutes=15)
    return made


@pytest.fixture
def sue(cast: Cast) -> Membership:
    with in_school(cast.school.pk):
        return add_member(cast.school, code="sue", name="Sue", role=Role.STUDENT, zone="Europe/Berlin")


def by_the_student(cast: Cast, lesson: Lesson) -> Undo:
    reschedule(cast, lesson)
    return lambda: undo_reschedule(
        school=cast.school, actor=cast.sam, lesson_id=lesson.pk, door=Door.WEB, now=NOW
    )  # fmt: skip


def by_an_answer(cast: Cast, lesson: Lesson) -> Undo:
    asked = ask(cast, lesson)
    answer(cast, asked)
    return lambda: undo_move_answer(
        school=cast.school, actor=cast.sam, move_request_id=asked.move_request_id, request_id=uuid.uuid4(),
        door=Door.WEB, now=NOW,
    )  # fmt: skip


@pytest.mark.parametrize("move", [by_the_student, by_an_answer])
def test_nobody_books_right_behind_a_lesson_that_moved_there_or_back(
    cast: Cast, sue: Membership, move: Callable[[Cast, Lesson], Undo]
) -> None:
    def book_behind(starts_at: datetime) -> None:
        with pytest.raises(SlotTaken):
            book_as(cast, actor=sue, starts_at=starts_at + HOUR, now=NOW)

    lesson = book(cast, starts_at=WEDNESDAY)
    undo = move(cast, lesson)
    assert lesson_of(cast, lesson.pk).starts_at == THURSDAY
    book_behind(THURSDAY)

    undo()

    assert lesson_of(cast, lesson.pk).starts_at == WEDNESDAY
    book_behind(WEDNESDAY)
    # Ten minutes after its end are too few; forty are enough.
    assert book_as(cast, actor=sue, starts_at=WEDNESDAY + 1.5 * HOUR, now=NOW).lesson_id
