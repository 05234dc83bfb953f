"""A teacher asks to move a lesson, the student answers: what moves, what counts, and every way in which it does not."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest

from makegood.actions.ask_to_move import MoveAsked, PastTheMarkForTheStudent
from makegood.actions.booking_steps import TeacherPaused
from makegood.actions.cancel_by_student import cancel_by_student
from makegood.actions.lapsing import sweep_lapsed
from makegood.actions.moving_steps import MovePriceChanged
from makegood.actions.reasons import ReasonMissing
from makegood.actions.take_back_move import take_back_move
from makegood.actions.undo_reschedule import undo_reschedule
from makegood.actions.withdraw_incident import withdraw_incident
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.operations import CaseNotFound
from makegood.domain.lessons.models import Lesson, LessonStatus, MoveAnswer, MoveRequest, Side
from makegood.domain.lessons.move_requests import MoveIsAsked, MoveRequestEnded, MoveRequestNotFound
from makegood.domain.lessons.operations import LessonNotFound, LessonNotOpen, TooLateToUndo
from makegood.domain.lessons.time_checks import StudentDoubleBooked
from makegood.domain.penalties.models import Assessment
from makegood.domain.penalties.quotes import QuoteUnreadable
from makegood.domain.people.models import Role
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.requests import DifferentRequest
from makegood.rules.facts import Kind, RequestedBy
from tests.cast import Cast, add_member, book, make_cast, report
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
    count_credits,
    events_of,
    give_credits,
    keep,
    lesson_of,
    moves_of,
    open_mornings,
    price,
    reschedule,
    told,
)

pytestmark = pytest.mark.django_db

MARK = WEDNESDAY - DAY


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    open_mornings(made)
    return made


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return book(cast, starts_at=WEDNESDAY)


def outcomes(cast: Cast) -> list[tuple[str, str]]:
    """How the requests ended, and whom the answer names."""
    with in_school(cast.school.pk):
        return list(MoveAnswer.objects.order_by("pk").values_list("outcome", "says_side"))


def incidents(cast: Cast) -> list[tuple[str, str, datetime, int]]:
    """Kind, whose, of which start, at what penalty."""
    with in_school(cast.school.pk):
        found = Incident.objects.order_by("pk")
        return [
            (
                incident.kind,
                incident.requested_by,
                incident.lesson_starts_at,
                Assessment.objects.filter(incident=incident).order_by("number").last().penalty_minor,  # type: ignore[union-attr]
            )
            for incident in found
        ]


def starts(cast: Cast) -> list[tuple[datetime, str]]:
    with in_school(cast.school.pk):
        return list(Lesson.objects.order_by("starts_at", "pk").values_list("starts_at", "status"))


def take_back(cast: Cast, lesson: Lesson, *, now: datetime = NOW) -> bool:
    asked = asked_of(cast, lesson)
    return take_back_move(school=cast.school, actor=cast.tara, move_request_id=asked, door=Door.WEB, now=now).is_replay


# --- asking


def test_asking_keeps_the_new_time_and_moves_nothing(cast: Cast, lesson: Lesson) -> None:
    asked = ask(cast, lesson)

    assert asked.answer_by == min(NOW + timedelta(hours=48), WEDNESDAY)
    assert starts(cast) == [(WEDNESDAY, "booked"), (THURSDAY, "requested")]
    assert (incidents(cast), moves_of(cast, lesson)) == ([], [])
    assert told(cast) == [("sam", "move_asked")]
    assert events_of(cast, lesson) == ["move_asked"]


def test_a_time_outside_the_own_open_time_may_be_asked_for_and_a_taken_one_not(cast: Cast, lesson: Lesson) -> None:
    book(cast, starts_at=FRIDAY)

    with pytest.raises(StudentDoubleBooked):
        ask(cast, lesson, starts_at=FRIDAY)
    assert ask(cast, lesson, starts_at=THURSDAY + timedelta(hours=8)).move_request_id


def test_asking_twice_is_answered_once_and_a_second_request_waits(cast: Cast, lesson: Lesson) -> None:
    token = price(cast, lesson).token
    first = ask(cast, lesson, token=token)
    again = ask(cast, lesson, token=token)

    assert (again.move_request_id, again.is_replay) == (first.move_request_id, True)
    with pytest.raises(DifferentRequest):
        ask(cast, lesson, token=token, reason="Another reason")
    with pytest.raises(MoveIsAsked):
        ask(cast, lesson, starts_at=FRIDAY)
    with pytest.raises(MoveIsAsked):
        keep(cast, lesson, starts_at=FRIDAY)


def test_a_students_wish_is_fulfilled_until_the_mark(cast: Cast, lesson: Lesson) -> None:
    with pytest.raises(PastTheMarkForTheStudent):
        ask(cast, lesson, says_side=Side.STUDENT, now=MARK + SECOND)
    assert ask(cast, lesson, says_side=Side.STUDENT, now=MARK).move_request_id


def test_what_cannot_be_asked_is_refused(cast: Cast, lesson: Lesson) -> None:
    other = book(cast, starts_at=FRIDAY)

    with pytest.raises(ReasonMissing):
        ask(cast, lesson, reason=" ")
    with pytest.raises(QuoteUnreadable):
        ask(cast, lesson, token="made-up")
    with pytest.raises(QuoteUnreadable):
        ask(cast, lesson, token=price(cast, other).token)
    with pytest.raises(LessonNotFound):
        ask(cast, lesson, actor=cast.tom)
    with pytest.raises(LessonNotFound):
        ask(cast, lesson, actor=cast.sam)
    with pytest.raises(LessonNotOpen):
        ask(cast, lesson, token=price(cast, lesson).token, now=WEDNESDAY)


def test_a_price_that_rose_is_shown_again_before_anything_is_asked(cast: Cast, lesson: Lesson) -> None:
    # Under the policy of the school an hour before is the edge of the milder price.
    edge = WEDNESDAY - timedelta(hours=1)
    token = price(cast, lesson, now=edge).token

    with pytest.raises(MovePriceChanged):
        ask(cast, lesson, token=token, now=edge + SECOND)
    assert told(cast) == []


# --- agreeing


def test_what_the_teacher_asks_for_counts_like_a_cancellation_of_the_old_time(cast: Cast, lesson: Lesson) -> None:
    give_credits(cast, 2, used_by=lesson)
    shown = price(cast, lesson)
    asked = ask(cast, lesson, token=shown.token)

    agreed = answer(cast, asked, now=NOW + timedelta(hours=2))

    assert (agreed.has_moved, agreed.lesson_id) == (True, lesson.pk)
    assert starts(cast) == [(THURSDAY, "booked"), (THURSDAY, "released")]
    assert shown.priced.penalty is not None
    assert incidents(cast) == [(Kind.RESCHEDULED, RequestedBy.TEACHER, WEDNESDAY, shown.priced.penalty.amount_minor)]
    assert shown.priced.penalty.amount_minor > 0
    assert moves_of(cast, lesson) == [(WEDNESDAY, THURSDAY, RequestedBy.TEACHER)]
    assert outcomes(cast) == [("agreed", "teacher")]
    assert count_credits(cast) == 1
    assert told(cast)[1:] == [("tara", "move_agreed"), ("sam", "lesson_moved")]
    assert events_of(cast, lesson) == ["move_asked", "move_agreed"]


def test_the_price_is_that_of_the_time_of_asking(cast: Cast, lesson: Lesson) -> None:
    asked = ask(cast, lesson, now=MARK)
    answer(cast, asked, now=MARK + timedelta(hours=20))

    with in_school(cast.school.pk):
        assert Incident.objects.get().reported_at == MARK


def test_it_counts_for_nothing_when_the_student_confirms_having_asked(cast: Cast, lesson: Lesson) -> None:
    answer(cast, ask(cast, lesson, says_side=Side.STUDENT), says_side=Side.STUDENT)

    assert lesson_of(cast, lesson.pk).starts_at == THURSDAY
    assert incidents(cast) == []
    assert moves_of(cast, lesson) == [(WEDNESDAY, THURSDAY, RequestedBy.STUDENT)]
    assert outcomes(cast) == [("agreed", "student")]


def test_it_counts_when_the_student_agrees_but_had_not_asked(cast: Cast, lesson: Lesson) -> None:
    answer(cast, ask(cast, lesson, says_side=Side.STUDENT), says_side=Side.TEACHER)

    assert [incident[:2] for incident in incidents(cast)] == [(Kind.RESCHEDULED, RequestedBy.TEACHER)]


def test_a_student_cannot_make_the_teachers_own_wish_theirs(cast: Cast, lesson: Lesson) -> None:
    answer(cast, ask(cast, lesson), says_side=Side.STUDENT)

    assert len(incidents(cast)) == 1


def test_nothing_moves_when_the_price_changed_before_the_answer(cast: Cast, lesson: Lesson) -> None:
    others = [book(cast, starts_at=WEDNESDAY + timedelta(hours=hours)) for hours in (3, 4, 5)]
    asked = ask(cast, lesson)
    for other in others:
        report(cast, other, now=NOW)

    answered = answer(cast, asked)

    assert (answered.has_moved, answered.is_price_changed) == (False, True)
    assert lesson_of(cast, lesson.pk).starts_at == WEDNESDAY
    assert len(incidents(cast)) == 3
    assert outcomes(cast) == [("lapsed", "teacher")]
    assert told(cast)[-1] == ("tara", "move_price_changed")
    assert events_of(cast, lesson) == ["move_asked", "move_price_changed"]
    # The time is free again, and the teacher may ask anew.
    assert ask(cast, lesson).move_request_id != asked.move_request_id


def test_answering_twice_is_answered_once(cast: Cast, lesson: Lesson) -> None:
    asked = ask(cast, lesson)
    request_id = uuid.uuid4()
    first = answer(cast, asked, request_id=request_id)
    again = answer(cast, asked, request_id=request_id)

    assert (first.is_replay, again.is_replay, again.has_moved) == (False, True, True)
    with pytest.raises(MoveRequestEnded):
        answer(cast, asked)
    assert (len(moves_of(cast, lesson)), len(incidents(cast))) == (1, 1)


def test_only_the_student_of_the_lesson_answers(cast: Cast, lesson: Lesson) -> None:
    asked = ask(cast, lesson)
    with in_school(cast.school.pk):
        sue = add_member(cast.school, code="sue", name="Sue", role=Role.STUDENT, zone="Europe/Berlin")

    for stranger in (sue, cast.tara):
        with pytest.raises(MoveRequestNotFound):
            answer(cast, asked, actor=stranger)


def test_a_teacher_who_pauses_by_then_is_not_moved_to(cast: Cast, lesson: Lesson) -> None:
    asked = ask(cast, lesson)
    for days in range(1, 5):
        past = book(cast, starts_at=NOW - timedelta(days=days, hours=-1))
        report(cast, past, now=past.starts_at - timedelta(hours=2))

    with pytest.raises(TeacherPaused):
        answer(cast, asked)


# --- not agreeing


def test_a_refusal_keeps_the_time_and_costs_nothing(cast: Cast, lesson: Lesson) -> None:
    answered = answer(cast, ask(cast, lesson), agrees=False, says_side=None, reason="I work then")

    assert answered.has_moved is False
    assert starts(cast) == [(WEDNESDAY, "booked"), (THURSDAY, "released")]
    assert (incidents(cast), outcomes(cast)) == ([], [("refused", "")])
    assert told(cast)[1:] == [("tara", "move_refused")]


def test_the_teacher_takes_it_back_until_it_is_answered(cast: Cast, lesson: Lesson) -> None:
    asked = ask(cast, lesson)

    assert take_back(cast, lesson) is False
    assert take_back(cast, lesson) is True
    assert starts(cast) == [(WEDNESDAY, "booked"), (THURSDAY, "released")]
    assert outcomes(cast) == [("taken_back", "")]
    with pytest.raises(MoveRequestEnded):
        answer(cast, asked)
    for who in (cast.tom, cast.sam):
        with pytest.raises(MoveRequestNotFound):
            take_back_move(school=cast.school, actor=who, move_request_id=asked.move_request_id, door=Door.WEB, now=NOW)


def test_taking_back_an_earlier_request_leaves_the_later_one(cast: Cast, lesson: Lesson) -> None:
    refused = ask(cast, lesson)
    answer(cast, refused, agrees=False, says_side=None)
    taken_back = ask(cast, lesson)
    take_back(cast, lesson)

    def again(asked: MoveAsked) -> bool:
        return take_back_move(
            school=cast.school, actor=cast.tara, move_request_id=asked.move_request_id, door=Door.WEB, now=NOW
        ).is_replay

    with pytest.raises(MoveRequestEnded):
        again(refused)
    assert again(taken_back) is True
    later = ask(cast, lesson, starts_at=FRIDAY)
    # Nobody is told that nothing is asked any more while something is.
    with pytest.raises(MoveRequestEnded):
        again(taken_back)
    assert answer(cast, later).has_moved


def test_what_nobody_answers_lapses_and_both_are_told(cast: Cast, lesson: Lesson) -> None:
    asked = ask(cast, lesson)
    with pytest.raises(MoveRequestEnded):
        answer(cast, asked, now=asked.answer_by)
    assert sweep_lapsed(school=cast.school, now=asked.answer_by) == 1
    assert sweep_lapsed(school=cast.school, now=asked.answer_by) == 0

    assert starts(cast) == [(WEDNESDAY, "booked"), (THURSDAY, "released")]
    assert outcomes(cast) == [("lapsed", "")]
    assert told(cast)[1:] == [("sam", "move_expired"), ("tara", "move_expired")]
    assert events_of(cast, lesson) == ["move_asked", "move_lapsed"]


def test_a_request_ends_with_its_lesson(cast: Cast, lesson: Lesson) -> None:
    ask(cast, lesson)
    cancel_by_student(
        school=cast.school,
        actor=cast.sam,
        lesson_id=lesson.pk,
        shown_as_free=True,
        note="",
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=NOW,
    )

    assert starts(cast) == [(WEDNESDAY, "cancelled"), (THURSDAY, "released")]
    assert outcomes(cast) == [("lesson_off", "")]


def test_an_emergency_of_the_old_time_ends_the_request(cast: Cast, lesson: Lesson) -> None:
    ask(cast, lesson)
    report(cast, lesson, now=NOW)

    assert outcomes(cast) == [("lesson_off", "")]


# --- afterwards


def test_a_move_that_counts_is_not_taken_back_alone(cast: Cast, lesson: Lesson) -> None:
    answer(cast, ask(cast, lesson))
    with in_school(cast.school.pk):
        reference = Incident.objects.get().reference

    with pytest.raises(CaseNotFound):
        withdraw_incident(school=cast.school, actor=cast.tara, reference=reference, door=Door.WEB, now=NOW)
    with pytest.raises(TooLateToUndo):
        undo_reschedule(school=cast.school, actor=cast.sam, lesson_id=lesson.pk, door=Door.WEB, now=NOW)


def test_a_moved_lesson_goes_on_moves_again_and_can_go_wrong(cast: Cast, lesson: Lesson) -> None:
    answer(cast, ask(cast, lesson))
    reschedule(cast, lesson, to=FRIDAY)
    answer(cast, ask(cast, lesson, starts_at=WEDNESDAY))
    report(cast, lesson_of(cast, lesson.pk), now=NOW)

    assert lesson_of(cast, lesson.pk).status == LessonStatus.CANCELLED
    assert [(kind, start) for kind, _whose, start, _penalty in incidents(cast)] == [
        (Kind.RESCHEDULED, WEDNESDAY),
        (Kind.RESCHEDULED, FRIDAY),
        (Kind.CANCELLED, WEDNESDAY),
    ]
    with in_school(cast.school.pk):
        assert MoveRequest.objects.count() == 2


def test_the_id_of_a_price_that_was_used_for_something_else_stops_no_answer(cast: Cast, lesson: Lesson) -> None:
    """The teacher reads it in the page; were it the incident's, only the answer without a penalty would go through."""
    asked = ask(cast, lesson)
    with in_school(cast.school.pk):
        quote_id = MoveRequest.objects.get(pk=asked.move_request_id).request_id
    other = book(cast, starts_at=FRIDAY)
    report(cast, other, now=NOW, request_id=quote_id)

    answer(cast, asked)

    assert [found[:3] for found in incidents(cast)][-1] == ("rescheduled", "teacher", WEDNESDAY)
