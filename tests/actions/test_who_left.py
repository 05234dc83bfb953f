"""Somebody leaves while a lesson or a move waits: whoever is still there can end it, and nobody can agree to it.

Method: each thing that can wait is made in a school that approves; then one of its two people leaves, or loses the
role, and everybody who may end it does so once.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from makegood.actions.answer_move import answer_move
from makegood.actions.answer_proposal import answer_proposal
from makegood.actions.approve_booking import approve_booking, decline_booking
from makegood.actions.approve_move import approve_move, decline_move
from makegood.actions.availability_changes import TeacherNotFound
from makegood.actions.book_lesson import book_lesson
from makegood.actions.booking_steps import StudentNotFound
from makegood.actions.cancel_by_student import cancel_by_student
from makegood.actions.cancel_for_student import cancel_for_student
from makegood.actions.hold_slot import hold_slot
from makegood.actions.let_go import let_go
from makegood.actions.propose_lesson import propose_lesson
from makegood.actions.take_back_move import take_back_move
from makegood.actions.undo_booking import undo_booking
from makegood.actions.undo_cancellation import undo_cancellation
from makegood.actions.undo_reschedule import undo_reschedule
from makegood.actions.waiting_lessons import StudentLeft, TeacherLeft
from makegood.actions.withdraw_incident import withdraw_incident
from makegood.domain.incidents.models import Incident
from makegood.domain.lessons.coming_back import StudentLeftSince, TeacherLeftSince
from makegood.domain.lessons.models import Lesson, MoveRequest, Side
from makegood.domain.people.models import Membership, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.cast import Cast, book, make_cast, report
from tests.moves import (
    NOW,
    THURSDAY,
    WEDNESDAY,
    ask,
    count_credits,
    give_credits,
    keep,
    lesson_of,
    open_mornings,
    reschedule,
    set_rules,
)

pytestmark = pytest.mark.django_db

WAYS = ["membership", "role"]


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    open_mornings(made)
    set_rules(made, needs_approval=True)
    return made


def leaves(cast: Cast, member: Membership, what: str) -> None:
    with in_school(cast.school.pk):
        if what == "membership":
            Membership.objects.filter(pk=member.pk).update(ended_at=NOW)
        else:
            RoleGrant.objects.filter(membership_id=member.pk).update(ended_at=NOW)


def form(cast: Cast, actor: Membership, lesson_id: int, **more: Any) -> dict[str, Any]:
    return {
        "school": cast.school, "actor": actor, "lesson_id": lesson_id, "request_id": uuid.uuid4(), "door": Door.WEB,
        "now": NOW, **more,
    }  # fmt: skip


def at_nine(cast: Cast, actor: Membership, **more: Any) -> dict[str, Any]:
    return {
        "school": cast.school, "actor": actor, "starts_at": THURSDAY, "minutes": 50, "lesson_type": "regular",
        "request_id": uuid.uuid4(), "door": Door.WEB, "now": NOW, **more,
    }  # fmt: skip


def asks_for_a_lesson(cast: Cast) -> int:
    return book_lesson(**at_nine(cast, cast.sam, teacher_id=cast.tara.pk)).lesson_id


def asks_for_a_move(cast: Cast) -> int:
    lesson = book(cast, starts_at=WEDNESDAY)
    reschedule(cast, lesson)
    with in_school(cast.school.pk):
        return Lesson.objects.get(keeps_time_for=lesson).pk


def is_proposed_a_lesson(cast: Cast) -> int:
    # A teacher proposes to whom they know.
    book(cast, starts_at=WEDNESDAY)
    return propose_lesson(**at_nine(cast, cast.tara, student_id=cast.sam.pk, note="")).lesson_id


def holds_a_time(cast: Cast) -> int:
    return hold_slot(**at_nine(cast, cast.sam, teacher_id=cast.tara.pk)).lesson_id


def about_the_move(values: dict[str, Any]) -> dict[str, Any]:
    """The same about the request for which this time is kept."""
    with in_school(values["school"].pk):
        values["move_request_id"] = MoveRequest.objects.get(hold_id=values.pop("lesson_id")).pk
    return values


def approve_the_move(**values: Any) -> None:
    approve_move(**about_the_move(values))


def decline_the_move(**values: Any) -> None:
    decline_move(**about_the_move(values))


def take_back_the_move(**values: Any) -> None:
    values.pop("request_id")
    take_back_move(**about_the_move(values))


Waits = Callable[[Cast], int]


@pytest.mark.parametrize("what", WAYS)
@pytest.mark.parametrize(
    ("waits", "verb", "who", "leaver", "more"),
    [
        (asks_for_a_lesson, decline_booking, "desi", "tara", {"reason": "She left"}),
        (asks_for_a_lesson, decline_booking, "desi", "sam", {"reason": "He left"}),
        (asks_for_a_lesson, let_go, "sam", "tara", {}),
        (asks_for_a_move, decline_the_move, "desi", "tara", {"reason": "She left"}),
        (asks_for_a_move, decline_the_move, "desi", "sam", {"reason": "He left"}),
        (asks_for_a_move, take_back_the_move, "sam", "tara", {}),
        (is_proposed_a_lesson, answer_proposal, "sam", "tara", {"accept": False, "reason": ""}),
        (is_proposed_a_lesson, let_go, "tara", "sam", {}),
        (holds_a_time, let_go, "sam", "tara", {}),
    ],
)
def test_whoever_is_still_there_ends_what_waits(
    cast: Cast, waits: Waits, verb: Callable[..., Any], who: str, leaver: str, more: dict[str, Any], what: str
) -> None:
    waiting = waits(cast)
    leaves(cast, getattr(cast, leaver), what)

    verb(**form(cast, getattr(cast, who), waiting, **more))

    assert lesson_of(cast, waiting).status == "released"


@pytest.mark.parametrize("what", WAYS)
@pytest.mark.parametrize(("leaver", "refusal"), [("tara", TeacherLeft), ("sam", StudentLeft)])
@pytest.mark.parametrize(("waits", "verb"), [(asks_for_a_lesson, approve_booking), (asks_for_a_move, approve_the_move)])
def test_the_desk_approves_nothing_without_one_of_the_two(
    cast: Cast, waits: Waits, verb: Callable[..., Any], leaver: str, refusal: type[Exception], what: str
) -> None:
    waiting = waits(cast)
    leaves(cast, getattr(cast, leaver), what)

    with pytest.raises(refusal, match=r"at this school, so this cannot be booked or moved\. Nothing was done\."):
        verb(**form(cast, cast.desi, waiting))

    assert lesson_of(cast, waiting).status == "requested"


def test_nobody_accepts_the_proposal_of_a_teacher_who_left(cast: Cast) -> None:
    waiting = is_proposed_a_lesson(cast)
    leaves(cast, cast.tara, "role")

    with pytest.raises(TeacherLeft):
        answer_proposal(**form(cast, cast.sam, waiting, accept=True, reason=""))

    assert lesson_of(cast, waiting).status == "requested"


@pytest.mark.parametrize("what", WAYS)
def test_a_student_keeps_the_time_and_cannot_agree_when_the_teacher_left(cast: Cast, what: str) -> None:
    lesson = book(cast, starts_at=WEDNESDAY)
    asked = ask(cast, lesson)
    leaves(cast, cast.tara, what)

    def say(*, agrees: bool) -> None:
        answer_move(
            school=cast.school, actor=cast.sam, move_request_id=asked.move_request_id, agrees=agrees,
            says_side=Side.TEACHER, reason="", request_id=uuid.uuid4(), door=Door.WEB, now=NOW,
        )  # fmt: skip

    with pytest.raises(TeacherLeft):
        say(agrees=True)
    say(agrees=False)

    with in_school(cast.school.pk):
        assert Lesson.objects.get(keeps_time_for=lesson).status == "released"
    assert lesson_of(cast, lesson.pk).starts_at == WEDNESDAY


def test_a_teacher_takes_back_asking_a_student_who_left(cast: Cast) -> None:
    lesson = book(cast, starts_at=WEDNESDAY)
    asked = ask(cast, lesson).move_request_id
    leaves(cast, cast.sam, "membership")

    take_back_move(school=cast.school, actor=cast.tara, move_request_id=asked, door=Door.WEB, now=NOW)

    with in_school(cast.school.pk):
        assert Lesson.objects.get(keeps_time_for=lesson).status == "released"


def test_a_booking_is_undone_with_its_credits_when_the_teacher_left(cast: Cast) -> None:
    set_rules(cast, requires_credits=True)
    give_credits(cast, 1)
    booked = asks_for_a_lesson(cast)
    leaves(cast, cast.tara, "membership")

    undo_booking(**form(cast, cast.sam, booked))

    assert (lesson_of(cast, booked).status, count_credits(cast)) == ("released", 1)


def test_nobody_books_with_a_teacher_who_left_nor_for_a_student_who_did(cast: Cast) -> None:
    leaves(cast, cast.tara, "role")
    with pytest.raises(TeacherNotFound):
        asks_for_a_lesson(cast)
    leaves(cast, cast.sam, "role")
    with pytest.raises(StudentNotFound):
        hold_slot(**at_nine(cast, cast.sam, teacher_id=cast.tom.pk))


def cancels(cast: Cast, lesson: Lesson) -> None:
    cancel_by_student(**form(cast, cast.sam, lesson.pk, shown_as_free=True, note=""))


def cancels_for_sam(cast: Cast, lesson: Lesson) -> None:
    cancel_for_student(**form(cast, cast.tara, lesson.pk, asked="chat", note=""))


def takes_cancelling_back(cast: Cast, lesson: Lesson, who: str) -> None:
    undo_cancellation(school=cast.school, actor=getattr(cast, who), lesson_id=lesson.pk, door=Door.WEB, now=NOW)


def moves(cast: Cast, lesson: Lesson) -> None:
    set_rules(cast, needs_approval=False)
    reschedule(cast, lesson)


def moves_back(cast: Cast, lesson: Lesson, who: str) -> None:
    undo_reschedule(school=cast.school, actor=getattr(cast, who), lesson_id=lesson.pk, door=Door.WEB, now=NOW)


def reports_an_emergency(cast: Cast, lesson: Lesson) -> None:
    report(cast, lesson, now=NOW)


def withdraws(cast: Cast, lesson: Lesson, who: str) -> None:
    with in_school(cast.school.pk):
        reference = Incident.objects.get(lesson=lesson).reference
    withdraw_incident(school=cast.school, actor=getattr(cast, who), reference=reference, door=Door.WEB, now=NOW)


@pytest.mark.parametrize("what", WAYS)
@pytest.mark.parametrize(
    ("does", "undoes", "who", "leaver", "refusal"),
    [
        (cancels, takes_cancelling_back, "sam", "tara", TeacherLeftSince),
        (cancels_for_sam, takes_cancelling_back, "tara", "sam", StudentLeftSince),
        (moves, moves_back, "sam", "tara", TeacherLeftSince),
        (reports_an_emergency, withdraws, "tara", "sam", StudentLeftSince),
    ],
)
def test_no_lesson_comes_back_to_somebody_who_left(
    cast: Cast,
    does: Callable[[Cast, Lesson], None],
    undoes: Callable[[Cast, Lesson, str], None],
    who: str,
    leaver: str,
    refusal: type[Exception],
    what: str,
) -> None:
    lesson = book(cast, starts_at=WEDNESDAY)
    does(cast, lesson)
    before = lesson_of(cast, lesson.pk)
    leaves(cast, getattr(cast, leaver), what)

    with pytest.raises(refusal, match=r"at this school, so this cannot be undone\. Nothing was changed\."):
        undoes(cast, lesson, who)

    after = lesson_of(cast, lesson.pk)
    assert (after.status, after.starts_at, after.version) == (before.status, before.starts_at, before.version)


def test_no_new_time_is_kept_with_a_teacher_who_left(cast: Cast) -> None:
    lesson = book(cast, starts_at=WEDNESDAY)
    leaves(cast, cast.tara, "role")

    with pytest.raises(TeacherNotFound):
        keep(cast, lesson)
