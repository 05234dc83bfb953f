"""A student moves a lesson: what is kept, what moves, what it costs, and every way in which it is refused."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from makegood.actions.availability_changes import TeacherNotFound
from makegood.actions.booking_steps import TeacherPaused
from makegood.actions.cancel_by_student import cancel_by_student
from makegood.actions.lapsing import sweep_lapsed
from makegood.actions.moving_steps import MovingNoLongerFree
from makegood.actions.undo_reschedule import undo_reschedule
from makegood.domain.availability import masks
from makegood.domain.availability.models import CalendarWeek
from makegood.domain.incidents.models import Incident
from makegood.domain.ledger.credits import NotEnoughCredits
from makegood.domain.lessons.keeping import NewTimeNotKept
from makegood.domain.lessons.models import Lesson, LessonRelease, LessonStatus
from makegood.domain.lessons.operations import LessonNotFound, LessonNotOpen, TimeTakenSince, TooLateToUndo
from makegood.domain.lessons.time_checks import (
    AlreadyPast,
    DayFull,
    OutsideAvailability,
    SlotTaken,
    StudentDoubleBooked,
    TooSoon,
)
from makegood.domain.people.models import Role, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.requests import DifferentRequest
from makegood.refusal import Refusal
from makegood.reports.moving_page import make_moving_page
from makegood.rules.facts import RequestedBy
from tests.cast import Cast, add_member, book, make_cast, report
from tests.moves import (
    DAY,
    FRIDAY,
    NOW,
    SECOND,
    THURSDAY,
    WEDNESDAY,
    ask,
    confirm,
    count_credits,
    events_of,
    give_credits,
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

MARK = WEDNESDAY - DAY


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    open_mornings(made)
    return made


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return book(cast, starts_at=WEDNESDAY)


def undo(cast: Cast, lesson: Lesson, *, now: datetime = NOW) -> bool:
    undone = undo_reschedule(school=cast.school, actor=cast.sam, lesson_id=lesson.pk, door=Door.WEB, now=now)
    return undone.is_replay


def cancel(cast: Cast, lesson: Lesson, *, now: datetime = NOW) -> None:
    cancel_by_student(
        school=cast.school,
        actor=cast.sam,
        lesson_id=lesson.pk,
        shown_as_free=False,
        note="",
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=now,
    )


def statuses(cast: Cast) -> list[tuple[datetime, str]]:
    with in_school(cast.school.pk):
        return list(Lesson.objects.order_by("starts_at", "pk").values_list("starts_at", "status"))


def busy_quarters(cast: Cast) -> int:
    """How many quarters of an hour of the week are busy."""
    with in_school(cast.school.pk):
        week = CalendarWeek.objects.filter(teacher_id=cast.tara.pk, week_starts_at=masks.week_of(WEDNESDAY)).first()
    return 0 if week is None else int.from_bytes(bytes(week.busy)).bit_count()


# --- free, before the mark


def test_the_lesson_moves_and_stays_itself(cast: Cast, lesson: Lesson) -> None:
    moved = reschedule(cast, lesson, note="Dentist")

    stands = lesson_of(cast, lesson.pk)
    assert (moved.lesson_id, moved.is_used) == (lesson.pk, False)
    assert (stands.starts_at, stands.status, stands.version) == (THURSDAY, LessonStatus.BOOKED, lesson.version + 1)
    assert moves_of(cast, lesson) == [(WEDNESDAY, THURSDAY, RequestedBy.STUDENT)]
    assert events_of(cast, lesson) == ["moved_by_student"]
    assert told(cast) == [("sam", "lesson_moved"), ("tara", "lesson_moved")]


def test_it_counts_for_nobody_and_leaves_the_credit_where_it_is(cast: Cast, lesson: Lesson) -> None:
    give_credits(cast, 2, used_by=lesson)

    reschedule(cast, lesson)

    with in_school(cast.school.pk):
        assert not Incident.objects.exists()
    assert count_credits(cast) == 1


def test_the_old_time_is_kept_until_the_new_one_is_confirmed(cast: Cast, lesson: Lesson) -> None:
    kept = keep(cast, lesson)

    assert statuses(cast) == [(WEDNESDAY, "booked"), (THURSDAY, "held")]
    assert moves_of(cast, lesson) == []
    confirm(cast, lesson, kept.hold_id)
    assert statuses(cast) == [(THURSDAY, "booked"), (THURSDAY, "released")]
    with in_school(cast.school.pk):
        assert LessonRelease.objects.get(lesson_id=kept.hold_id).why == "used"
    # Only the new time is busy: four quarters of an hour.
    assert busy_quarters(cast) == 4


def test_another_choice_lets_the_first_one_go(cast: Cast, lesson: Lesson) -> None:
    first = keep(cast, lesson)
    keep(cast, lesson, starts_at=FRIDAY)

    assert statuses(cast) == [(WEDNESDAY, "booked"), (THURSDAY, "released"), (FRIDAY, "held")]
    with pytest.raises(NewTimeNotKept):
        confirm(cast, lesson, first.hold_id)


def test_what_is_not_confirmed_in_time_lapses_and_the_lesson_stays(cast: Cast, lesson: Lesson) -> None:
    kept = keep(cast, lesson)

    with pytest.raises(NewTimeNotKept):
        confirm(cast, lesson, kept.hold_id, now=kept.held_until)
    sweep_lapsed(school=cast.school, now=kept.held_until)

    assert statuses(cast) == [(WEDNESDAY, "booked"), (THURSDAY, "released")]
    assert told(cast) == []


def test_a_lesson_moves_many_times_and_remembers_each(cast: Cast, lesson: Lesson) -> None:
    reschedule(cast, lesson)
    reschedule(cast, lesson, to=FRIDAY)
    reschedule(cast, lesson, to=WEDNESDAY)

    assert [move[:2] for move in moves_of(cast, lesson)] == [
        (WEDNESDAY, THURSDAY),
        (THURSDAY, FRIDAY),
        (FRIDAY, WEDNESDAY),
    ]


def test_a_second_tap_gets_the_first_answer_and_other_content_is_refused(cast: Cast, lesson: Lesson) -> None:
    request_id = uuid.uuid4()
    first = keep(cast, lesson, request_id=request_id)
    again = keep(cast, lesson, request_id=request_id)
    moved = confirm(cast, lesson, first.hold_id, request_id=request_id)
    repeated = confirm(cast, lesson, first.hold_id, request_id=request_id, now=NOW + 3 * DAY)

    assert (again.hold_id, again.is_replay) == (first.hold_id, True)
    assert (repeated.lesson_id, repeated.is_replay, moved.is_replay) == (lesson.pk, True, False)
    assert len(moves_of(cast, lesson)) == 1
    with pytest.raises(DifferentRequest):
        confirm(cast, lesson, first.hold_id, request_id=request_id, note="Other")


# --- the mark


def test_exactly_on_the_mark_it_is_free(cast: Cast, lesson: Lesson) -> None:
    assert reschedule(cast, lesson, now=MARK).is_used is False


def test_a_second_after_the_mark_nothing_happens_that_was_shown_as_free(cast: Cast, lesson: Lesson) -> None:
    kept = keep(cast, lesson, now=MARK)

    with pytest.raises(MovingNoLongerFree):
        confirm(cast, lesson, kept.hold_id, now=MARK + SECOND)

    assert statuses(cast) == [(WEDNESDAY, "booked"), (THURSDAY, "held")]


def test_after_the_mark_the_lesson_is_used_and_another_one_booked(cast: Cast, lesson: Lesson) -> None:
    give_credits(cast, 2, used_by=lesson)
    now = MARK + SECOND

    moved = reschedule(cast, lesson, shown_as_free=False, now=now)

    another = lesson_of(cast, moved.lesson_id)
    assert (moved.is_used, another.pk == lesson.pk) == (True, False)
    assert statuses(cast) == [(WEDNESDAY, "cancelled"), (THURSDAY, "released"), (THURSDAY, "booked")]
    assert (another.pay_minor, another.lesson_type, another.credits) == (1200, lesson.lesson_type, 1)
    assert count_credits(cast) == 0
    assert moves_of(cast, lesson) == []
    with in_school(cast.school.pk):
        assert Incident.objects.get().requested_by == RequestedBy.STUDENT
    assert told(cast) == [
        ("sam", "lesson_cancelled_by_student_used"),
        ("tara", "lesson_cancelled_by_student_teacher"),
        ("tara", "lesson_booked"),
        ("sam", "lesson_booked"),
    ]


def test_after_the_mark_without_a_credit_for_another_lesson_nothing_happens(cast: Cast, lesson: Lesson) -> None:
    give_credits(cast, 1, used_by=lesson)
    kept = keep(cast, lesson, now=MARK + SECOND)

    with pytest.raises(NotEnoughCredits):
        confirm(cast, lesson, kept.hold_id, shown_as_free=False, now=MARK + SECOND)

    assert statuses(cast) == [(WEDNESDAY, "booked"), (THURSDAY, "held")]


@pytest.mark.parametrize("starts_at", [datetime(2026, 10, 26, 1, tzinfo=UTC), datetime(2026, 11, 2, 1, tzinfo=UTC)])
def test_the_mark_is_elapsed_time_when_clocks_change(starts_at: datetime) -> None:
    cast = make_cast(zone="Europe/Berlin")
    open_mornings(cast)
    lesson = book(cast, starts_at=starts_at)
    to = datetime(2026, 11, 5, 1, tzinfo=UTC)

    kept = keep(cast, lesson, starts_at=to, now=starts_at - DAY)

    with pytest.raises(MovingNoLongerFree):
        confirm(cast, lesson, kept.hold_id, now=starts_at - DAY + SECOND)
    assert confirm(cast, lesson, kept.hold_id, now=starts_at - DAY).is_used is False


# --- what is refused


def test_times_that_cannot_be_had_are_refused(cast: Cast, lesson: Lesson) -> None:
    with in_school(cast.school.pk):
        sue = add_member(cast.school, code="sue", name="Sue", role=Role.STUDENT, zone="Europe/Berlin")
        taken = book(cast, starts_at=FRIDAY)
        Lesson.objects.filter(pk=taken.pk).update(student=sue, version=taken.version + 1)
    book(cast, starts_at=FRIDAY + timedelta(hours=1, minutes=30), teacher=cast.tom)
    set_rules(cast, minimum_notice_minutes=24 * 60)

    for starts_at, refusal in (
        (NOW - DAY, AlreadyPast),
        (NOW + timedelta(hours=19), TooSoon),
        (THURSDAY + timedelta(hours=5), OutsideAvailability),
        (FRIDAY, SlotTaken),
        (FRIDAY + timedelta(hours=1, minutes=30), StudentDoubleBooked),
        # Half an hour later the lesson would overlap with where it is.
        (WEDNESDAY + timedelta(minutes=30), StudentDoubleBooked),
        (WEDNESDAY, StudentDoubleBooked),
    ):
        with pytest.raises(refusal):
            keep(cast, lesson, starts_at=starts_at)
    assert [status for _at, status in statuses(cast)] == ["booked"] * 3


def test_a_full_day_is_full_for_others_but_not_for_its_own_lessons(cast: Cast, lesson: Lesson) -> None:
    other = book(cast, starts_at=THURSDAY)
    set_rules(cast, max_lessons_per_day=1)

    with pytest.raises(DayFull):
        keep(cast, other, starts_at=WEDNESDAY + timedelta(hours=1))
    assert keep(cast, lesson, starts_at=WEDNESDAY + timedelta(hours=1)).hold_id


def test_somebody_elses_lesson_and_hold_are_not_found(cast: Cast, lesson: Lesson) -> None:
    with in_school(cast.school.pk):
        sue = add_member(cast.school, code="sue", name="Sue", role=Role.STUDENT, zone="Europe/Berlin")
    kept = keep(cast, lesson)
    other = book(cast, starts_at=FRIDAY)

    for stranger in (sue, cast.tara):
        with pytest.raises(LessonNotFound):
            keep(cast, lesson, actor=stranger)
        with pytest.raises(LessonNotFound):
            confirm(cast, lesson, kept.hold_id, actor=stranger)
    with pytest.raises(NewTimeNotKept):
        confirm(cast, other, kept.hold_id)
    with pytest.raises(LessonNotFound):
        keep(cast, lesson, lesson_id=kept.hold_id)


def test_what_has_begun_or_is_off_does_not_move(cast: Cast, lesson: Lesson) -> None:
    kept = keep(cast, lesson)
    cancel(cast, lesson)

    with pytest.raises(LessonNotOpen):
        confirm(cast, lesson, kept.hold_id)
    begun = book(cast, starts_at=FRIDAY)
    with pytest.raises(LessonNotOpen):
        keep(cast, begun, starts_at=FRIDAY + 3 * DAY, now=FRIDAY)
    assert statuses(cast)[1] == (THURSDAY, "released")


def test_a_paused_teacher_is_not_moved_to(cast: Cast, lesson: Lesson) -> None:
    kept = keep(cast, lesson)
    past = [book(cast, starts_at=NOW - timedelta(days=day, hours=-1)) for day in range(1, 5)]
    for one in past:
        report(cast, one, now=one.starts_at - timedelta(hours=2))

    with pytest.raises(TeacherPaused):
        keep(cast, lesson, starts_at=FRIDAY)
    with pytest.raises(TeacherPaused):
        confirm(cast, lesson, kept.hold_id)


def test_a_teacher_who_teaches_no_more_is_not_moved_to(cast: Cast, lesson: Lesson) -> None:
    with in_school(cast.school.pk):
        RoleGrant.objects.filter(membership=cast.tara, role=Role.TEACHER).update(ended_at=NOW)

    with pytest.raises(TeacherNotFound):
        keep(cast, lesson)


# --- undo


def test_a_move_is_undone_for_the_undo_minutes(cast: Cast, lesson: Lesson) -> None:
    reschedule(cast, lesson)

    assert undo(cast, lesson, now=NOW + timedelta(minutes=5)) is False
    assert undo(cast, lesson, now=NOW + timedelta(minutes=6)) is True
    assert lesson_of(cast, lesson.pk).starts_at == WEDNESDAY
    assert [move[:2] for move in moves_of(cast, lesson)] == [(WEDNESDAY, THURSDAY), (THURSDAY, WEDNESDAY)]
    assert told(cast)[2:] == [("sam", "lesson_moved"), ("tara", "lesson_moved")]
    assert events_of(cast, lesson) == ["moved_by_student", "move_undone"]
    assert busy_quarters(cast) == 4


def test_it_is_not_undone_later_nor_by_others_nor_onto_what_was_booked_since(cast: Cast, lesson: Lesson) -> None:
    reschedule(cast, lesson)

    with pytest.raises(TooLateToUndo):
        undo(cast, lesson, now=NOW + timedelta(minutes=5, seconds=1))
    with pytest.raises(LessonNotFound):
        undo_reschedule(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, door=Door.WEB, now=NOW)
    book(cast, starts_at=WEDNESDAY)
    with pytest.raises(TimeTakenSince):
        undo(cast, lesson)
    with pytest.raises(TooLateToUndo):
        undo(cast, book(cast, starts_at=FRIDAY))


@pytest.mark.parametrize("what", ["nothing", "asked", "left"])
def test_no_undo_is_offered_that_would_be_refused(cast: Cast, lesson: Lesson, what: str) -> None:
    reschedule(cast, lesson)
    if what == "asked":
        ask(cast, lesson_of(cast, lesson.pk), starts_at=FRIDAY)
    if what == "left":
        leave(cast, cast.tara)

    with in_school(cast.school.pk):
        page = make_moving_page(
            school=cast.school, lesson=lesson_of(cast, lesson.pk), visitor=cast.sam, now=NOW + SECOND
        )

    assert (page.undo_until is not None) is (what == "nothing")
    if what != "nothing":
        with pytest.raises(Refusal):
            undo(cast, lesson)


def test_it_is_not_undone_once_the_lesson_is_off(cast: Cast, lesson: Lesson) -> None:
    reschedule(cast, lesson)
    cancel(cast, lesson)

    with pytest.raises(LessonNotOpen):
        undo(cast, lesson)
