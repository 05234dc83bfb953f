"""A student withdraws what still waits for the school: time, credits and the desk's list are as before."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from makegood.actions.approve_booking import approve_booking
from makegood.actions.let_go import let_go
from makegood.actions.waiting_lessons import NothingToAnswer
from makegood.domain.lessons.models import LessonStatus
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import render
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.models import Event
from makegood.domain.timeline.requests import DifferentRequest
from tests.bookings import (
    NOW,
    TUESDAY_NINE,
    book,
    book_weekly,
    busy_steps,
    count_credits,
    give_credits,
    hold,
    lesson_of,
    open_mornings,
    set_rules,
)
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    open_mornings(made)
    set_rules(made, needs_approval=True, requires_credits=True)
    give_credits(made, 4)
    return made


def withdraw(cast: Cast, actor: Membership, lesson_id: int, **more: Any) -> Any:
    values: dict[str, Any] = {"request_id": uuid.uuid4(), "door": Door.WEB, "now": NOW}
    return let_go(school=cast.school, actor=actor, lesson_id=lesson_id, **(values | more))


def told(cast: Cast, member: Membership) -> list[str]:
    with in_school(cast.school.pk):
        messages = Message.objects.filter(recipient=member, channel="in_app").select_related("recipient__person")
        return [render(message).subject for message in messages.order_by("pk")]


def events_of(cast: Cast, lesson_id: int) -> list[tuple[str, int | None]]:
    with in_school(cast.school.pk):
        return list(Event.objects.filter(lesson_id=lesson_id).order_by("pk").values_list("kind", "actor_id"))


def test_a_withdrawn_request_frees_the_time_gives_credits_back_and_tells_the_desk(cast: Cast) -> None:
    requested = book(cast)
    assert (requested.status, count_credits(cast)) == (LessonStatus.REQUESTED, 3)

    withdrawn = withdraw(cast, cast.sam, requested.lesson_id)

    assert (withdrawn.status, withdrawn.lesson_ids) == (LessonStatus.RELEASED, (requested.lesson_id,))
    assert (count_credits(cast), busy_steps(cast, TUESDAY_NINE)) == (4, 0)
    assert events_of(cast, requested.lesson_id) == [
        ("lesson_requested", cast.sam.person_id),
        ("time_let_go", cast.sam.person_id),
    ]
    assert told(cast, cast.desi) == [
        "To approve: Sam Studies with Tara Teaches on Tue 24 Nov, 09:00 (Manila)",
        "Nothing to approve: Sam Studies withdrew the request for Tue 24 Nov, 09:00 (Manila)",
    ]
    # The teacher had not been asked, and the student knows.
    assert (told(cast, cast.tara), told(cast, cast.sam)) == ([], [])


def test_a_series_that_was_asked_for_is_withdrawn_whole_and_told_once(cast: Cast) -> None:
    series = book_weekly(cast, count=3)
    assert count_credits(cast) == 1

    withdrawn = withdraw(cast, cast.sam, series.lesson_ids[1])

    assert withdrawn.lesson_ids == series.lesson_ids
    assert count_credits(cast) == 4
    assert len(told(cast, cast.desi)) == 2
    listed = "All times are your time: Manila.\nTue 24 Nov, 09:00\nTue 1 Dec, 09:00\nTue 8 Dec, 09:00\n"
    with in_school(cast.school.pk):
        messages = Message.objects.filter(recipient=cast.desi, channel="in_app").select_related("recipient__person")
        assert [listed in render(message).body for message in messages] == [True, True]


def test_a_second_tap_gets_the_first_answer_and_tells_nobody_again(cast: Cast) -> None:
    requested, other = book(cast), book(cast, starts_at=TUESDAY_NINE.replace(hour=2))
    request_id = uuid.uuid4()

    first = withdraw(cast, cast.sam, requested.lesson_id, request_id=request_id)
    second = withdraw(cast, cast.sam, requested.lesson_id, request_id=request_id)

    assert (second.lesson_ids, second.is_replay) == (first.lesson_ids, True)
    assert (count_credits(cast), len(told(cast, cast.desi))) == (3, 3)
    with pytest.raises(DifferentRequest):
        withdraw(cast, cast.sam, other.lesson_id, request_id=request_id)


def test_what_was_approved_meanwhile_is_not_withdrawn(cast: Cast) -> None:
    requested = book(cast)
    approve_booking(
        school=cast.school,
        actor=cast.desi,
        lesson_id=requested.lesson_id,
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=NOW,
    )

    with pytest.raises(NothingToAnswer):
        withdraw(cast, cast.sam, requested.lesson_id)
    assert lesson_of(cast, requested.lesson_id).status == LessonStatus.BOOKED
    assert count_credits(cast) == 3


def test_nobody_else_withdraws_a_request(cast: Cast) -> None:
    requested = book(cast)

    for member in (cast.tara, cast.tom, cast.desi, cast.owen):
        with pytest.raises(LessonNotFound):
            withdraw(cast, member, requested.lesson_id)
    assert lesson_of(cast, requested.lesson_id).status == LessonStatus.REQUESTED


def test_a_time_that_was_only_held_is_let_go_without_a_word_to_the_desk(cast: Cast) -> None:
    held = hold(cast)

    withdraw(cast, cast.sam, held.lesson_id)

    assert told(cast, cast.desi) == []
