"""A teacher who opens less than the school asks takes no new students; known ones and the desk book."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest

from makegood.actions.book_for_somebody import book_for_somebody
from makegood.actions.booking_steps import TakesNoNewStudents
from makegood.actions.series_steps import SeriesHasProblems
from makegood.actions.set_default_availability import set_default_availability
from makegood.domain.lessons.time_checks import Leave
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import render
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.reports.free_times import list_free_times
from tests import cast as casting
from tests.bookings import NOW, TUESDAY_NINE, book, book_weekly, hold, open_mornings, set_rules
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    """Tara is open on the mornings of this week, and of no later one."""
    cast = make_cast()
    open_mornings(cast)
    set_default_availability(
        school=cast.school,
        actor=cast.tara,
        teacher_id=cast.tara.pk,
        weekly={},
        from_on=date(2026, 11, 30),
        reason="",
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=NOW,
    )
    return cast


def test_a_new_student_is_refused_and_sees_no_times(cast: Cast) -> None:
    for verb in (book, hold):
        with pytest.raises(TakesNoNewStudents):
            verb(cast)
    with pytest.raises(SeriesHasProblems) as problems:
        book_weekly(cast, count=2)

    assert isinstance(problems.value.dates[0].refusal, TakesNoNewStudents)
    with in_school(cast.school.pk):
        times = list_free_times(
            school=cast.school, student=cast.sam, teacher_id=cast.tara.pk, minutes=50, day=None, now=NOW
        )
    assert times.times == ()


def test_a_student_who_had_a_lesson_with_the_teacher_books(cast: Cast) -> None:
    casting.book(cast, starts_at=NOW - timedelta(days=30))

    assert book(cast).lesson_id
    with in_school(cast.school.pk):
        times = list_free_times(
            school=cast.school, student=cast.sam, teacher_id=cast.tara.pk, minutes=50, day=None, now=NOW
        )
    assert times.times


def test_the_desk_books_for_a_new_student(cast: Cast) -> None:
    booked = book_for_somebody(
        school=cast.school,
        actor=cast.desi,
        teacher_id=cast.tara.pk,
        student_id=cast.sam.pk,
        starts_at=TUESDAY_NINE,
        minutes=50,
        lesson_type="regular",
        reason="Asked by phone",
        leave=Leave(),
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=NOW,
    )

    assert booked.lesson_id


def test_a_school_without_the_rule_asks_for_nothing(cast: Cast) -> None:
    set_rules(cast, freshness_days=0)

    assert book(cast).lesson_id


def test_opening_enough_ends_it_at_once(cast: Cast) -> None:
    open_mornings(cast, now=NOW + timedelta(days=7))

    assert book(cast).lesson_id


def test_a_booking_is_told_with_the_end_of_the_free_time_in_the_students_zone() -> None:
    cast = make_cast()
    open_mornings(cast)
    book(cast, starts_at=TUESDAY_NINE + timedelta(days=1))

    with in_school(cast.school.pk):
        told = Message.objects.filter(kind="lesson_booked", channel="in_app").select_related(
            "recipient__person", "school"
        )
        texts = {message.recipient.code: render(message).body for message in told}

    assert "free of charge until Mon 23 Nov, 20:00." in texts["sam"]
    assert "free of charge" not in texts["tara"]


def test_a_booking_inside_the_free_time_names_no_instant_that_is_past() -> None:
    cast = make_cast()
    open_mornings(cast)
    book(cast)

    with in_school(cast.school.pk):
        told = Message.objects.select_related("recipient__person", "school").get(recipient=cast.sam, channel="in_app")
        assert "free of charge" not in render(told).body
