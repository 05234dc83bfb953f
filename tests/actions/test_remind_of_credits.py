"""Reminders of lesson credits that end: each once, only of what is really left, whenever the job comes."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connections

from makegood.actions.expire_credits import expire_credits
from makegood.actions.remind_of_credits import remind_of_credits
from makegood.actions.take_back_credits import take_back_credits
from makegood.domain.ledger import credits as lesson_credits
from makegood.domain.ledger.models import CreditGrant
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import render
from makegood.domain.people.models import Membership, Role, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from tests.bookings import book, count_credits, give_credits
from tests.cast import Cast, add_member, make_cast
from tests.credit_reminders import (
    AFTER_THE_END,
    BEFORE_THE_END,
    DAY,
    END,
    ENDS_ON,
    FIRST,
    HOUR,
    MINUTE,
    SECOND,
    count_events,
    give_credits_at,
    make_cast_with_credits,
    remind,
    told,
)


@pytest.fixture
def cast() -> Cast:
    return make_cast_with_credits()


def take_back(cast: Cast, given: CreditGrant, count: int, at: datetime) -> None:
    take_back_credits(
        school=cast.school, actor=cast.desi, grant_id=given.pk, count=count, reason="It was another Sam",
        request_id=uuid.uuid4(), door=Door.WEB, now=at,
    )  # fmt: skip


@pytest.mark.django_db
def test_the_student_is_told_two_weeks_and_three_days_before_and_each_time_once(cast: Cast) -> None:
    give_credits(cast, 3, expires_on=ENDS_ON)
    give_credits(cast, 4)

    hours = (-1, 0, 1, 2, 24, 5 * 24)
    assert [remind(cast, FIRST - MINUTE)] + [remind(cast, FIRST + hour * HOUR) for hour in hours] == [
        0,
        0,
        1,
        0,
        0,
        0,
        0,
    ]
    assert [remind(cast, SECOND + hour * HOUR) for hour in (*hours[:-1], 100)] == [0, 1, 0, 0, 0, 0]

    assert told(cast) == [(FIRST, 3, 7), (SECOND, 3, 7)]
    assert count_events(cast) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("at", "counts"),
    [
        # A week late: the reminder of two weeks is still true, and that of three days comes at its time.
        (FIRST + 7 * DAY, [1, 1]),
        (SECOND - MINUTE, [1, 1]),
        # Both are due: the nearer one alone.
        (SECOND, [1, 0]),
        (END - MINUTE, [1, 0]),
        (END, [0, 0]),
        (END + 7 * DAY, [0, 0]),
    ],
)
def test_a_job_that_was_down_tells_once_until_the_credits_end(cast: Cast, at: datetime, counts: list[int]) -> None:
    give_credits(cast, 3, expires_on=ENDS_ON)

    assert [remind(cast, at), remind(cast, max(at, SECOND) + MINUTE)] == counts
    assert remind(cast, END + DAY) == 0
    assert count_events(cast) == len(told(cast)) == sum(counts)


@pytest.mark.django_db
def test_credits_that_never_end_or_end_later_are_not_spoken_of(cast: Cast) -> None:
    give_credits(cast, 4)
    give_credits(cast, 4, expires_on=ENDS_ON + DAY)

    assert [remind(cast, FIRST), remind(cast, FIRST + DAY - MINUTE), remind(cast, FIRST + DAY)] == [0, 0, 1]


@pytest.mark.django_db
def test_what_a_lesson_is_booked_with_is_not_said_to_expire_wherever_the_lesson_lies(cast: Cast) -> None:
    give_credits(cast, 3, expires_on=ENDS_ON)
    give_credits(cast, 5)
    book(cast, starts_at=AFTER_THE_END)
    remind(cast, FIRST)
    assert told(cast) == [(FIRST, 2, 7)]

    book(cast, starts_at=AFTER_THE_END + HOUR, now=FIRST + HOUR)
    book(cast, starts_at=BEFORE_THE_END, now=FIRST + HOUR)
    assert remind(cast, SECOND) == 0
    assert told(cast) == [(FIRST, 2, 7)]


@pytest.mark.django_db
def test_what_was_taken_back_is_not_said_to_expire(cast: Cast) -> None:
    given, other = give_credits(cast, 3, expires_on=ENDS_ON), give_credits(cast, 1, expires_on=ENDS_ON + 2 * DAY)
    take_back(cast, given, 2, FIRST - DAY)
    take_back(cast, other, 1, FIRST - DAY)
    assert [remind(cast, FIRST), remind(cast, FIRST + 2 * DAY), told(cast)] == [1, 0, [(FIRST, 1, 1)]]

    take_back(cast, given, 1, FIRST + DAY)
    assert remind(cast, SECOND) == 0


@pytest.mark.django_db
def test_what_comes_back_after_the_reminder_was_due_is_told_then(cast: Cast) -> None:
    give_credits(cast, 1, expires_on=ENDS_ON)
    lesson_id = book(cast, starts_at=AFTER_THE_END).lesson_id
    assert remind(cast, FIRST) == 0

    with in_school(cast.school.pk):
        lesson_credits.give_back(
            school_id=cast.school.pk, lesson_ids=[lesson_id], month_on=date(2026, 12, 1), now=FIRST + DAY
        )

    assert [remind(cast, FIRST + DAY + hour * HOUR) for hour in (1, 2)] == [1, 0]
    assert told(cast) == [(FIRST + DAY + HOUR, 1, 1)]


@pytest.mark.django_db
def test_credits_of_two_days_are_two_reminders_and_of_one_day_one(cast: Cast) -> None:
    give_credits(cast, 1, expires_on=ENDS_ON)
    give_credits(cast, 2, expires_on=ENDS_ON)
    give_credits(cast, 4, expires_on=ENDS_ON + DAY)
    book(cast, starts_at=AFTER_THE_END)

    assert [remind(cast, FIRST), remind(cast, FIRST + DAY), remind(cast, FIRST + DAY)] == [1, 1, 0]
    assert told(cast) == [(FIRST, 2, 6), (FIRST + DAY, 4, 6)]
    # Late for both.
    assert [remind(cast, SECOND + 2 * DAY), remind(cast, SECOND + 2 * DAY)] == [2, 0]
    assert [count for _at, count, _left in told(cast)[2:]] == [2, 4]


@pytest.mark.django_db
def test_what_is_told_is_what_the_job_takes_if_nothing_is_booked(cast: Cast) -> None:
    give_credits(cast, 2, expires_on=ENDS_ON - 10 * DAY)
    give_credits(cast, 3, expires_on=ENDS_ON)
    give_credits(cast, 2)
    for hours in range(3):
        book(cast, starts_at=BEFORE_THE_END + hours * HOUR)
    # No job has run since the first ones ended, and they are used.
    assert (remind(cast, FIRST), told(cast)) == (1, [(FIRST, 2, 4)])
    assert (remind(cast, SECOND), told(cast)[1:]) == (1, [(SECOND, 2, 4)])

    assert (expire_credits(school=cast.school, now=END), count_credits(cast, now=END)) == (2, 2)


@pytest.mark.django_db
def test_credits_that_are_over_and_were_not_taken_yet_are_not_counted(cast: Cast) -> None:
    give_credits(cast, 5, expires_on=ENDS_ON - 16 * DAY)
    give_credits(cast, 3, expires_on=ENDS_ON)

    assert (remind(cast, FIRST), told(cast)) == (1, [(FIRST, 3, 3)])


@pytest.mark.django_db
@pytest.mark.parametrize(("before", "is_told"), [(DAY, True), (DAY - MINUTE, False), (-5 * DAY, False)])
def test_who_was_just_given_them_was_told_then_and_is_reminded_the_next_time(
    cast: Cast, before: timedelta, is_told: bool
) -> None:
    given_at = FIRST - before
    give_credits_at(cast, given_at)

    assert remind(cast, max(FIRST, given_at) + MINUTE) == int(is_told)
    assert (remind(cast, SECOND), told(cast)[-1]) == (1, (SECOND, 2, 2))


@pytest.mark.django_db
def test_what_was_just_given_is_counted_with_what_was_there_before(cast: Cast) -> None:
    give_credits(cast, 3, expires_on=ENDS_ON)
    give_credits_at(cast, FIRST - HOUR)

    assert (remind(cast, FIRST), told(cast)) == (1, [(FIRST, 5, 5)])


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["membership", "role"])
def test_who_left_is_told_nothing_and_who_comes_back_is(cast: Cast, way: str) -> None:
    give_credits(cast, 3, expires_on=ENDS_ON)
    with in_school(cast.school.pk):
        ida = add_member(cast.school, code="ida", name="Ida Studies", role=Role.STUDENT, zone="Asia/Manila")
    give_credits(cast, 1, expires_on=ENDS_ON, student=ida)
    left_at: dict[str, Any] = {"ended_at": FIRST - HOUR}
    with in_school(cast.school.pk):
        if way == "membership":
            Membership.objects.filter(pk=cast.sam.pk).update(**left_at)
        else:
            RoleGrant.objects.filter(membership_id=cast.sam.pk).update(**left_at)

    assert [remind(cast, FIRST), remind(cast, FIRST + HOUR)] == [1, 0]
    assert (told(cast), told(cast, ida), count_events(cast)) == ([], [(FIRST, 1, 1)], 1)

    with in_school(cast.school.pk):
        Membership.objects.filter(pk=cast.sam.pk).update(ended_at=None)
        if way == "role":
            RoleGrant.objects.create(school=cast.school, membership=cast.sam, role=Role.STUDENT, granted_at=FIRST)
    assert (remind(cast, FIRST + 2 * HOUR), told(cast)) == (1, [(FIRST + 2 * HOUR, 3, 3)])


@pytest.mark.django_db
def test_days_are_counted_on_the_schools_clock_though_it_changes_between(cast: Cast) -> None:
    """In Cairo clocks go forward at midnight before 30 April 2027, so that day has no midnight."""
    cast = make_cast(slug="larkspur", zone="Africa/Cairo")
    give_credits(cast, 1, expires_on=date(2027, 5, 5))
    give_credits(cast, 2, expires_on=date(2027, 4, 30))

    due = [
        # At nine, with the winter's time, 14 and 3 days before 29 April.
        datetime(2027, 4, 15, 7, tzinfo=UTC),
        datetime(2027, 4, 26, 7, tzinfo=UTC),
        # 14 days before 4 May it is still winter, 3 days before it is summer.
        datetime(2027, 4, 20, 7, tzinfo=UTC),
        datetime(2027, 5, 1, 6, tzinfo=UTC),
    ]
    assert [(remind(cast, at - MINUTE), remind(cast, at)) for at in sorted(due)] == [(0, 1)] * 4
    assert [(at, count) for at, count, _left in told(cast)] == list(zip(sorted(due), (2, 1, 2, 1), strict=True))
    # The end of 29 April, which is one in the morning of the next day, in New York six in the evening.
    with in_school(cast.school.pk):
        first = Message.objects.select_related("recipient__person").filter(kind="credits_expiring").earliest("pk")
        assert "they expire on Thu 29 Apr, 18:00." in render(first).body
    assert expire_credits(school=cast.school, now=datetime(2027, 4, 29, 22, tzinfo=UTC)) == 2


@pytest.mark.django_db
def test_the_schools_own_day_counts_where_it_is_another_one_in_utc() -> None:
    cast = make_cast(slug="larkspur", zone="Pacific/Kiritimati")
    give_credits(cast, 1, expires_on=ENDS_ON)

    # Fourteen hours ahead: at nine of 5 December it is still the fourth in UTC.
    due = datetime(2026, 12, 4, 19, tzinfo=UTC)
    assert (remind(cast, due - MINUTE), remind(cast, due)) == (0, 1)
    end = datetime(2026, 12, 19, 10, tzinfo=UTC)
    assert (remind(cast, end), remind(cast, end - MINUTE)) == (0, 1)


@pytest.mark.django_db
def test_a_school_is_told_of_its_own_credits_only(cast: Cast) -> None:
    other = make_cast(slug="larkspur")
    give_credits(other, 2, expires_on=ENDS_ON)

    assert (remind(cast, FIRST), told(cast), told(other)) == (0, [], [])
    assert (remind(other, FIRST), told(cast), told(other)) == (1, [], [(FIRST, 2, 2)])


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_the_same_instant_remind_once() -> None:
    cast = make_cast()
    give_credits(cast, 3, expires_on=ENDS_ON)
    start = threading.Barrier(4)
    counts: list[int] = []

    def work() -> None:
        start.wait()
        counts.append(remind_of_credits(school=School.objects.get(pk=cast.school.pk), now=FIRST))
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert (sum(counts) + remind(cast, FIRST), told(cast), count_events(cast)) == (1, [(FIRST, 3, 3)], 1)
