"""An undo brings nothing back into a day that was filled, or closed, since."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from makegood.actions.add_holiday import add_holiday
from makegood.actions.approve_booking import decline_booking
from makegood.actions.book_for_somebody import book_for_somebody
from makegood.actions.book_lesson import book_lesson
from makegood.actions.cancel_for_school import cancel_for_school
from makegood.actions.move_by_desk import Shown, move_by_desk
from makegood.actions.undo_answer import undo_answer
from makegood.actions.undo_cancellation import undo_cancellation
from makegood.actions.undo_reschedule import undo_reschedule
from makegood.actions.withdraw_incident import withdraw_incident
from makegood.domain.lessons.coming_back import find_hindrance
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.room import ClosedSince, FullSince
from makegood.domain.lessons.time_checks import Leave
from makegood.domain.people.models import Role
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.rules.facts import RequestedBy
from tests.cast import Cast, add_member, book, make_cast, report
from tests.moves import NOW, THURSDAY, WEDNESDAY, lesson_of, open_mornings, set_rules

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
Undo = Callable[[], object]


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    open_mornings(made)
    return made


def how(cast: Cast, **values: Any) -> dict[str, Any]:
    return {"school": cast.school, "door": Door.WEB, "now": NOW} | values


def form(cast: Cast, **values: Any) -> dict[str, Any]:
    return how(cast, request_id=uuid.uuid4(), **values)


def move_away(cast: Cast) -> Undo:
    lesson = book(cast, starts_at=WEDNESDAY)
    values = form(
        cast, actor=cast.desi, requested_by=RequestedBy.COMPANY, starts_at=THURSDAY, asked="phone", reason="R"
    )
    move_by_desk(lesson_id=lesson.pk, shown=Shown(), **values)
    return lambda: undo_reschedule(lesson_id=lesson.pk, **how(cast, actor=cast.desi))


def cancel(cast: Cast) -> Undo:
    lesson = book(cast, starts_at=WEDNESDAY)
    cancel_for_school(lesson_id=lesson.pk, shown_as_paid=False, reason="Flood", **form(cast, actor=cast.desi))
    return lambda: undo_cancellation(lesson_id=lesson.pk, **how(cast, actor=cast.desi))


def report_an_emergency(cast: Cast) -> Undo:
    lesson = book(cast, starts_at=WEDNESDAY)
    reference = report(cast, lesson, now=NOW).reference
    return lambda: withdraw_incident(reference=reference, **how(cast, actor=cast.tara))


def refuse(cast: Cast) -> Undo:
    set_rules(cast, max_lessons_per_day=1, needs_approval=True)
    asked = book_lesson(
        teacher_id=cast.tara.pk, starts_at=WEDNESDAY, minutes=50, lesson_type="regular", **form(cast, actor=cast.sam)
    )
    decline_booking(lesson_id=asked.lesson_id, reason="No", **form(cast, actor=cast.desi))
    return lambda: undo_answer(lesson_id=asked.lesson_id, **form(cast, actor=cast.desi))


DEEDS = [move_away, cancel, report_an_emergency, refuse]


@pytest.mark.parametrize("deed", DEEDS)
def test_a_day_that_was_filled_since_stays_as_it_is(cast: Cast, deed: Callable[[Cast], Undo]) -> None:
    set_rules(cast, max_lessons_per_day=1)
    undo = deed(cast)
    with in_school(cast.school.pk):
        sue = add_member(cast.school, code="sue", name="Sue", role=Role.STUDENT, zone="UTC")
    other = book_lesson(
        teacher_id=cast.tara.pk, starts_at=WEDNESDAY + HOUR, minutes=50, lesson_type="regular", **form(cast, actor=sue)
    )

    with pytest.raises(FullSince):
        undo()

    assert lesson_of(cast, other.lesson_id).status in {LessonStatus.BOOKED, LessonStatus.REQUESTED}


@pytest.mark.parametrize("deed", DEEDS)
def test_a_day_that_became_a_holiday_since_stays_empty(cast: Cast, deed: Callable[[Cast], Undo]) -> None:
    undo = deed(cast)
    added = add_holiday(day_on=date(2026, 10, 21), name="Harvest", **form(cast, actor=cast.owen))
    assert added.outside_lesson_ids == ()

    with pytest.raises(ClosedSince):
        undo()


@pytest.mark.parametrize("deed", DEEDS)
def test_a_holiday_of_before_does_not_stand_in_the_way(cast: Cast, deed: Callable[[Cast], Undo]) -> None:
    """The lesson was there in spite of it."""
    undo = deed(cast)
    early = how(cast) | {"now": NOW - HOUR}
    add_holiday(day_on=date(2026, 10, 21), name="Harvest", actor=cast.owen, request_id=uuid.uuid4(), **early)

    undo()


def test_a_full_day_that_the_lesson_never_left_is_no_hindrance(cast: Cast) -> None:
    set_rules(cast, max_lessons_per_day=1)
    lesson = book(cast, starts_at=WEDNESDAY)
    values = form(cast, actor=cast.desi, requested_by=RequestedBy.COMPANY, asked="phone", reason="R", shown=Shown())
    move_by_desk(lesson_id=lesson.pk, starts_at=WEDNESDAY + HOUR, **values)

    undo_reschedule(lesson_id=lesson.pk, **how(cast, actor=cast.desi))

    assert lesson_of(cast, lesson.pk).starts_at == WEDNESDAY


def make_overfull(cast: Cast) -> list[Lesson]:
    """Three lessons on Wednesday, older than the rule that lets a teacher take two a day."""
    made = [book(cast, starts_at=WEDNESDAY + 2 * hours * HOUR) for hours in range(3)]
    set_rules(cast, max_lessons_per_day=2)
    return made


def cancel_at(cast: Cast, lesson: Lesson, now: datetime) -> None:
    values = form(cast, actor=cast.desi, shown_as_paid=False, reason="Flood") | {"now": now}
    cancel_for_school(lesson_id=lesson.pk, **values)


def undo_at(cast: Cast, lesson: Lesson, now: datetime) -> None:
    undo_cancellation(lesson_id=lesson.pk, **(how(cast, actor=cast.desi) | {"now": now}))


def hindrance_of(cast: Cast, lesson: Lesson, since: datetime) -> str | None:
    with in_school(cast.school.pk):
        found = find_hindrance(school=cast.school, lesson=lesson_of(cast, lesson.pk), since=since)
    return None if found is None else found.code


def book_by_desk(cast: Cast, starts_at: datetime, now: datetime) -> int:
    values = form(cast, actor=cast.desi) | {"now": now}
    return book_for_somebody(
        teacher_id=cast.tara.pk, student_id=cast.sam.pk, starts_at=starts_at, minutes=50, lesson_type="regular",
        reason="Wanted", leave=Leave(any_time=True, any_notice=True), **values,
    ).lesson_id  # fmt: skip


def test_a_day_that_held_too_many_may_hold_them_again_while_nothing_was_added(cast: Cast) -> None:
    first, second, _third = make_overfull(cast)
    cancel_at(cast, first, NOW)
    cancel_at(cast, second, NOW + MINUTE)

    # What came back was there when the first was given up.
    undo_at(cast, second, NOW + 2 * MINUTE)
    assert hindrance_of(cast, first, NOW) is None
    undo_at(cast, first, NOW + 3 * MINUTE)

    assert {lesson_of(cast, one.pk).status for one in (first, second)} == {LessonStatus.BOOKED}


def test_a_day_that_held_too_many_takes_nothing_back_beside_what_was_booked_since(cast: Cast) -> None:
    first, second, _third = make_overfull(cast)
    cancel_at(cast, first, NOW)
    cancel_at(cast, second, NOW + MINUTE)
    book_by_desk(cast, WEDNESDAY + 6 * HOUR, NOW + 2 * MINUTE)

    assert hindrance_of(cast, first, NOW) == FullSince.code
    with pytest.raises(FullSince):
        undo_at(cast, first, NOW + 3 * MINUTE)


def test_a_day_that_held_too_many_takes_nothing_back_beside_what_moved_there_since(cast: Cast) -> None:
    first, *_ = make_overfull(cast)
    other = book(cast, starts_at=THURSDAY)
    cancel_at(cast, first, NOW)
    set_rules(cast, max_lessons_per_day=3)
    values = form(cast, actor=cast.desi, requested_by=RequestedBy.COMPANY, asked="phone", reason="R", shown=Shown())
    move_by_desk(lesson_id=other.pk, starts_at=WEDNESDAY + HOUR, **(values | {"now": NOW + MINUTE}))

    assert hindrance_of(cast, first, NOW) == FullSince.code
    with pytest.raises(FullSince):
        undo_at(cast, first, NOW + 2 * MINUTE)


def test_a_day_that_held_too_many_takes_nothing_back_beside_what_came_back_since(cast: Cast) -> None:
    """The one that came back was off already when the other was given up."""
    first, second, _third = make_overfull(cast)
    cancel_at(cast, second, NOW)
    cancel_at(cast, first, NOW + MINUTE)
    book_by_desk(cast, WEDNESDAY + 6 * HOUR, NOW - HOUR)
    set_rules(cast, max_lessons_per_day=3)
    undo_at(cast, second, NOW + 2 * MINUTE)

    assert hindrance_of(cast, first, NOW + MINUTE) == FullSince.code
    with pytest.raises(FullSince):
        undo_at(cast, first, NOW + 3 * MINUTE)
