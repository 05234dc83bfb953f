"""My lessons: what is to come stands before what was written; a message is its subject until it is opened."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from tests import cast as casting
from tests.bookings import NOW, TUESDAY_NINE, book, open_mornings, set_rules
from tests.cast import Cast, make_cast
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    made = make_cast()
    open_mornings(made)
    return made


def read(client: Client, cast: Cast) -> BeautifulSoup:
    sign_in(client, cast.sam.person)
    return BeautifulSoup(client.get("/marigold/lessons/").content, "html.parser")


def test_unread_messages_stand_below_the_lessons_to_come(client: Client, cast: Cast) -> None:
    casting.book(cast, starts_at=NOW - timedelta(days=7))
    for days in range(4):
        book(cast, starts_at=TUESDAY_NINE + timedelta(days=days))
    set_rules(cast, needs_approval=True)
    book(cast, starts_at=TUESDAY_NINE + timedelta(days=7))

    page = read(client, cast)

    main = page.select_one("main")
    assert main is not None
    headings = [str(one.get("id")) for one in main.select("h2[id]")]
    assert headings[-4:] == ["upcoming", "pending", "messages", "past"]
    assert page.select_one(".page-head a[href='#messages']") is not None


def test_of_a_message_the_subject_stands_open(client: Client, cast: Cast) -> None:
    book(cast)

    (message,) = read(client, cast).select("[aria-labelledby=messages] li.notice")

    subject = message.select_one("details:not([open]) > summary")
    assert subject is not None
    assert subject.get_text().strip() == message.get_text().strip()[: len(subject.get_text().strip())]
    assert message.select("details > p")
