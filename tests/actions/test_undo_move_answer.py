"""A yes or no to another time is undone: the lesson is where it was, and the question waits for its answer again."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from makegood.actions.approve_move import approve_move, decline_move
from makegood.actions.cancel_by_student import cancel_by_student
from makegood.actions.take_back_move import take_back_move
from makegood.actions.undo_move_answer import find_move_undo_end, undo_move_answer
from makegood.actions.undoing import AnswerNotYours, AnswerUndoTooLate, AnswerUsedTheLesson
from makegood.domain.incidents.models import Incident, IncidentWithdrawal
from makegood.domain.ledger.models import Transfer
from makegood.domain.lessons.models import Lesson, LessonStatus, MoveRequest, Side
from makegood.domain.lessons.move_requests import MoveRequestNotFound, find_move_request
from makegood.domain.lessons.operations import LessonNotOpen, TimeTakenSince
from makegood.domain.notifications.models import Message
from makegood.domain.people.models import Membership, Role, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal
from tests.cast import Cast, add_member, book, make_cast
from tests.moves import (
    DAY,
    FRIDAY,
    NOW,
    SECOND,
    THURSDAY,
    WEDNESDAY,
    answer,
    ask,
    asked_of,
    behalf_of_move_back,
    confirm,
    decide_last,
    events_of,
    keep,
    leave,
    lesson_of,
    moves_of,
    open_mornings,
    reschedule,
    set_rules,
    told,
)

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    open_mornings(made)
    return made


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return book(cast, starts_at=WEDNESDAY)


def undo(cast: Cast, actor: Membership, move_request_id: int, **changes: Any) -> Any:
    values: dict[str, Any] = {
        "school": cast.school, "actor": actor, "move_request_id": move_request_id, "request_id": uuid.uuid4(),
        "door": Door.WEB, "now": LATER,
    }  # fmt: skip
    return undo_move_answer(**(values | changes))


def wish(cast: Cast, lesson: Lesson, *, now: Any = NOW, **changes: Any) -> int:
    """Sam asks the school to move the lesson to Thursday."""
    set_rules(cast, needs_approval=True)
    confirm(cast, lesson, keep(cast, lesson, now=now).hold_id, now=now, **changes)
    return asked_of(cast, lesson)


def of_school(cast: Cast, move_request_id: int, **changes: Any) -> dict[str, Any]:
    return {
        "school": cast.school, "actor": cast.desi, "move_request_id": move_request_id, "request_id": uuid.uuid4(),
        "door": Door.WEB, "now": NOW,
    } | changes  # fmt: skip


def request_of(cast: Cast, move_request_id: int) -> MoveRequest:
    with in_school(cast.school.pk):
        found = find_move_request(school_id=cast.school.pk, move_request_id=move_request_id)
    assert found is not None
    return found


def can_undo(cast: Cast, actor: Membership, move_request_id: int) -> bool:
    with in_school(cast.school.pk):
        request = find_move_request(school_id=cast.school.pk, move_request_id=move_request_id)
        assert request is not None
        return find_move_undo_end(request=request, actor=actor, now=LATER) == LATER


def test_a_kept_time_is_asked_about_again_as_before(cast: Cast, lesson: Lesson) -> None:
    asked = ask(cast, lesson)
    answer(cast, asked, agrees=False, says_side=None)
    assert can_undo(cast, cast.sam, asked.move_request_id)
    request_id = uuid.uuid4()

    undone = undo(cast, cast.sam, asked.move_request_id, request_id=request_id)

    former, again = request_of(cast, asked.move_request_id), request_of(cast, undone.move_request_id)
    assert undo(cast, cast.sam, asked.move_request_id, request_id=request_id).move_request_id == again.pk
    assert (again.asked_at, again.expires_at, again.reason, again.to_starts_at, again.hold.status) == (
        former.asked_at, former.expires_at, "A wedding", THURSDAY, LessonStatus.REQUESTED,
    )  # fmt: skip
    assert lesson_of(cast, lesson.pk).starts_at == WEDNESDAY
    assert [one for one in told(cast) if "open_again" in one[1]] == [
        ("sam", "move_open_again"), ("tara", "move_open_again_teacher"),
    ]  # fmt: skip
    # The second answer counts at the price of the first question.
    answered = answer(cast, undone, now=LATER)
    assert (answered.has_moved, lesson_of(cast, lesson.pk).starts_at) == (True, THURSDAY)


def test_an_agreed_move_is_undone_with_what_it_cost(cast: Cast, lesson: Lesson) -> None:
    asked = ask(cast, lesson)
    answer(cast, asked)
    moved = lesson_of(cast, lesson.pk)
    assert can_undo(cast, cast.sam, asked.move_request_id)

    undone = undo(cast, cast.sam, asked.move_request_id)

    back = lesson_of(cast, lesson.pk)
    assert (back.starts_at, back.status, back.version) == (WEDNESDAY, LessonStatus.BOOKED, moved.version + 1)
    assert moves_of(cast, lesson) == [(WEDNESDAY, THURSDAY, "teacher"), (THURSDAY, WEDNESDAY, "student")]
    # The teacher had asked for the move; nobody but the student wants it back.
    assert behalf_of_move_back(cast) == (None, None)
    with in_school(cast.school.pk):
        withdrawal = IncidentWithdrawal.objects.get(incident=Incident.objects.get())
        kinds = list(Transfer.objects.order_by("pk").values_list("kind", flat=True))
        messages = list(Message.objects.filter(kind__startswith="move_undone", channel="in_app").order_by("pk"))
    assert withdrawal.withdrawn_by_id == cast.sam.person_id
    assert kinds == ["penalty", "penalty_reversal"]
    assert [(one.recipient_id, one.values["version"], "penalty" in one.values) for one in messages] == [
        (cast.sam.pk, back.version, False), (cast.tara.pk, back.version, True),
    ]  # fmt: skip
    assert events_of(cast, lesson)[-3:] == ["move_agreed", "answer_undone", "move_undone"]
    # It can be agreed to again, at the same price.
    answer(cast, undone, now=LATER)
    with in_school(cast.school.pk):
        assert Incident.objects.count() == 2
    assert lesson_of(cast, lesson.pk).starts_at == THURSDAY


def test_where_no_money_is_taken_the_count_goes_back_and_no_penalty_is_named() -> None:
    cast = make_cast(preset="talaera")
    open_mornings(cast)
    asked = ask(cast, book(cast, starts_at=WEDNESDAY))
    answer(cast, asked)

    undo(cast, cast.sam, asked.move_request_id)

    with in_school(cast.school.pk):
        assert IncidentWithdrawal.objects.count() == 1
        assert "penalty" not in Message.objects.get(kind="move_undone_teacher", channel="in_app").values


def test_a_move_that_counted_for_nothing_is_undone_too(cast: Cast, lesson: Lesson) -> None:
    asked = ask(cast, lesson, says_side=Side.STUDENT)
    answer(cast, asked, says_side=Side.STUDENT)

    undo(cast, cast.sam, asked.move_request_id)

    with in_school(cast.school.pk):
        assert not Incident.objects.exists()
    assert lesson_of(cast, lesson.pk).starts_at == WEDNESDAY


def test_the_school_undoes_a_refused_move(cast: Cast, lesson: Lesson) -> None:
    wished = wish(cast, lesson)
    decline_move(**of_school(cast, wished, reason="Full"))
    assert can_undo(cast, cast.desi, wished)

    again = undo(cast, cast.desi, wished).move_request_id

    assert told(cast)[-1] == ("sam", "request_open_again")
    approve_move(**of_school(cast, again, now=LATER))
    assert lesson_of(cast, lesson.pk).starts_at == THURSDAY


def test_the_school_undoes_an_approved_move(cast: Cast, lesson: Lesson) -> None:
    wished = wish(cast, lesson)
    approve_move(**of_school(cast, wished))
    assert can_undo(cast, cast.desi, wished)

    again = undo(cast, cast.desi, wished).move_request_id

    assert lesson_of(cast, lesson.pk).starts_at == WEDNESDAY
    assert moves_of(cast, lesson) == [(WEDNESDAY, THURSDAY, "student"), (THURSDAY, WEDNESDAY, "company")]
    assert behalf_of_move_back(cast) == (cast.sam.pk, cast.sam.pk)
    assert sorted(told(cast)[-2:]) == [("sam", "move_undone"), ("tara", "move_undone_teacher")]
    decline_move(**of_school(cast, again, reason="Full", now=LATER))
    assert lesson_of(cast, lesson.pk).starts_at == WEDNESDAY


def test_an_approval_that_used_the_lesson_is_not_undone_in_one_step(cast: Cast, lesson: Lesson) -> None:
    late = WEDNESDAY - DAY + SECOND
    wished = wish(cast, lesson, now=late, shown_as_free=False)
    approve_move(**of_school(cast, wished, now=late))

    assert not can_undo(cast, cast.desi, wished)
    with pytest.raises(AnswerUsedTheLesson):
        undo(cast, cast.desi, wished, now=late)


@pytest.mark.parametrize("agrees", [True, False])
@pytest.mark.parametrize("what", ["late", "undone", "moved on", "asked again", "cancelled", "taken", "somebody else"])
def test_an_answer_that_was_followed_by_something_stays(cast: Cast, lesson: Lesson, agrees: bool, what: str) -> None:
    asked = ask(cast, lesson)
    answer(cast, asked, agrees=agrees, says_side=Side.TEACHER if agrees else None)
    actor, now = cast.sam, LATER
    refusal: type[Exception] = AnswerUndoTooLate
    if what == "late":
        now += SECOND
    if what == "undone":
        again = undo(cast, cast.sam, asked.move_request_id).move_request_id
        take_back_move(school=cast.school, actor=cast.tara, move_request_id=again, door=Door.WEB, now=now)
    if what == "moved on":
        reschedule(cast, lesson, to=FRIDAY)
    if what == "asked again":
        ask(cast, lesson, starts_at=FRIDAY)
    if what == "cancelled":
        cancel_by_student(
            school=cast.school, actor=cast.sam, lesson_id=lesson.pk, shown_as_free=True, note="",
            request_id=uuid.uuid4(), door=Door.WEB, now=NOW,
        )  # fmt: skip
    if what == "taken":
        with in_school(cast.school.pk):
            sue = add_member(cast.school, code="sue", name="Sue", role=Role.STUDENT, zone="Asia/Manila")
        book(replace(cast, sam=sue), starts_at=WEDNESDAY if agrees else THURSDAY)
        refusal = TimeTakenSince
    if what == "somebody else":
        actor, refusal = cast.tara, MoveRequestNotFound
    before = events_of(cast, lesson)

    with pytest.raises(refusal):
        undo(cast, actor, asked.move_request_id, now=now)
    assert events_of(cast, lesson) == before


@pytest.mark.parametrize(("agrees", "what"), [(True, "decided"), (True, "left"), (False, "left")])
def test_no_undo_is_offered_that_would_be_refused(cast: Cast, lesson: Lesson, agrees: bool, what: str) -> None:
    asked = ask(cast, lesson)
    answer(cast, asked, agrees=agrees, says_side=Side.TEACHER if agrees else None)
    assert can_undo(cast, cast.sam, asked.move_request_id)
    if what == "left":
        leave(cast, cast.tara)
    else:
        decide_last(cast)

    assert not can_undo(cast, cast.sam, asked.move_request_id)
    with pytest.raises(Refusal):
        undo(cast, cast.sam, asked.move_request_id)


def test_another_member_of_the_desk_does_not_undo_it(cast: Cast, lesson: Lesson) -> None:
    wished = wish(cast, lesson)
    approve_move(**of_school(cast, wished))
    with in_school(cast.school.pk):
        RoleGrant.objects.create(school=cast.school, membership=cast.rhea, role=Role.DESK, granted_at=NOW)

    with pytest.raises(AnswerNotYours):
        undo(cast, cast.rhea, wished)
    assert not can_undo(cast, cast.rhea, wished)


def test_a_lesson_that_was_to_begin_by_then_is_not_moved_back(cast: Cast, lesson: Lesson) -> None:
    late = WEDNESDAY - timedelta(minutes=2)
    asked = ask(cast, lesson, now=WEDNESDAY - timedelta(minutes=90))
    answer(cast, asked, now=late)

    with pytest.raises((AnswerUndoTooLate, LessonNotOpen)):
        undo(cast, cast.sam, asked.move_request_id, now=WEDNESDAY)
