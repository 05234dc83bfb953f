"""Until when a lesson can be given up free of charge is said where a student looks at it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.actions.ask_to_move import ask_to_move
from makegood.actions.quote_move import quote_move
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
