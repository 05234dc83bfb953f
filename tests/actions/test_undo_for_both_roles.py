"""No undo gives a teacher a lesson back at a time at which they learn by now, or a student one at which they teach."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from makegood.actions.answer_move import answer_move
from makegood.actions.approve_booking import decline_booking
from makegood.actions.ask_to_move import ask_to_move
from makegood.actions.book_for_somebody import book_for_somebody
from makegood.actions.book_lesson import book_lesson
from makegood.actions.cancel_for_school import cancel_for_school
from makegood.actions.move_by_desk import Shown, move_by_desk
from makegood.actions.quote_move import quote_move
from makegood.actions.undo_answer import undo_answer
from makegood.actions.undo_cancellation import undo_cancellation
from makegood.actions.undo_late_move import undo_late_move
from makegood.actions.undo_move_answer import undo_move_answer
from makegood.actions.undo_reschedule import undo_reschedule
from makegood.actions.withdraw_incident import withdraw_incident
from makegood.domain.lessons.coming_back import find_hindrance
from makegood.domain.lessons.models import Lesson, Side
from makegood.domain.lessons.operations import TimeTakenSince
from makegood.domain.lessons.statuses import LIVE
from makegood.domain.lessons.time_checks import Leave
from makegood.domain.people.models import Membership, Role, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.rules.facts import RequestedBy
from tests.cast import LONG_AGO, Cast, book, make_cast, report
from tests.moves import LATE, NOW, THURSDAY, WEDNESDAY, lesson_of, move_late, open_mornings, set_rules

pytestmark = pytest.mark.django_db
Undo = Callable[[], object]


@pytest.fixture
def cast() -> Cast:
    """Everybody who teaches or learns does both."""
    made = make_cast()
    open_mornings(made)
    with in_school(made.school.pk):
        for member, role in ((made.tara, Role.STUDENT), (made.tom, Role.STUDENT), (made.sam, Role.TEACHER)):
            RoleGrant.objects.create(school=made.school, membership=member, role=role, granted_at=LONG_AGO)
    return made


def how(cast: Cast, **values: Any) -> dict[str, Any]:
    return {"school": cast.school, "door": Door.WEB, "now": NOW} | values


def form(cast: Cast, **values: Any) -> dict[str, Any]:
    return how(cast, request_id=uuid.uuid4(), **values)


def move_away(cast: Cast) -> Undo:
    lesson = book(cast, starts_at=WEDNESDAY)
    about: dict[str, Any] = {
        "requested_by": RequestedBy.COMPANY,
        "starts_at": THURSDAY,
        "asked": "phone",
        "reason": "Flood",
    }
    move_by_desk(lesson_id=lesson.pk, shown=Shown(), **about, **form(cast, actor=cast.desi))
    return lambda: undo_reschedule(lesson_id=lesson.pk, **how(cast, actor=cast.desi))


def move_too_late(cast: Cast) -> Undo:
    another = move_late(cast, book(cast, starts_at=WEDNESDAY), by="desi")
    return lambda: undo_late_move(lesson_id=another, **form(cast, actor=cast.desi) | {"now": LATE})


def cancel(cast: Cast) -> Undo:
    lesson = book(cast, starts_at=WEDNESDAY)
    cancel_for_school(lesson_id=lesson.pk, shown_as_paid=False, reason="Flood", **form(cast, actor=cast.desi))
    return lambda: undo_cancellation(lesson_id=lesson.pk, **how(cast, actor=cast.desi))


def report_an_emergency(cast: Cast) -> Undo:
    reference = report(cast, book(cast, starts_at=WEDNESDAY), now=NOW).reference
    return lambda: withdraw_incident(reference=reference, **how(cast, actor=cast.tara))


def decline(cast: Cast) -> Undo:
    set_rules(cast, needs_approval=True)
    wanted: dict[str, Any] = {
        "teacher_id": cast.tara.pk,
        "starts_at": WEDNESDAY,
        "minutes": 50,
        "lesson_type": "regular",
    }
    asked = book_lesson(**wanted, **form(cast, actor=cast.sam)).lesson_id
    decline_booking(lesson_id=asked, reason="No", **form(cast, actor=cast.desi))
    return lambda: undo_answer(lesson_id=asked, **form(cast, actor=cast.desi))


def refuse_to_move(cast: Cast) -> Undo:
    lesson = book(cast, starts_at=THURSDAY)
    token = quote_move(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, now=NOW).token
    about: dict[str, Any] = {
        "starts_at": WEDNESDAY,
        "says_side": Side.TEACHER,
        "reason": "A wedding",
        "quote_token": token,
    }
    asked = ask_to_move(lesson_id=lesson.pk, **about, **how(cast, actor=cast.tara)).move_request_id
    says: dict[str, Any] = {"agrees": False, "says_side": None, "reason": "No"}
    answer_move(move_request_id=asked, **says, **form(cast, actor=cast.sam))
    return lambda: undo_move_answer(move_request_id=asked, **form(cast, actor=cast.sam))


DEEDS = [move_away, move_too_late, cancel, report_an_emergency, decline, refuse_to_move]


def take(cast: Cast, *, teacher: Membership, student: Membership) -> None:
    """The desk books them for the time that was given up."""
    book_for_somebody(
        teacher_id=teacher.pk, student_id=student.pk, starts_at=WEDNESDAY, minutes=50, lesson_type="regular",
        reason="By phone", leave=Leave(any_time=True, any_notice=True), **form(cast, actor=cast.desi),
    )  # fmt: skip


def taught_on_wednesday(cast: Cast) -> list[tuple[int, int | None]]:
    with in_school(cast.school.pk):
        found = Lesson.objects.filter(starts_at=WEDNESDAY, status__in=LIVE)
        return list(found.order_by("pk").values_list("teacher_id", "student_id"))


@pytest.mark.parametrize("deed", DEEDS)
def test_it_does_not_come_back_while_its_teacher_learns(cast: Cast, deed: Callable[[Cast], Undo]) -> None:
    undo = deed(cast)
    take(cast, teacher=cast.tom, student=cast.tara)

    with pytest.raises(TimeTakenSince):
        undo()

    assert taught_on_wednesday(cast) == [(cast.tom.pk, cast.tara.pk)]


@pytest.mark.parametrize("deed", DEEDS)
def test_it_does_not_come_back_while_its_student_teaches(cast: Cast, deed: Callable[[Cast], Undo]) -> None:
    undo = deed(cast)
    take(cast, teacher=cast.sam, student=cast.tom)

    with pytest.raises(TimeTakenSince):
        undo()

    assert taught_on_wednesday(cast) == [(cast.sam.pk, cast.tom.pk)]


@pytest.mark.parametrize("deed", DEEDS)
def test_it_comes_back_where_neither_has_anything_else(cast: Cast, deed: Callable[[Cast], Undo]) -> None:
    """The control."""
    deed(cast)()

    assert taught_on_wednesday(cast) == [(cast.tara.pk, cast.sam.pk)]


@pytest.mark.parametrize("teaches", [False, True])
def test_the_page_knows_before(cast: Cast, *, teaches: bool) -> None:
    off = book(cast, starts_at=WEDNESDAY)
    report(cast, off, now=NOW)
    lesson = lesson_of(cast, off.pk)

    def hindrance() -> object:
        with in_school(cast.school.pk):
            return find_hindrance(school=cast.school, lesson=lesson, since=NOW)

    assert hindrance() is None
    teacher, student = (cast.sam, cast.tom) if teaches else (cast.tom, cast.tara)
    take(cast, teacher=teacher, student=student)
    assert isinstance(hindrance(), TimeTakenSince)
