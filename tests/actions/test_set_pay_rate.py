"""What lessons pay by when they start: rates may begin on a later day, and what is booked keeps its pay."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from makegood.actions.answer_proposal import answer_proposal
from makegood.actions.approve_booking import approve_booking
from makegood.actions.propose_lesson import propose_lesson
from makegood.actions.set_pay_rate import DayUnusable, set_pay_rate
from makegood.domain.availability.expansion import WallRange
from makegood.domain.lessons.models import PayRate
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.models import Event
from makegood.quantities import Money
from tests.bookings import NOW, book, book_weekly, later, lesson_of, open_mornings, set_rules
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db

DECEMBER = date(2026, 12, 1)


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    # The school is in Manila, as Tara is: open around the clock there.
    open_mornings(made, ranges=(WallRange(0, 1440),), weekdays=7)
    return made


def set_rate(cast: Cast, minor: int, *, from_on: date | None = None, own: bool = False, now: datetime = NOW) -> None:
    set_pay_rate(
        school=cast.school, actor=cast.owen, teacher_id=cast.tara.pk if own else None, lesson_type="regular",
        minutes=50, amount=Money(minor, "USD"), from_on=from_on, door=Door.WEB, now=now,
    )  # fmt: skip


def pay_at(cast: Cast, starts_at: datetime, **how: Any) -> int | None:
    return lesson_of(cast, book(cast, starts_at=starts_at, **how).lesson_id).pay_minor


def in_manila(day: int, hour: int, *, month: int = 12) -> datetime:
    """A time on the school's clock, in UTC."""
    return datetime(2026, month, day, hour, tzinfo=UTC) - timedelta(hours=8)


def test_what_holds_at_the_start_of_a_lesson_decides(cast: Cast) -> None:
    set_rate(cast, 1200)
    set_rate(cast, 1500, from_on=DECEMBER)

    # Midnight of the school, which is the afternoon before in UTC.
    assert pay_at(cast, in_manila(30, 23, month=11)) == 1200
    assert pay_at(cast, in_manila(1, 0)) == 1500


@pytest.mark.parametrize("is_planned_first", [True, False])
def test_a_rate_set_for_now_leaves_a_later_one_as_it_is(cast: Cast, *, is_planned_first: bool) -> None:
    rates = [(1500, DECEMBER), (1200, None)]
    for minor, from_on in rates if is_planned_first else rates[::-1]:
        set_rate(cast, minor, from_on=from_on)

    assert [pay_at(cast, in_manila(30, 9, month=11)), pay_at(cast, in_manila(2, 9))] == [1200, 1500]


def test_a_rate_set_for_the_same_day_again_takes_its_place(cast: Cast) -> None:
    set_rate(cast, 1200)
    set_rate(cast, 1500, from_on=DECEMBER)
    set_rate(cast, 1200, from_on=DECEMBER)

    assert pay_at(cast, in_manila(2, 9)) == 1200


def test_a_rate_set_after_the_day_of_another_holds_from_then_on(cast: Cast) -> None:
    set_rate(cast, 1500, from_on=DECEMBER)
    later = in_manila(3, 9)
    set_rate(cast, 1600, now=later)

    assert pay_at(cast, in_manila(5, 9), now=later) == 1600


def test_a_teachers_own_rate_comes_first_as_soon_as_it_begins(cast: Cast) -> None:
    set_rate(cast, 1200)
    set_rate(cast, 1700, from_on=DECEMBER, own=True)
    set_rate(cast, 1800, from_on=date(2026, 12, 2))

    starts = [in_manila(30, 9, month=11), in_manila(1, 9), in_manila(3, 9)]
    assert [pay_at(cast, start) for start in starts] == [1200, 1700, 1700]


def test_before_the_first_rate_begins_nothing_is_paid(cast: Cast) -> None:
    set_rate(cast, 1500, from_on=DECEMBER)

    assert pay_at(cast, in_manila(30, 9, month=11)) is None


def test_what_is_booked_keeps_its_pay(cast: Cast) -> None:
    set_rate(cast, 1200)
    booked = book(cast, starts_at=in_manila(2, 9)).lesson_id

    set_rate(cast, 1500, from_on=DECEMBER)

    assert lesson_of(cast, booked).pay_minor == 1200


def test_each_week_of_a_series_pays_what_holds_when_it_starts(cast: Cast) -> None:
    set_rate(cast, 1200)
    set_rate(cast, 1500, from_on=date(2026, 12, 2))

    booked = book_weekly(cast)

    # Tuesdays at nine in Manila: 24 November, 1, 8 and 15 December.
    assert [lesson_of(cast, one).pay_minor for one in booked.lesson_ids] == [1200, 1200, 1500, 1500]


def test_what_is_so_already_is_not_written_again_and_the_record_names_the_day(cast: Cast) -> None:
    set_rate(cast, 1200)
    set_rate(cast, 1500, from_on=DECEMBER)
    for from_on in (None, date(2026, 11, 23)):
        set_rate(cast, 1200, from_on=from_on)
    set_rate(cast, 1500, from_on=DECEMBER)

    with in_school(cast.school.pk):
        assert list(PayRate.objects.order_by("number").values_list("amount_minor", "from_on")) == [
            (1200, None), (1500, DECEMBER),
        ]  # fmt: skip
        events = Event.objects.filter(kind__startswith="pay_rate").order_by("pk")
        assert list(events.values_list("kind", flat=True)) == ["pay_rate_set", "pay_rate_planned"]


@pytest.mark.parametrize("from_on", [date(2026, 11, 22), date(2028, 11, 24), date.min, date.max])
def test_a_day_that_lies_behind_or_far_ahead_is_refused(cast: Cast, from_on: date) -> None:
    with pytest.raises(DayUnusable):
        set_rate(cast, 1500, from_on=from_on)
    with in_school(cast.school.pk):
        assert PayRate.objects.count() == 0


def test_a_planned_rate_stays_though_it_was_the_same_as_before_when_it_was_planned(cast: Cast) -> None:
    set_rate(cast, 1500)
    set_rate(cast, 1500, from_on=DECEMBER)
    set_rate(cast, 1500, from_on=date(2026, 12, 10))

    set_rate(cast, 800, now=NOW + timedelta(hours=1))
    set_rate(cast, 700, from_on=DECEMBER, now=NOW + timedelta(hours=2))

    later = NOW + timedelta(hours=3)
    paid = [pay_at(cast, at, now=later) for at in (in_manila(30, 9, month=11), in_manila(2, 9), in_manila(12, 9))]
    assert paid == [800, 700, 1500]


def approved(cast: Cast) -> int:
    set_rules(cast, needs_approval=True)
    waiting = book(cast, starts_at=in_manila(1, 9)).lesson_id
    set_rate(cast, 1500, now=later(10))
    approve_booking(
        school=cast.school, actor=cast.desi, lesson_id=waiting, request_id=uuid.uuid4(), door=Door.WEB, now=later(20)
    )
    return waiting


def accepted(cast: Cast) -> int:
    book(cast, starts_at=in_manila(2, 9))
    at = {"school": cast.school, "request_id": uuid.uuid4(), "door": Door.WEB}
    waiting = propose_lesson(
        actor=cast.tara, student_id=cast.sam.pk, starts_at=in_manila(1, 9), minutes=50, lesson_type="regular", note="",
        now=NOW, **at,
    ).lesson_id  # fmt: skip
    set_rate(cast, 1500, now=later(10))
    answer_proposal(actor=cast.sam, lesson_id=waiting, accept=True, reason="", now=later(20), **at)
    return waiting


@pytest.mark.parametrize("agree", [approved, accepted])
def test_what_is_agreed_to_later_pays_what_held_when_it_was_asked_for(cast: Cast, agree: Callable[[Cast], int]) -> None:
    set_rate(cast, 1200)

    lesson = lesson_of(cast, agree(cast))

    assert (lesson.status, lesson.pay_minor) == ("booked", 1200)
    set_rules(cast)
    assert pay_at(cast, in_manila(3, 9), now=later(30)) == 1500
