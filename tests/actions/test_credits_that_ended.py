"""Lesson credits whose last day is over: not left, whether or not the job took them, taken once, and told."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest

from makegood.actions.cancel_by_student import cancel_by_student
from makegood.actions.expire_credits import expire_credits
from makegood.actions.undo_cancellation import undo_cancellation
from makegood.domain.ledger.credits import NotEnoughCredits, count_removable, find_left, give_back
from makegood.domain.ledger.models import CreditExpiry, CreditGrant, PayPeriod, Transfer
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import render
from makegood.domain.people.models import Person, Role
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.reports.credit_book import make_credit_book
from makegood.reports.desk_students import list_desk_students
from tests.bookings import book, count_credits, give_credits, open_mornings, set_rules
from tests.cast import Cast, add_member, make_cast

pytestmark = pytest.mark.django_db

# The first day without them, in Manila: it begins at 16:00 UTC of the day before.
ENDS_ON: Final = date(2026, 11, 25)
END: Final = datetime(2026, 11, 24, 16, tzinfo=UTC)
# Five minutes later the hourly job has not run yet.
AFTER: Final = END + timedelta(minutes=5)
# Nine in Manila, on the Friday of this week and on the Tuesday in two weeks.
FRIDAY: Final = datetime(2026, 11, 27, 1, tzinfo=UTC)
IN_TWO_WEEKS: Final = datetime(2026, 12, 8, 1, tzinfo=UTC)


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    open_mornings(made)
    set_rules(made, requires_credits=True)
    return made


def cancel(cast: Cast, lesson_id: int, at: datetime) -> None:
    cancel_by_student(
        school=cast.school, actor=cast.sam, lesson_id=lesson_id, shown_as_free=True, note="", request_id=uuid.uuid4(),
        door=Door.WEB, now=at,
    )  # fmt: skip


def expire(cast: Cast, at: datetime) -> int:
    return expire_credits(school=cast.school, now=at)


def test_a_credit_whose_last_day_is_over_is_not_left_before_the_job_has_run(cast: Cast) -> None:
    given = give_credits(cast, 1, expires_on=ENDS_ON)
    assert count_credits(cast, now=END - timedelta(seconds=1)) == 1

    with pytest.raises(NotEnoughCredits):
        book(cast, starts_at=FRIDAY, now=END)
    with in_school(cast.school.pk):
        assert find_left(school_id=cast.school.pk, student_id=cast.sam.pk, now=AFTER) == 0
        assert count_removable(given=given, now=AFTER) == 0
        book_of_credits = make_credit_book(school=cast.school, student=cast.sam, now=AFTER)
        assert (book_of_credits.left, book_of_credits.batches) == (0, ())
        listed = list_desk_students(school=cast.school, search="", page=1, page_size=50, now=AFTER).students
        assert [one.credits_left for one in listed if one.student.pk == cast.sam.pk] == [0]
        assert not CreditExpiry.objects.exists()

    # The same a second before the end.
    book(cast, starts_at=FRIDAY, now=END - timedelta(seconds=1))


def test_what_is_booked_after_the_end_uses_the_credits_that_last(cast: Cast) -> None:
    give_credits(cast, 3, expires_on=ENDS_ON)
    give_credits(cast, 1, expires_on=date(2026, 12, 20))
    give_credits(cast, 1)
    book(cast)
    assert count_credits(cast, now=AFTER) == 2

    book(cast, starts_at=FRIDAY, now=AFTER)
    assert count_credits(cast, now=AFTER) == 1
    book(cast, starts_at=FRIDAY + timedelta(hours=1), now=AFTER)
    with pytest.raises(NotEnoughCredits):
        book(cast, starts_at=FRIDAY + timedelta(days=3), now=AFTER)

    assert (expire(cast, AFTER), count_credits(cast, now=AFTER)) == (2, 0)


@pytest.mark.parametrize("days", [0, 8, 400])
def test_credits_expire_whenever_the_job_comes_back_and_once(cast: Cast, days: int) -> None:
    given = give_credits(cast, 3, expires_on=ENDS_ON)
    give_credits(cast, 2, expires_on=date(2026, 11, 26))
    give_credits(cast, 4)
    at = END + timedelta(days=days, hours=24)
    assert count_credits(cast, now=at) == 4

    assert (expire(cast, at), expire(cast, at + timedelta(hours=1))) == (5, 0)

    assert count_credits(cast, now=at) == 4
    with in_school(cast.school.pk):
        assert CreditExpiry.objects.get(grant=given).credits == 3
        posted_in = set(Transfer.objects.filter(kind="credit_expired").values_list("period__starts_on", flat=True))
    assert posted_in == {(at + timedelta(hours=8)).date().replace(day=1)}


def test_what_expires_late_is_posted_into_a_period_that_is_open(cast: Cast) -> None:
    give_credits(cast, 1, expires_on=ENDS_ON)
    with in_school(cast.school.pk):
        PayPeriod.objects.filter(starts_on=date(2026, 11, 1)).update(closed_at=END + timedelta(minutes=1))

    assert expire(cast, AFTER) == 1

    with in_school(cast.school.pk):
        assert Transfer.objects.get(kind="credit_expired").period.starts_on == date(2026, 12, 1)


def test_grants_that_lessons_used_up_never_expire(cast: Cast) -> None:
    give_credits(cast, 1, expires_on=ENDS_ON)
    give_credits(cast, 2)
    book(cast)
    book(cast, starts_at=FRIDAY, now=AFTER)

    assert (expire(cast, AFTER), expire(cast, AFTER + timedelta(days=30)), count_credits(cast, now=AFTER)) == (0, 0, 1)


@pytest.mark.parametrize(("days", "expired", "left"), [(6, 1, 0), (8, 0, 1)])
def test_what_a_lesson_gives_back_long_after_the_end_is_the_students(
    cast: Cast, days: int, expired: int, left: int
) -> None:
    give_credits(cast, 1, expires_on=ENDS_ON)
    lesson_id = book(cast, starts_at=IN_TWO_WEEKS).lesson_id
    at = END + timedelta(days=days)

    with in_school(cast.school.pk):
        give_back(school_id=cast.school.pk, lesson_ids=[lesson_id], month_on=date(2026, 12, 1), now=at)

    assert count_credits(cast, now=at) == left
    assert (expire(cast, at), expire(cast, at + timedelta(days=60))) == (expired, 0)
    assert count_credits(cast, now=at) == left


def test_a_cancellation_is_undone_although_the_credit_it_gave_back_has_ended(cast: Cast) -> None:
    give_credits(cast, 2, expires_on=ENDS_ON)
    lesson_id = book(cast, starts_at=IN_TWO_WEEKS).lesson_id
    cancel(cast, lesson_id, AFTER)
    assert count_credits(cast, now=AFTER) == 0
    with pytest.raises(NotEnoughCredits):
        book(cast, starts_at=FRIDAY, now=AFTER)

    undo_cancellation(school=cast.school, actor=cast.sam, lesson_id=lesson_id, door=Door.WEB, now=AFTER)

    # It holds what it took in time; the other one is over.
    assert (count_credits(cast, now=AFTER), expire(cast, AFTER), count_credits(cast, now=AFTER)) == (0, 1, 0)
    with in_school(cast.school.pk):
        assert CreditGrant.objects.count() == CreditExpiry.objects.count() == 1


def test_the_student_is_told_once_in_their_language_and_zone(cast: Cast) -> None:
    give_credits(cast, 2, expires_on=ENDS_ON)
    give_credits(cast, 4)
    Person.objects.filter(pk=cast.sam.person_id).update(language="de")

    expire(cast, AFTER)
    expire(cast, AFTER + timedelta(hours=1))

    with in_school(cast.school.pk):
        told = Message.objects.select_related("recipient__person").get(kind="credits_expired", channel="in_app")
        said = render(told)
    assert told.recipient_id == cast.sam.pk
    # It is 16:00 UTC, in New York 11:00.
    assert said.subject == "Stundenguthaben ist verfallen"
    assert said.body.split("\n\n")[:2] == [
        "Nicht rechtzeitig verwendetes Stundenguthaben ist verfallen: 2. Sie haben jetzt 4.",
        "Es konnte bis Di., 24. Nov., 11:00 verwendet werden.\n",
    ]


def test_credits_of_several_days_are_one_message_for_each_student(cast: Cast) -> None:
    give_credits(cast, 1, expires_on=ENDS_ON)
    give_credits(cast, 2, expires_on=date(2026, 11, 26))
    with in_school(cast.school.pk):
        ida = add_member(cast.school, code="ida", name="Ida Studies", role=Role.STUDENT, zone="Asia/Manila")
    give_credits(cast, 1, expires_on=ENDS_ON, student=ida)

    expire(cast, END + timedelta(days=30))

    with in_school(cast.school.pk):
        told = Message.objects.filter(kind="credits_expired", channel="in_app")
        said = {
            (one.recipient_id, one.values["count"], one.values["left"], "valid_until" in one.values) for one in told
        }
        assert (said, told.count()) == ({(cast.sam.pk, 3, 0, False), (ida.pk, 1, 0, True)}, 2)
