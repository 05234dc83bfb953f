"""Kinds of lessons that every school starts with are called in the reader's language, others as schools wrote them."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.actions.set_lesson_type import set_lesson_type
from makegood.domain.lessons.offering import FIRST_OFFERS, Offer
from makegood.domain.timeline.doors import Door
from makegood.web.parts import lesson_names
from tests.bookings import NOW, TUESDAY_NINE, book, open_mornings
from tests.cast import Cast, make_cast
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

WORDS = {"Lesson": "Stunde", "Meet your teacher": "Kennenlernstunde"}


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    # A catalog that knows other words of the pages, too, such as a school's own "Conversation".
    monkeypatch.setattr(lesson_names, "gettext", lambda name: WORDS.get(name, f"translated {name}"))
    made = make_cast()
    open_mornings(made)
    return made


def words_of(client: Client, path: str) -> str:
    page = BeautifulSoup(client.get(f"/marigold/{path}").content, "html.parser")
    return " ".join(page.select_one("main").get_text(" ").split())  # type: ignore[union-attr]


def test_pages_of_both_sides_say_built_in_names_in_the_readers_language(cast: Cast, client: Client) -> None:
    lesson_id = book(cast, starts_at=TUESDAY_NINE).lesson_id

    sign_in(client, cast.sam.person)
    pages = {path: words_of(client, path) for path in ("lessons/", f"book/teachers/{cast.tom.pk}/", "book/")}
    booked = words_of(client, f"book/{lesson_id}/booked/")
    sign_in(client, cast.tara.person)
    dashboard = words_of(client, "dashboard/")
    students = words_of(client, f"students/{cast.sam.pk}/lessons/")

    assert "Tara Teaches , Stunde" in pages["lessons/"]
    assert "Stunde" in booked
    assert "Stunde" in dashboard
    assert "Stunde" in students
    assert "Kennenlernstunde" in pages["book/"]
    assert not [said for said in (*pages.values(), booked, dashboard, students) if "Meet your teacher" in said]


def test_a_schools_own_names_stay_as_it_wrote_them(cast: Cast, client: Client) -> None:
    offer = Offer(code="regular", name="Conversation", minutes=(50,))
    set_lesson_type(school=cast.school, actor=cast.owen, offer=offer, door=Door.WEB, now=NOW)
    book(cast, starts_at=TUESDAY_NINE)
    sign_in(client, cast.sam.person)

    said = words_of(client, "lessons/") + words_of(client, "book/")

    assert "Conversation" in said
    assert "translated" not in said


def test_the_names_every_school_starts_with_are_those_that_are_translated() -> None:
    assert {offer.name for offer in FIRST_OFFERS} == set(WORDS)
