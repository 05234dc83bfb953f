"""Who is at the desk and one of the two people of a session leaves what is the school's to say to others there."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from makegood.actions.approve_booking import approve_booking, decline_booking
from makegood.actions.approve_move import approve_move, decline_move
from makegood.actions.book_for_somebody import book_for_somebody
from makegood.actions.book_lesson import book_lesson
from makegood.actions.book_series_for_somebody import book_series_for_somebody, preview_series_for_somebody
from makegood.actions.desk_lessons import OwnExceptions, OwnLesson, OwnStudent
from makegood.actions.series_steps import SeriesWish
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.time_checks import Leave
from makegood.domain.people.models import Membership, Role, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.cast import LONG_AGO, Cast, book, make_cast
from tests.moves import FRIDAY, NOW, WEDNESDAY, confirm, keep, lesson_of, open_mornings, set_rules

pytestmark = pytest.mark.django_db
Answer = Callable[..., object]


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    open_mornings(made)
    set_rules(made, needs_approval=True)
    with in_school(made.school.pk):
        for member in (made.sam, made.tara):
            RoleGrant.objects.create(school=made.school, membership=member, role=Role.DESK, granted_at=LONG_AGO)
    return made


def form(cast: Cast, **values: Any) -> dict[str, Any]:
    return {"school": cast.school, "door": Door.WEB, "now": NOW, "request_id": uuid.uuid4()} | values


def ask_for(cast: Cast) -> int:
    values = form(cast, actor=cast.sam, teacher_id=cast.tara.pk, starts_at=FRIDAY, minutes=50, lesson_type="regular")
    return book_lesson(**values).lesson_id


@pytest.mark.parametrize("who", ["sam", "tara"])
@pytest.mark.parametrize(
    ("verb", "more"),
    [(approve_booking, {}), (decline_booking, {"reason": "No"})],
    ids=["approve", "refuse"],
)
def test_nobody_answers_a_booking_of_their_own(cast: Cast, who: str, verb: Answer, more: dict[str, str]) -> None:
    asked = ask_for(cast)

    with pytest.raises(OwnLesson):
        verb(**form(cast, actor=getattr(cast, who), lesson_id=asked, **more))

    assert lesson_of(cast, asked).status == LessonStatus.REQUESTED


@pytest.mark.parametrize("who", ["sam", "tara"])
@pytest.mark.parametrize(
    ("verb", "more"), [(approve_move, {}), (decline_move, {"reason": "No"})], ids=["approve", "refuse"]
)
def test_nobody_answers_a_move_of_their_own(cast: Cast, who: str, verb: Answer, more: dict[str, str]) -> None:
    lesson = book(cast, starts_at=WEDNESDAY)
    asked = confirm(cast, lesson, keep(cast, lesson).hold_id).move_request_id

    with pytest.raises(OwnLesson):
        verb(**form(cast, actor=getattr(cast, who), move_request_id=asked, **more))

    assert lesson_of(cast, lesson.pk).starts_at == WEDNESDAY


def test_who_is_alone_at_the_desk_answers_because_it_would_lapse(cast: Cast) -> None:
    asked = ask_for(cast)
    with in_school(cast.school.pk):
        RoleGrant.objects.filter(role=Role.DESK).exclude(membership=cast.tara).update(ended_at=NOW)

    approve_booking(**form(cast, actor=cast.tara, lesson_id=asked))

    assert lesson_of(cast, asked).status == LessonStatus.BOOKED


EVENING = FRIDAY + timedelta(hours=9)
ANY_TIME = Leave(any_time=True)


def book_once(cast: Cast, actor: Membership, leave: Leave) -> list[int]:
    values = form(cast, actor=actor, teacher_id=cast.tara.pk, student_id=cast.sam.pk, reason="R", leave=leave)
    return [book_for_somebody(**values, starts_at=EVENING, minutes=50, lesson_type="regular").lesson_id]


def book_weeks(cast: Cast, actor: Membership, leave: Leave) -> tuple[int, ...]:
    wish = SeriesWish.beginning(EVENING, zone="America/New_York", minutes=50, lesson_type="regular", count=2)
    values = form(cast, actor=actor, teacher_id=cast.tara.pk, student_id=cast.sam.pk, wish=wish, leave=leave)
    preview_series_for_somebody(**{name: one for name, one in values.items() if name != "request_id"})
    return book_series_for_somebody(**values, reason="R").lesson_ids


@pytest.mark.parametrize("verb", [book_once, book_weeks])
@pytest.mark.parametrize("leave", [ANY_TIME, Leave(any_notice=True), Leave(any_time=True, on_holidays=True)])
def test_nobody_leaves_the_rules_aside_for_themselves(cast: Cast, verb: Answer, leave: Leave) -> None:
    with pytest.raises(OwnExceptions):
        verb(cast, cast.sam, leave)

    with in_school(cast.school.pk):
        assert Lesson.objects.count() == 0
    # Somebody else at the desk may.
    verb(cast, cast.desi, ANY_TIME)


@pytest.mark.parametrize("verb", [book_once, book_weeks])
def test_a_teacher_at_the_desk_proposes_and_does_not_book_their_student(cast: Cast, verb: Answer) -> None:
    """It would be paid, and used where the student cannot cancel free any more, at nobody's wish but the teacher's."""
    with pytest.raises(OwnStudent):
        verb(cast, cast.tara, Leave())
    with pytest.raises((OwnStudent, OwnExceptions)):
        verb(cast, cast.tara, ANY_TIME)

    with in_school(cast.school.pk):
        assert Lesson.objects.count() == 0


@pytest.mark.parametrize("verb", [book_once, book_weeks])
@pytest.mark.parametrize("who", ["sam", "tara"])
def test_who_is_alone_at_the_desk_books_for_themselves_and_leaves_the_rules_aside(
    cast: Cast, who: str, verb: Answer
) -> None:
    with in_school(cast.school.pk):
        RoleGrant.objects.filter(role=Role.DESK).exclude(membership=getattr(cast, who)).update(ended_at=NOW)

    assert verb(cast, getattr(cast, who), ANY_TIME)
