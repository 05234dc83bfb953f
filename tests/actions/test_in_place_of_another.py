"""What is off does not come back while a lesson stands in its place, or one in place of that."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest

from makegood.actions.book_for_somebody import book_for_somebody
from makegood.actions.undo_booking import undo_booking
from makegood.actions.withdraw_incident import withdraw_incident
from makegood.domain.lessons.coming_back import find_hindrance
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.other_times import OtherTimeStands
from makegood.domain.lessons.time_checks import Leave
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.cast import Cast, book, make_cast, report
from tests.moves import FRIDAY, NOW, THURSDAY, WEDNESDAY, lesson_of, open_mornings

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def instead(cast: Cast, off: Lesson, at: datetime, *, now: datetime) -> Lesson:
    """The desk books Tara and Sam in place of a lesson."""
    booked = book_for_somebody(
        school=cast.school, actor=cast.desi, teacher_id=cast.tara.pk, student_id=cast.sam.pk, starts_at=at, minutes=50,
        lesson_type="regular", reason="Instead", leave=Leave(), instead_of=off.pk, request_id=uuid.uuid4(),
        door=Door.WEB, now=now,
    )  # fmt: skip
    return lesson_of(cast, booked.lesson_id)


def take_back(cast: Cast, reference: str, *, now: datetime) -> None:
    withdraw_incident(school=cast.school, actor=cast.tara, reference=reference, door=Door.WEB, now=now)


def find_what_hinders(cast: Cast, lesson: Lesson) -> object:
    with in_school(cast.school.pk):
        return find_hindrance(school=cast.school, lesson=lesson_of(cast, lesson.pk), since=NOW)


def test_the_first_of_three_stays_off_while_the_third_stands() -> None:
    cast = make_cast()
    open_mornings(cast)
    first = book(cast, starts_at=WEDNESDAY)
    off = report(cast, first, now=NOW).reference
    second = instead(cast, first, THURSDAY, now=NOW + MINUTE)
    off_again = report(cast, second, now=NOW + MINUTE).reference
    third = instead(cast, second, FRIDAY, now=NOW + MINUTE)

    for reference, lesson in ((off, first), (off_again, second)):
        assert isinstance(find_what_hinders(cast, lesson), OtherTimeStands)
        with pytest.raises(OtherTimeStands):
            take_back(cast, reference, now=NOW + 2 * MINUTE)

    undo_booking(
        school=cast.school, actor=cast.desi, lesson_id=third.pk, request_id=uuid.uuid4(), door=Door.WEB,
        now=NOW + 2 * MINUTE,
    )  # fmt: skip
    assert find_what_hinders(cast, first) is None
    take_back(cast, off, now=NOW + 3 * MINUTE)
    assert [lesson_of(cast, one.pk).status for one in (first, second, third)] == ["booked", "cancelled", "released"]
