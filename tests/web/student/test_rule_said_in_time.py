"""Until when a lesson can be given up free of charge is said where a student looks at it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.actions.ask_to_move import ask_to_move
from makegood.actions.propose_lesson import propose_lesson
from makegood.actions.propose_series import propose_series
from makegood.actions.quote_move import quote_move
from makegood.actions.series_steps import SeriesWish
from makegood.domain.lessons.models import Side
from makegood.domain.timeline.doors import Door
from tests.bookings import NOW, TUESDAY_NINE, book, book_weekly, give_credits, open_mornings, set_rules
from tests.cast import Cast, make_cast
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

WEDNESDAY_NINE = TUESDAY_NINE + timedelta(days=1)


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    made = make_cast()
    open_mornings(made)
    return made


@pytest.fixture
def sam(client: Client, cast: Cast) -> Client:
    sign_in(client, cast.sam.person)
    return client


def read(sam: Client, address: str) -> BeautifulSoup:
    return BeautifulSoup(sam.get(address).content, "html.parser")


def test_the_page_of_a_lesson_says_until_when_it_is_free(sam: Client, cast: Cast) -> None:
    near, far = book(cast).lesson_id, book(cast, starts_at=WEDNESDAY_NINE).lesson_id

    said = [text_of(read(sam, f"/marigold/lessons/{one}/").encode()) for one in (near, far)]

    assert "it can no longer be cancelled free of charge" in said[0]
    # Wednesday at nine in Manila is Tuesday, 20:00 in New York; a day before that is the mark.
    assert "You can cancel free of charge until Mon 23 Nov, 20:00" in said[1]


def test_each_of_weekly_lessons_says_it_after_booking(sam: Client, cast: Cast) -> None:
    booked = book_weekly(cast, first_on=WEDNESDAY_NINE.date() - timedelta(days=1), count=2)

    rows = read(sam, f"/marigold/book/{booked.lesson_ids[0]}/booked/").select("ol.rows > li")

    assert ["Cancelling is free of charge until" in row.get_text() for row in rows] == [True, True]
    assert "Mon 23 Nov, 20:00" in rows[0].get_text()
    assert "Mon 30 Nov, 20:00" in rows[1].get_text()


def test_each_week_that_is_no_longer_free_says_it_before_it_is_booked(sam: Client, cast: Cast) -> None:
    begins = TUESDAY_NINE.strftime("%Y-%m-%dT%H:%M:%SZ")

    weeks = read(sam, f"/marigold/book/teachers/{cast.tara.pk}/weekly/?kind=regular:50&first={begins}&weeks=3")

    said = [text_of(week.encode()) for week in weeks.select("ol.rows > li")]
    assert ["Cancelling uses the lesson" in one for one in said] == [True, False, False]
    assert "it was free of charge until Sun 22 Nov, 20:00 ." in said[0]


@pytest.mark.parametrize(
    ("starts_at", "words"),
    [
        (TUESDAY_NINE + timedelta(minutes=60), "it can no longer be cancelled free of charge: that was possible until"),
        (WEDNESDAY_NINE, "You can cancel free of charge until Mon 23 Nov, 20:00 . After that the lesson is used."),
    ],
)
def test_a_proposal_says_it_before_it_is_accepted(sam: Client, cast: Cast, starts_at: datetime, words: str) -> None:
    book(cast)
    propose_lesson(
        school=cast.school, actor=cast.tara, student_id=cast.sam.pk, starts_at=starts_at, minutes=50,
        lesson_type="regular", note="", request_id=uuid.uuid4(), door=Door.WEB, now=NOW,
    )  # fmt: skip

    assert words in text_of(read(sam, "/marigold/book/proposals/").encode())


def test_each_lesson_of_a_weekly_proposal_says_it_before_they_are_accepted(sam: Client, cast: Cast) -> None:
    book(cast)
    wish = SeriesWish.beginning(
        TUESDAY_NINE + timedelta(minutes=60), zone=cast.sam.person.zone, minutes=50, lesson_type="regular", count=2
    )
    propose_series(
        school=cast.school, actor=cast.tara, student_id=cast.sam.pk, wish=wish, note="",
        request_id=uuid.uuid4(), door=Door.WEB, now=NOW,
    )  # fmt: skip

    said = [text_of(one.encode()) for one in read(sam, "/marigold/book/proposals/").select("ol.rows > li")]

    assert ["Cancelling uses the lesson" in one for one in said] == [True, False]
    assert "it was free of charge until Sun 22 Nov, 21:00 ." in said[0]


def test_moving_late_without_credits_shows_no_times_to_choose(sam: Client, cast: Cast) -> None:
    set_rules(cast, requires_credits=True)
    give_credits(cast, 1)
    lesson_id = book(cast).lesson_id
    address = f"/marigold/lessons/{lesson_id}/reschedule/"

    short = read(sam, address)
    give_credits(cast, 1)
    enough = read(sam, address)

    assert "You have too few lesson credits for another lesson." in text_of(short.encode())
    assert [len(page.select("button[name=starts_at]")) > 0 for page in (short, enough)] == [False, True]


def test_a_lesson_that_the_teacher_asks_to_move_leads_to_the_answer(sam: Client, cast: Cast) -> None:
    lesson_id = book(cast, starts_at=WEDNESDAY_NINE).lesson_id
    asked = ask_to_move(
        school=cast.school, actor=cast.tara, lesson_id=lesson_id, starts_at=WEDNESDAY_NINE + timedelta(days=1),
        says_side=Side.TEACHER, reason="A wedding", door=Door.WEB, now=NOW,
        quote_token=quote_move(school=cast.school, actor=cast.tara, lesson_id=lesson_id, now=NOW).token,
    )  # fmt: skip

    page = read(sam, f"/marigold/lessons/{lesson_id}/reschedule/")

    assert page.select(f".note a[href='/marigold/lessons/moves/{asked.move_request_id}/']")
