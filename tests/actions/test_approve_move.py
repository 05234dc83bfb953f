"""Where the school approves what students book, it approves that their lessons move: until then nothing does."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from makegood.actions.approve_booking import approve_booking, decline_booking
from makegood.actions.approve_move import approve_move, decline_move
from makegood.actions.ask_to_move import MoveAsked
from makegood.actions.booking_steps import NotTheDesk
from makegood.actions.cancel_by_student import cancel_by_student
from makegood.actions.lapsing import sweep_lapsed
from makegood.actions.let_go import let_go
from makegood.actions.take_back_move import take_back_move
from makegood.actions.undo_booking import BookingUndoTooLate, undo_booking
from makegood.domain.incidents.models import Incident
from makegood.domain.ledger.credits import NotEnoughCredits
from makegood.domain.lessons.models import Lesson, LessonRelease, LessonStatus, MoveAnswer, MoveRequest
from makegood.domain.lessons.move_requests import MoveRequestEnded, MoveRequestNotFound, MoveWaitsForSchool
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from tests import bookings
from tests.cast import Cast, book, make_cast
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
    confirm,
    count_credits,
    events_of,
    give_credits,
    keep,
    lesson_of,
    moves_of,
    open_mornings,
    reschedule,
    set_rules,
    told,
)

pytestmark = pytest.mark.django_db

# Moving is free until a day before.
LATE = WEDNESDAY - DAY + SECOND


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    open_mornings(made)
    set_rules(made, needs_approval=True)
    return made


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return book(cast, starts_at=WEDNESDAY)


def kept_of(cast: Cast, lesson: Lesson) -> Lesson:
    """The time that is or was kept for the lesson."""
    with in_school(cast.school.pk):
        return Lesson.objects.get(keeps_time_for=lesson)


def about_lesson(cast: Cast, actor: Membership, lesson_id: int) -> dict[str, Any]:
    return {
        "school": cast.school, "actor": actor, "lesson_id": lesson_id, "request_id": uuid.uuid4(), "door": Door.WEB,
        "now": NOW,
    }  # fmt: skip


def about(cast: Cast, actor: Membership, move_request_id: int, now: datetime = NOW) -> dict[str, Any]:
    return {
        "school": cast.school, "actor": actor, "move_request_id": move_request_id, "request_id": uuid.uuid4(),
        "door": Door.WEB, "now": now,
    }  # fmt: skip


def approve(cast: Cast, lesson: Lesson, *, now: datetime = NOW, actor: Membership | None = None) -> Any:
    return approve_move(**about(cast, actor or cast.desi, asked_of(cast, lesson), now))


def take_back(cast: Cast, lesson: Lesson) -> Any:
    return take_back_move(
        school=cast.school, actor=cast.sam, move_request_id=asked_of(cast, lesson), door=Door.WEB, now=NOW
    )


def ended(cast: Cast, lesson: Lesson) -> tuple[str, str]:
    """How the request about the lesson ended, and why its time is not kept any more."""
    with in_school(cast.school.pk):
        outcome = MoveAnswer.objects.get(move_request__lesson=lesson).outcome
        return outcome, LessonRelease.objects.get(lesson__keeps_time_for=lesson).why


def test_a_students_move_waits_for_the_school_and_the_lesson_stays(cast: Cast, lesson: Lesson) -> None:
    asked = reschedule(cast, lesson)

    kept = kept_of(cast, lesson)
    # 48 hours to answer, and not beyond the start of the lesson itself.
    assert (asked.lesson_id, asked.is_used, asked.answer_by) == (lesson.pk, False, WEDNESDAY)
    assert (kept.status, kept.waits_for, kept.starts_at, kept.held_until) == (
        LessonStatus.REQUESTED, "school", THURSDAY, WEDNESDAY,
    )  # fmt: skip
    with in_school(cast.school.pk):
        request = MoveRequest.objects.get(pk=asked.move_request_id)
    assert (request.asked_by_id, request.says_side, request.hold_id) == (cast.sam.pk, "student", kept.pk)
    assert (request.from_starts_at, request.to_starts_at) == (WEDNESDAY, THURSDAY)
    assert (request.asked_at, request.expires_at) == (NOW, WEDNESDAY)
    assert (lesson_of(cast, lesson.pk).starts_at, moves_of(cast, lesson)) == (WEDNESDAY, [])
    assert told(cast) == [("desi", "booking_requested")]
    assert events_of(cast, lesson) == ["move_requested"]


def test_what_the_school_approves_moves_and_both_are_told(cast: Cast, lesson: Lesson) -> None:
    reschedule(cast, lesson)
    values = about(cast, cast.desi, asked_of(cast, lesson))

    answers = [approve_move(**values), approve_move(**values)]

    assert [(one.lesson_id, one.is_replay) for one in answers] == [(lesson.pk, False), (lesson.pk, True)]
    assert lesson_of(cast, lesson.pk).starts_at == THURSDAY
    assert moves_of(cast, lesson) == [(WEDNESDAY, THURSDAY, "student")]
    assert ended(cast, lesson) == ("agreed", "used")
    assert told(cast)[1:] == [("sam", "lesson_moved"), ("tara", "lesson_moved")]
    assert events_of(cast, lesson) == ["move_requested", "move_approved", "moved_by_student"]


def test_what_the_school_refuses_stays_and_the_student_is_told_why(cast: Cast, lesson: Lesson) -> None:
    reschedule(cast, lesson)
    kept = kept_of(cast, lesson)

    decline_move(**about(cast, cast.desi, asked_of(cast, lesson)), reason="Tara is away")

    assert (lesson_of(cast, lesson.pk).starts_at, lesson_of(cast, kept.pk).status) == (WEDNESDAY, "released")
    assert told(cast)[1:] == [("sam", "booking_refused")]
    assert ended(cast, lesson) == ("refused", "declined")
    with in_school(cast.school.pk):
        assert LessonRelease.objects.get(lesson=kept).note == "Tara is away"
    with pytest.raises(MoveRequestEnded):
        approve(cast, lesson)


def test_what_the_school_lets_lapse_stays_and_the_student_alone_hears(cast: Cast, lesson: Lesson) -> None:
    reschedule(cast, lesson, to=FRIDAY)

    assert sweep_lapsed(school=cast.school, now=WEDNESDAY) == 1

    assert (lesson_of(cast, lesson.pk).starts_at, lesson_of(cast, lesson.pk).status) == (WEDNESDAY, "booked")
    assert told(cast)[1:] == [("sam", "booking_expired")]
    assert ended(cast, lesson) == ("lapsed", "lapsed")
    assert events_of(cast, lesson) == ["move_requested", "move_lapsed"]


def test_a_move_that_was_asked_for_in_time_is_free_when_it_is_approved_later(cast: Cast, lesson: Lesson) -> None:
    give_credits(cast, 1, used_by=lesson)
    reschedule(cast, lesson)

    approve(cast, lesson, now=LATE)

    assert (lesson_of(cast, lesson.pk).starts_at, count_credits(cast)) == (THURSDAY, 0)
    with in_school(cast.school.pk):
        assert Incident.objects.count() == 0


def test_a_late_move_uses_the_lesson_only_when_the_school_approves_the_other_one(cast: Cast, lesson: Lesson) -> None:
    give_credits(cast, 2, used_by=lesson)
    asked = reschedule(cast, lesson, now=LATE, shown_as_free=False)
    assert (asked.answer_by, lesson_of(cast, lesson.pk).status, count_credits(cast)) == (WEDNESDAY, "booked", 1)

    decided = approve(cast, lesson, now=LATE + timedelta(minutes=5))

    another = lesson_of(cast, decided.lesson_id)
    assert (another.starts_at, another.status, another.keeps_time_for_id) == (THURSDAY, "booked", None)
    assert (lesson_of(cast, lesson.pk).status, count_credits(cast)) == ("cancelled", 0)
    with in_school(cast.school.pk):
        incident = Incident.objects.get(lesson=lesson)
        told = Event.objects.get(lesson_id=lesson.pk, kind=EventKind.CANCELLED_LATE_BY_STUDENT)
    assert (incident.requested_by, incident.reported_by_id) == ("student", cast.sam.person_id)
    # The student's word came when the student asked, however long the school looked at it.
    assert incident.reported_at == LATE
    assert (told.actor_id, told.on_behalf_of_id) == (cast.desi.person_id, cast.sam.pk)


def test_a_late_move_that_could_not_be_booked_is_not_asked_for(cast: Cast, lesson: Lesson) -> None:
    give_credits(cast, 1, used_by=lesson)

    with pytest.raises(NotEnoughCredits) as refused:
        reschedule(cast, lesson, now=LATE, shown_as_free=False)

    assert refused.value.values == {"needed": 1, "left": 0}
    assert "move_requested" not in events_of(cast, lesson)


def test_while_it_waits_nobody_chooses_another_time(cast: Cast, lesson: Lesson) -> None:
    reschedule(cast, lesson)
    kept = kept_of(cast, lesson)

    with pytest.raises(MoveWaitsForSchool):
        keep(cast, lesson, starts_at=FRIDAY)
    with pytest.raises(MoveWaitsForSchool):
        ask(cast, lesson, starts_at=FRIDAY)
    with pytest.raises(MoveWaitsForSchool):
        confirm(cast, lesson, kept.pk)
    assert lesson_of(cast, kept.pk).status == LessonStatus.REQUESTED


def test_the_student_takes_it_back_and_the_lesson_stays(cast: Cast, lesson: Lesson) -> None:
    reschedule(cast, lesson)

    answers = [take_back(cast, lesson), take_back(cast, lesson)]

    assert [one.is_replay for one in answers] == [False, True]
    assert (ended(cast, lesson), lesson_of(cast, lesson.pk).starts_at) == (("taken_back", "let_go"), WEDNESDAY)
    assert events_of(cast, lesson) == ["move_requested", "move_withdrawn"]
    assert told(cast)[1:] == [("desi", "booking_withdrawn")]
    assert reschedule(cast, lesson, to=FRIDAY).answer_by == WEDNESDAY


def test_a_booking_is_undone_once_nobody_is_asked_to_move_it(cast: Cast) -> None:
    set_rules(cast)
    lesson = lesson_of(cast, bookings.book(cast, starts_at=WEDNESDAY, now=NOW).lesson_id)
    set_rules(cast, needs_approval=True)
    reschedule(cast, lesson)

    with pytest.raises(BookingUndoTooLate):
        undo_booking(**about_lesson(cast, cast.sam, lesson.pk))
    take_back(cast, lesson)
    undo_booking(**about_lesson(cast, cast.sam, lesson.pk))

    assert lesson_of(cast, lesson.pk).status == LessonStatus.RELEASED


def test_whoever_cancels_the_lesson_frees_the_time_that_waits(cast: Cast, lesson: Lesson) -> None:
    reschedule(cast, lesson)

    cancel_by_student(**about_lesson(cast, cast.sam, lesson.pk), shown_as_free=True, note="")

    assert ended(cast, lesson) == ("lesson_off", "lesson_off")
    with pytest.raises(MoveRequestEnded):
        decline_move(**about(cast, cast.desi, asked_of(cast, lesson)), reason="Too late")


def test_only_the_desk_answers_and_only_what_waits_for_it(cast: Cast, lesson: Lesson) -> None:
    kept = keep(cast, lesson)

    def no_booking() -> None:
        for verb, more in ((approve_booking, {}), (decline_booking, {"reason": "No"})):
            with pytest.raises(LessonNotFound):
                verb(**about_lesson(cast, cast.desi, kept.hold_id), **more)
        with pytest.raises(LessonNotFound):
            let_go(**about_lesson(cast, cast.sam, kept.hold_id))

    # A choice that was not sent is the student's alone; one that was sent is no booking either.
    no_booking()
    confirm(cast, lesson, kept.hold_id)
    no_booking()

    for actor in (cast.sam, cast.tara, cast.owen):
        with pytest.raises(NotTheDesk):
            approve(cast, lesson, actor=actor)
    with pytest.raises(MoveRequestNotFound):
        take_back_move(
            school=cast.school, actor=cast.tara, move_request_id=asked_of(cast, lesson), door=Door.WEB, now=NOW
        )
    assert lesson_of(cast, lesson.pk).starts_at == WEDNESDAY


def test_what_a_teacher_asks_is_not_the_schools_to_answer(cast: Cast, lesson: Lesson) -> None:
    asked = ask(cast, lesson).move_request_id

    for verb, more in ((approve_move, {}), (decline_move, {"reason": "No"})):
        with pytest.raises(MoveRequestNotFound):
            verb(**about(cast, cast.desi, asked), **more)


def test_what_a_student_asks_the_school_is_not_theirs_to_answer(cast: Cast, lesson: Lesson) -> None:
    asked = reschedule(cast, lesson).move_request_id
    assert asked is not None

    with pytest.raises(MoveRequestNotFound):
        answer(cast, MoveAsked(move_request_id=asked, answer_by=WEDNESDAY))
