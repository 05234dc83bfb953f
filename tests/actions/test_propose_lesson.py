"""A teacher proposes, the student answers."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from makegood.actions.answer_proposal import answer_proposal
from makegood.actions.booking_steps import StudentNotFound
from makegood.actions.let_go import let_go
from makegood.actions.propose_lesson import propose_lesson
from makegood.actions.undo_booking import undo_booking
from makegood.actions.waiting_lessons import NothingToAnswer
from makegood.domain.ledger.credits import NotEnoughCredits
from makegood.domain.lessons.models import LessonStatus
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.lessons.time_checks import Holiday, StudentDoubleBooked, TooSoon
from makegood.domain.notifications.models import Message
from makegood.domain.people.models import Role
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests import cast as casting
from tests.bookings import (
    NOW,
    TUESDAY_NINE,
    add_founders_day,
    busy_steps,
    count_credits,
    give_credits,
    lesson_of,
    open_mornings,
    set_rules,
)
from tests.cast import Cast, add_member, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    open_mornings(made)
    casting.book(made, starts_at=NOW + timedelta(days=20))
    return made


def propose(cast: Cast, **changes: Any) -> Any:
    values: dict[str, Any] = {
        "school": cast.school, "actor": cast.tara, "student_id": cast.sam.pk, "starts_at": TUESDAY_NINE, "minutes": 50,
        "lesson_type": "regular", "note": "", "request_id": uuid.uuid4(), "door": Door.WEB, "now": NOW,
    }  # fmt: skip
    return propose_lesson(**(values | changes))


def answer(cast: Cast, lesson_id: int, *, accept: bool, **changes: Any) -> Any:
    values: dict[str, Any] = {
        "school": cast.school, "actor": cast.sam, "lesson_id": lesson_id, "accept": accept, "reason": "",
        "request_id": uuid.uuid4(), "door": Door.WEB, "now": NOW,
    }  # fmt: skip
    return answer_proposal(**(values | changes))


def test_an_accepted_proposal_is_booked_and_uses_credits(cast: Cast) -> None:
    set_rules(cast, requires_credits=True)
    give_credits(cast, 1)
    proposed = propose(cast)
    assert (count_credits(cast), proposed.answer_by) == (1, TUESDAY_NINE)

    assert answer(cast, proposed.lesson_id, accept=True).status == LessonStatus.BOOKED
    assert count_credits(cast) == 0


def test_who_accepted_a_proposal_undoes_it_as_a_booking(cast: Cast) -> None:
    set_rules(cast, requires_credits=True)
    give_credits(cast, 1)
    proposed = propose(cast).lesson_id
    answer(cast, proposed, accept=True)

    undone = undo_booking(
        school=cast.school, actor=cast.sam, lesson_id=proposed, request_id=uuid.uuid4(), door=Door.WEB, now=NOW
    )

    assert undone.lesson_ids == (proposed,)
    assert lesson_of(cast, proposed).status == LessonStatus.RELEASED
    assert (count_credits(cast), busy_steps(cast, TUESDAY_NINE)) == (1, 0)


def test_nobody_proposes_a_time_on_a_holiday_nor_into_one(cast: Cast) -> None:
    nine = TUESDAY_NINE + timedelta(weeks=1)
    add_founders_day(cast, nine.date())
    midnight = nine - timedelta(hours=9)

    for starts_at in (nine, midnight, midnight - timedelta(minutes=30)):
        with pytest.raises(Holiday):
            propose(cast, starts_at=starts_at)
    assert propose(cast, starts_at=midnight - timedelta(minutes=50)).lesson_id


def test_accepting_twice_is_one_booking(cast: Cast) -> None:
    proposed, request_id = propose(cast), uuid.uuid4()

    first = answer(cast, proposed.lesson_id, accept=True, request_id=request_id)
    second = answer(cast, proposed.lesson_id, accept=True, request_id=request_id)

    assert (second.status, second.is_replay) == (first.status, True)
    with pytest.raises(NothingToAnswer):
        answer(cast, proposed.lesson_id, accept=False)


def test_a_proposal_without_credits_stays_open(cast: Cast) -> None:
    set_rules(cast, requires_credits=True)
    proposed = propose(cast)

    with pytest.raises(NotEnoughCredits):
        answer(cast, proposed.lesson_id, accept=True)
    assert lesson_of(cast, proposed.lesson_id).status == LessonStatus.REQUESTED


def test_a_declined_proposal_frees_the_time(cast: Cast) -> None:
    proposed = propose(cast)

    assert answer(cast, proposed.lesson_id, accept=False, reason="Too early").status == LessonStatus.RELEASED
    assert busy_steps(cast, TUESDAY_NINE) == 0
    with pytest.raises(NothingToAnswer):
        answer(cast, proposed.lesson_id, accept=True)


def test_only_the_student_answers_and_only_the_teacher_takes_it_back(cast: Cast) -> None:
    proposed = propose(cast)
    with in_school(cast.school.pk):
        sue = add_member(cast.school, code="sue", name="Sue", role=Role.STUDENT, zone="Europe/Berlin")

    with pytest.raises(LessonNotFound):
        answer(cast, proposed.lesson_id, accept=True, actor=sue)
    back: dict[str, Any] = {"lesson_id": proposed.lesson_id, "request_id": uuid.uuid4(), "door": Door.WEB, "now": NOW}
    with pytest.raises(LessonNotFound):
        let_go(school=cast.school, actor=cast.sam, **back)
    for _again in range(2):
        assert let_go(school=cast.school, actor=cast.tara, **back).status == LessonStatus.RELEASED
    with in_school(cast.school.pk):
        messages = Message.objects.filter(channel="in_app", kind="proposal_taken_back")
        assert [one.recipient_id for one in messages] == [cast.sam.pk]


def test_a_proposal_is_for_own_students_in_time_and_over_nothing(cast: Cast) -> None:
    with in_school(cast.school.pk):
        sue = add_member(cast.school, code="sue", name="Sue", role=Role.STUDENT, zone="Europe/Berlin")

    with pytest.raises(StudentNotFound):
        propose(cast, student_id=sue.pk)
    with pytest.raises(TooSoon):
        propose(cast, starts_at=NOW + timedelta(hours=1))
    # Their own lesson with each other.
    with pytest.raises(StudentDoubleBooked):
        propose(cast, starts_at=NOW + timedelta(days=20))
    # Outside open time, as it is the teacher's own.
    assert propose(cast, starts_at=TUESDAY_NINE + timedelta(hours=10)).lesson_id
