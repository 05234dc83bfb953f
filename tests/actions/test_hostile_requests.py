"""What people try who look at the forms: ids and words from elsewhere, doors of others, times that are no lessons."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from makegood.actions.add_holiday import add_holiday
from makegood.actions.approve_booking import approve_booking, decline_booking
from makegood.actions.booking_steps import NotTheDesk
from makegood.actions.grant_credits import grant_credits
from makegood.actions.propose_lesson import propose_lesson
from makegood.actions.reasons import ReasonUnreadable
from makegood.actions.report_problem import report_problem
from makegood.actions.set_default_availability import set_default_availability
from makegood.actions.set_lesson_type import set_lesson_type
from makegood.actions.undo_reschedule import undo_reschedule
from makegood.actions.withdraw_incident import withdraw_incident
from makegood.domain.availability.operations import HolidayUnnamed
from makegood.domain.incidents import checks
from makegood.domain.incidents.checks import NoteUnreadable
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.objections import read_token as read_objection
from makegood.domain.incidents.operations import CaseNotFound
from makegood.domain.lessons.claiming import ClaimNoteTooLong, find_first_report
from makegood.domain.lessons.claiming import check_note as check_claim_note
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.offering import Offer, TypeUnusable
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.penalties import quotes
from makegood.domain.penalties.quotes import QuoteUnreadable
from makegood.domain.people.models import Role
from makegood.domain.people.tokens import hash_of
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.models import Event
from makegood.domain.timeline.requests import DifferentRequest
from tests import bookings
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
    keep,
    lesson_of,
    moves_of,
    open_mornings,
    reschedule,
    set_rules,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    open_mornings(made)
    return made


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return book(cast, starts_at=WEDNESDAY)


def how(cast: Cast, **more: Any) -> dict[str, Any]:
    return {"school": cast.school, "door": Door.WEB, "now": NOW, **more}


def test_a_forms_id_moves_one_lesson_only_whatever_page_it_is_sent_to(cast: Cast, lesson: Lesson) -> None:
    other = book(cast, starts_at=FRIDAY)
    used = uuid.uuid4()
    reschedule(cast, lesson, to=THURSDAY, request_id=used)
    asked = ask(cast, other, starts_at=FRIDAY + timedelta(hours=1))

    with pytest.raises(DifferentRequest):
        answer(cast, asked, request_id=used)

    assert moves_of(cast, other) == []


def test_a_forms_id_of_somebody_else_gives_no_credits(cast: Cast) -> None:
    with in_school(cast.school.pk):
        dora = add_member(cast.school, code="dora", name="Dora Desk", role=Role.DESK, zone="UTC")
    sent = {"student_id": cast.sam.pk, "count": 3, "expires_on": None, "reason": "Paid", "request_id": uuid.uuid4()}
    grant_credits(actor=cast.desi, **how(cast, **sent))

    with pytest.raises(DifferentRequest):
        grant_credits(actor=dora, **how(cast, **sent))

    assert bookings.count_credits(cast) == 3


@pytest.mark.parametrize("code", ["sam", "tara", "rhea", "owen"])
@pytest.mark.parametrize("verb", [approve_booking, decline_booking])
def test_only_the_desk_answers_what_waits_for_the_school(cast: Cast, verb: Callable[..., Any], code: str) -> None:
    set_rules(cast, needs_approval=True)
    booked = bookings.book(cast, starts_at=THURSDAY, now=NOW)
    words = {"reason": "Because"} if verb is decline_booking else {}

    with pytest.raises(NotTheDesk):
        verb(actor=getattr(cast, code), lesson_id=booked.lesson_id, request_id=uuid.uuid4(), **how(cast), **words)

    assert lesson_of(cast, booked.lesson_id).status == LessonStatus.REQUESTED


def test_a_reason_that_cannot_be_stored_is_refused_by_every_verb_of_booking(cast: Cast, lesson: Lesson) -> None:
    with pytest.raises(ReasonUnreadable):
        ask(cast, lesson, reason="A wedding\0")
    with pytest.raises(ReasonUnreadable):
        propose_lesson(
            actor=cast.tara, student_id=cast.sam.pk, starts_at=THURSDAY, minutes=50, lesson_type="regular",
            note="\0 and more", request_id=uuid.uuid4(), **how(cast),
        )  # fmt: skip


# No page sends half a character; a file, an argument or another program may.
HALF = "A \ud800 wedding"


def test_half_a_character_is_refused_with_a_sentence_and_never_breaks_a_verb(cast: Cast, lesson: Lesson) -> None:
    form = {"request_id": uuid.uuid4(), **how(cast)}
    refusals: list[tuple[type[Exception], Callable[[], Any]]] = [
        (ReasonUnreadable, lambda: ask(cast, lesson, reason=HALF)),
        (NoteUnreadable, lambda: checks.check_note(HALF)),
        (ClaimNoteTooLong, lambda: check_claim_note(HALF)),
        (HolidayUnnamed, lambda: add_holiday(actor=cast.owen, day_on=THURSDAY.date(), name=HALF, **form)),
        (TypeUnusable, lambda: set_lesson_type(actor=cast.owen, offer=Offer(code="talk", name=HALF, minutes=(50,)),
                                               **how(cast))),
        (ReasonUnreadable, lambda: set_default_availability(actor=cast.desi, teacher_id=cast.tara.pk, weekly={},
                                                            from_on=NOW.date(), reason=HALF, **form)),
        (CaseNotFound, lambda: withdraw_incident(actor=cast.tara, reference=HALF, **how(cast))),
        (QuoteUnreadable, lambda: quotes.read_id(HALF)),
    ]  # fmt: skip
    for refusal, deed in refusals:
        with pytest.raises(refusal):
            deed()
    assert read_objection(HALF) is None
    assert hash_of(HALF) != hash_of("A ? wedding")


def test_nothing_can_be_said_of_a_time_that_is_only_kept(cast: Cast, lesson: Lesson) -> None:
    kept = keep(cast, lesson)

    with pytest.raises(LessonNotFound):
        report_problem(
            school=cast.school, actor=cast.sam, lesson_id=kept.hold_id, note="Nobody here", request_id=uuid.uuid4(),
            door=Door.WEB, now=THURSDAY,
        )  # fmt: skip


def test_choosing_the_former_time_again_does_not_block_the_way_back_to_it(cast: Cast, lesson: Lesson) -> None:
    reschedule(cast, lesson, to=THURSDAY)
    kept = keep(cast, lesson, starts_at=WEDNESDAY)

    undo_reschedule(actor=cast.sam, lesson_id=lesson.pk, **how(cast))

    assert lesson_of(cast, lesson.pk).starts_at == WEDNESDAY
    assert lesson_of(cast, kept.hold_id).status == LessonStatus.RELEASED


def test_a_problem_told_before_a_move_is_no_report_about_the_new_time(cast: Cast, lesson: Lesson) -> None:
    told_at = WEDNESDAY - timedelta(minutes=9)
    report_problem(
        school=cast.school, actor=cast.tara, lesson_id=lesson.pk, note="No sound", request_id=uuid.uuid4(),
        door=Door.WEB, now=told_at,
    )  # fmt: skip
    with in_school(cast.school.pk):
        assert find_first_report(lesson=lesson_of(cast, lesson.pk)) == told_at

    asked = ask(cast, lesson, starts_at=WEDNESDAY + DAY, now=told_at)
    assert answer(cast, asked, now=told_at + SECOND).has_moved

    with in_school(cast.school.pk):
        assert find_first_report(lesson=lesson_of(cast, lesson.pk)) is None


def test_an_agreed_move_that_counts_is_on_the_record_of_its_incident(cast: Cast, lesson: Lesson) -> None:
    answer(cast, ask(cast, lesson))

    with in_school(cast.school.pk):
        event = Event.objects.get(kind="move_agreed")
        assert (event.lesson_id, event.incident_id) == (lesson.pk, Incident.objects.get().pk)
