"""Booking one lesson: what is written, what is used and told, and every way in which it is refused."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from makegood.actions.approve_booking import approve_booking, decline_booking
from makegood.actions.book_for_somebody import book_for_somebody
from makegood.actions.book_lesson import HoldLapsed, book_held_lesson
from makegood.actions.booking_steps import StudentNotFound, TeacherPaused
from makegood.actions.lapsing import sweep_lapsed
from makegood.actions.let_go import let_go
from makegood.actions.reasons import ReasonMissing
from makegood.actions.undo_booking import BookingUndoTooLate, NotYoursToUndo, find_undo_end, undo_booking
from makegood.actions.waiting_lessons import NothingToAnswer
from makegood.domain.availability.expansion import WallRange
from makegood.domain.ledger.credits import NotEnoughCredits
from makegood.domain.lessons.models import LessonStatus
from makegood.domain.lessons.offering import LengthNotOffered, TypeNotOffered
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.lessons.time_checks import (
    AlreadyPast,
    DayFull,
    FirstLessonHad,
    Leave,
    OutsideAvailability,
    ProbationFull,
    SlotTaken,
    StudentDoubleBooked,
    TooFar,
    TooSoon,
)
from makegood.domain.notifications.models import Message
from makegood.domain.people.models import Membership, Role
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.models import Event
from makegood.domain.timeline.requests import DifferentRequest
from tests import cast as casting
from tests.bookings import (
    NOW,
    TUESDAY_NINE,
    book,
    busy_steps,
    count_credits,
    give_credits,
    hold,
    later,
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
    return made


@pytest.fixture
def sue(cast: Cast) -> Membership:
    """Another student."""
    with in_school(cast.school.pk):
        return add_member(cast.school, code="sue", name="Sue Studies", role=Role.STUDENT, zone="Europe/Berlin")


def events_of(cast: Cast, lesson_id: int) -> list[str]:
    with in_school(cast.school.pk):
        return list(Event.objects.filter(lesson_id=lesson_id).order_by("pk").values_list("kind", flat=True))


def told(cast: Cast, member: Membership) -> list[str]:
    with in_school(cast.school.pk):
        messages = Message.objects.filter(recipient=member, channel="in_app")
        return list(messages.order_by("pk").values_list("kind", flat=True))


def ask(verb: Any, cast: Cast, actor: Membership, lesson_id: int, **more: Any) -> Any:
    values: dict[str, Any] = {"request_id": uuid.uuid4(), "door": Door.WEB, "now": NOW}
    return verb(school=cast.school, actor=actor, lesson_id=lesson_id, **(values | more))


def for_somebody(cast: Cast, **changes: Any) -> Any:
    values: dict[str, Any] = {
        "school": cast.school, "actor": cast.desi, "teacher_id": cast.tara.pk, "student_id": cast.sam.pk,
        "starts_at": TUESDAY_NINE, "minutes": 50, "lesson_type": "regular", "reason": "Asked by phone",
        "leave": Leave(), "request_id": uuid.uuid4(), "door": Door.WEB, "now": NOW,
    }  # fmt: skip
    return book_for_somebody(**(values | changes))


def test_a_student_books_a_free_time(cast: Cast) -> None:
    booked = book(cast)

    lesson = lesson_of(cast, booked.lesson_id)
    assert (lesson.status, lesson.student_id, lesson.starts_at) == (LessonStatus.BOOKED, cast.sam.pk, TUESDAY_NINE)
    assert lesson.booked_at == NOW
    assert booked.undo_until == NOW + timedelta(minutes=5)
    assert events_of(cast, lesson.pk) == ["lesson_booked"]
    assert told(cast, cast.tara) == told(cast, cast.sam) == ["lesson_booked"]
    assert busy_steps(cast, TUESDAY_NINE) == 4


def test_the_same_request_books_once(cast: Cast) -> None:
    request_id = uuid.uuid4()

    first, second = book(cast, request_id=request_id), book(cast, request_id=request_id)

    assert (second.lesson_id, second.is_replay) == (first.lesson_id, True)
    with pytest.raises(DifferentRequest):
        book(cast, request_id=request_id, minutes=25)


def test_a_taken_time_is_refused_with_the_nearest_free_ones(cast: Cast, sue: Membership) -> None:
    book(cast)

    with pytest.raises(SlotTaken) as refused:
        book(cast, actor=sue)

    assert refused.value.alternatives == tuple(TUESDAY_NINE + timedelta(minutes=minutes) for minutes in (60, 90, 120))
    assert busy_steps(cast, TUESDAY_NINE) == 4


@pytest.mark.parametrize(
    ("starts_at", "refusal"),
    [
        (NOW - timedelta(hours=5), AlreadyPast),
        (NOW + timedelta(hours=11, minutes=59), TooSoon),
        (NOW + timedelta(days=60), TooFar),
        (datetime(2026, 11, 24, 6, tzinfo=UTC), OutsideAvailability),
        (TUESDAY_NINE + timedelta(minutes=15), OutsideAvailability),
        (TUESDAY_NINE + timedelta(seconds=1), OutsideAvailability),
        (datetime(2026, 11, 24, 3, 30, tzinfo=UTC), OutsideAvailability),
    ],
)
def test_a_time_against_the_rules_is_refused(cast: Cast, starts_at: datetime, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        book(cast, starts_at=starts_at)


def test_a_student_is_in_one_lesson_at_a_time(cast: Cast) -> None:
    open_mornings(cast, cast.tom)
    book(cast, starts_at=datetime(2026, 11, 24, 8, tzinfo=UTC), teacher_id=cast.tom.pk)
    open_mornings(cast, ranges=(WallRange(0, 1440),))

    with pytest.raises(StudentDoubleBooked):
        book(cast, starts_at=datetime(2026, 11, 24, 8, 30, tzinfo=UTC))


def test_a_day_is_full_at_the_schools_limit(cast: Cast, sue: Membership) -> None:
    set_rules(cast, max_lessons_per_day=1)
    book(cast, actor=sue)

    with pytest.raises(DayFull):
        book(cast, starts_at=TUESDAY_NINE + timedelta(hours=1))
    assert book(cast, starts_at=TUESDAY_NINE + timedelta(days=1)).lesson_id


def test_a_new_teacher_gives_few_lessons_a_week(cast: Cast) -> None:
    set_rules(cast, probation_days=366, probation_max_lessons_per_week=2)
    book(cast)
    book(cast, starts_at=TUESDAY_NINE + timedelta(days=1))

    with pytest.raises(ProbationFull):
        book(cast, starts_at=TUESDAY_NINE + timedelta(days=2))
    assert book(cast, starts_at=TUESDAY_NINE + timedelta(days=7)).lesson_id


def test_the_buffer_keeps_lessons_apart(cast: Cast, sue: Membership) -> None:
    set_rules(cast, buffer_minutes=15)
    book(cast)

    with pytest.raises(SlotTaken):
        book(cast, actor=sue, starts_at=TUESDAY_NINE + timedelta(hours=1))
    assert book(cast, actor=sue, starts_at=TUESDAY_NINE + timedelta(minutes=90)).lesson_id


def test_two_meet_for_the_first_time_once(cast: Cast) -> None:
    book(cast, lesson_type="meet_your_teacher", minutes=25)

    with pytest.raises(FirstLessonHad):
        book(cast, lesson_type="meet_your_teacher", minutes=25, starts_at=TUESDAY_NINE + timedelta(days=1))


def test_what_is_not_offered_is_refused(cast: Cast) -> None:
    with pytest.raises(TypeNotOffered):
        book(cast, lesson_type="singing")
    with pytest.raises(LengthNotOffered):
        book(cast, minutes=40)


def test_a_paused_teacher_is_not_booked(cast: Cast) -> None:
    lessons = [casting.book(cast, starts_at=NOW - timedelta(days=day, hours=-1)) for day in range(1, 5)]
    for lesson in lessons:
        casting.report(cast, lesson, now=lesson.starts_at - timedelta(hours=2))

    with pytest.raises(TeacherPaused):
        book(cast)
    assert book(cast, starts_at=TUESDAY_NINE + timedelta(days=14)).lesson_id


def test_credits_are_used_and_given_back(cast: Cast) -> None:
    set_rules(cast, requires_credits=True)
    give_credits(cast, 1)

    booked = book(cast)
    assert count_credits(cast) == 0
    with pytest.raises(NotEnoughCredits):
        book(cast, starts_at=TUESDAY_NINE + timedelta(days=1))

    ask(undo_booking, cast, cast.sam, booked.lesson_id)
    assert count_credits(cast) == 1
    assert lesson_of(cast, booked.lesson_id).status == LessonStatus.RELEASED
    assert busy_steps(cast, TUESDAY_NINE) == 0
    assert told(cast, cast.tara) == ["lesson_booked", "booking_undone"]


def end_of_undo(cast: Cast, actor: Membership, lesson_id: int, *, now: datetime) -> datetime | None:
    with in_school(cast.school.pk):
        return find_undo_end(lesson=lesson_of(cast, lesson_id), actor=actor, now=now)


def test_what_the_school_approved_is_not_the_students_to_undo(cast: Cast) -> None:
    set_rules(cast, needs_approval=True)
    booked = book(cast)
    ask(approve_booking, cast, cast.desi, booked.lesson_id)

    assert end_of_undo(cast, cast.sam, booked.lesson_id, now=later(1)) is None
    with pytest.raises(NotYoursToUndo):
        ask(undo_booking, cast, cast.sam, booked.lesson_id, now=later(1))


def test_a_booking_is_undone_within_five_minutes_by_whoever_made_it(cast: Cast) -> None:
    booked = book(cast)

    with pytest.raises(NotYoursToUndo):
        ask(undo_booking, cast, cast.tara, booked.lesson_id)
    assert end_of_undo(cast, cast.tara, booked.lesson_id, now=later(0)) is None
    assert end_of_undo(cast, cast.sam, booked.lesson_id, now=later(5)) == later(5)
    assert end_of_undo(cast, cast.sam, booked.lesson_id, now=later(6)) is None
    with pytest.raises(BookingUndoTooLate):
        ask(undo_booking, cast, cast.sam, booked.lesson_id, now=later(6))
    assert ask(undo_booking, cast, cast.sam, booked.lesson_id, now=later(5)).lesson_ids == (booked.lesson_id,)
    with pytest.raises(BookingUndoTooLate):
        ask(undo_booking, cast, cast.sam, booked.lesson_id, now=later(5))


def test_a_held_time_is_kept_then_booked(cast: Cast, sue: Membership) -> None:
    held = hold(cast)

    with pytest.raises(SlotTaken):
        book(cast, actor=sue)
    booked = ask(book_held_lesson, cast, cast.sam, held.lesson_id, now=later(14))

    assert held.held_until == later(15)
    assert booked.lesson_id == held.lesson_id
    assert lesson_of(cast, held.lesson_id).booked_at == later(14)
    assert events_of(cast, held.lesson_id) == ["slot_held", "lesson_booked"]


def test_a_lapsed_hold_frees_its_time_with_the_next_booking(cast: Cast, sue: Membership) -> None:
    held = hold(cast)

    assert book(cast, actor=sue, now=later(15)).lesson_id
    with pytest.raises(HoldLapsed):
        ask(book_held_lesson, cast, cast.sam, held.lesson_id, now=later(15))
    assert lesson_of(cast, held.lesson_id).status == LessonStatus.RELEASED


def test_the_sweep_lets_lapsed_holds_go(cast: Cast) -> None:
    held = hold(cast)

    assert sweep_lapsed(school=cast.school, now=later(14)) == 0
    assert sweep_lapsed(school=cast.school, now=later(15)) == 1
    assert lesson_of(cast, held.lesson_id).status == LessonStatus.RELEASED
    assert busy_steps(cast, TUESDAY_NINE) == 0


def test_a_student_holds_one_time(cast: Cast) -> None:
    open_mornings(cast, cast.tom)
    first = hold(cast)

    second = hold(cast, teacher_id=cast.tom.pk, starts_at=datetime(2026, 11, 24, 9, tzinfo=UTC))

    assert lesson_of(cast, first.lesson_id).status == LessonStatus.RELEASED
    assert lesson_of(cast, second.lesson_id).status == LessonStatus.HELD
    assert busy_steps(cast, TUESDAY_NINE) == 0


def test_a_hold_is_let_go_by_its_holder_alone(cast: Cast, sue: Membership) -> None:
    held = hold(cast)

    with pytest.raises(LessonNotFound):
        ask(let_go, cast, sue, held.lesson_id)
    assert ask(let_go, cast, cast.sam, held.lesson_id).status == LessonStatus.RELEASED


def test_the_school_approves_a_booking(cast: Cast) -> None:
    set_rules(cast, needs_approval=True, requires_credits=True)
    give_credits(cast, 1)

    requested = book(cast)
    assert (requested.status, count_credits(cast)) == (LessonStatus.REQUESTED, 0)
    assert told(cast, cast.desi) == ["booking_requested"]
    approved = ask(approve_booking, cast, cast.desi, requested.lesson_id)

    assert approved.status == lesson_of(cast, requested.lesson_id).status == LessonStatus.BOOKED
    assert told(cast, cast.sam) == ["lesson_booked"]


def test_approving_twice_is_one_approval(cast: Cast) -> None:
    set_rules(cast, needs_approval=True)
    requested = book(cast)
    request_id = uuid.uuid4()

    first = ask(approve_booking, cast, cast.desi, requested.lesson_id, request_id=request_id)
    second = ask(approve_booking, cast, cast.desi, requested.lesson_id, request_id=request_id)

    assert (second.status, second.lesson_ids, second.is_replay) == (first.status, first.lesson_ids, True)
    assert told(cast, cast.sam) == ["lesson_booked"]
    with pytest.raises(NothingToAnswer):
        ask(decline_booking, cast, cast.desi, requested.lesson_id, reason="Somebody else approved it first")


def test_the_school_refuses_a_booking_with_a_reason(cast: Cast) -> None:
    set_rules(cast, needs_approval=True, requires_credits=True)
    give_credits(cast, 1)
    requested = book(cast)

    with pytest.raises(ReasonMissing):
        ask(decline_booking, cast, cast.desi, requested.lesson_id, reason=" ")
    ask(decline_booking, cast, cast.desi, requested.lesson_id, reason="Another teacher fits better")

    assert (lesson_of(cast, requested.lesson_id).status, count_credits(cast)) == (LessonStatus.RELEASED, 1)
    assert told(cast, cast.sam) == ["booking_refused"]


def test_a_request_lapses_and_both_are_told(cast: Cast) -> None:
    set_rules(cast, needs_approval=True, requires_credits=True)
    give_credits(cast, 1)
    requested = book(cast)

    sweep_lapsed(school=cast.school, now=TUESDAY_NINE)

    assert (lesson_of(cast, requested.lesson_id).status, count_credits(cast)) == (LessonStatus.RELEASED, 1)
    assert told(cast, cast.sam) == told(cast, cast.tara) == ["booking_expired"]


def test_the_desk_books_with_a_reason_and_never_over_another_lesson(cast: Cast, sue: Membership) -> None:
    at_night = datetime(2026, 11, 23, 15, tzinfo=UTC)

    with pytest.raises(ReasonMissing):
        for_somebody(cast, reason="")
    with pytest.raises(TooSoon):
        for_somebody(cast, starts_at=at_night)
    with pytest.raises(OutsideAvailability):
        for_somebody(cast, starts_at=at_night, leave=Leave(any_notice=True))
    booked = for_somebody(cast, starts_at=at_night, leave=Leave(any_notice=True, any_time=True))
    with pytest.raises(SlotTaken):
        for_somebody(
            cast,
            student_id=sue.pk,
            starts_at=at_night + timedelta(minutes=5),
            leave=Leave(any_notice=True, any_time=True),
        )

    with in_school(cast.school.pk):
        event = Event.objects.get(lesson_id=booked.lesson_id)
    assert (event.actor_id, event.on_behalf_of_id, event.reason) == (cast.desi.person_id, cast.sam.pk, "Asked by phone")


def test_only_teachers_and_students_of_the_school_are_booked(cast: Cast) -> None:
    other = make_cast(slug="larkspur")

    with pytest.raises(StudentNotFound):
        for_somebody(cast, student_id=cast.tom.pk)
    with pytest.raises(StudentNotFound):
        for_somebody(cast, student_id=other.sam.pk)
