"""Lesson credits given by mistake, on the pages: undone where they were given, taken back from the list of changes."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from tests.bookings import NOW, count_credits
from tests.cast import Cast, make_cast
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return make_cast()


@pytest.fixture
def desk(client: Client, cast: Cast) -> Client:
    sign_in(client, cast.desi.person)
    return client


def give(desk: Client, cast: Cast) -> str:
    """Desi gives Sam ten credits; the address of Sam's credits."""
    address = f"/marigold/desk/students/{cast.sam.pk}/credits/"
    desk.post(address, {"count": "10", "reason": "Invoice 12", "request_id": str(uuid.uuid4())})
    return address


def test_giving_is_undone_where_it_was_done(desk: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    address = give(desk, cast)
    page = BeautifulSoup(desk.get(address).content, "html.parser")
    form = next(one for one in page.find_all("form") if str(one["action"]).endswith("/undo/"))
    sent = {str(field["name"]): str(field["value"]) for field in form.find_all("input") if field.get("value")}

    assert "Until 14:05 you can undo having given 10 lesson credits. The student is told." in text_of(
        desk.get(address).content
    )
    for said in ("The credits are taken back, and the student is told. There are 0 now.",) * 2:
        assert said in text_of(desk.post(str(form["action"]), sent, follow=True).content)
    assert count_credits(cast) == 0
    assert "Undo giving them" not in text_of(desk.get(address).content)

    give(desk, cast)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=6))
    assert "Undo giving them" not in text_of(desk.get(address).content)


def test_some_are_taken_back_later_and_the_student_reads_who_and_why(
    desk: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = give(desk, cast)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=2))
    page = BeautifulSoup(desk.get(address).content, "html.parser")
    link = next(str(one["href"]) for one in page.find_all("a", href=True) if str(one["href"]).endswith("/take-back/"))
    sent = {"count": "4", "reason": "It was another Sam", "request_id": str(uuid.uuid4())}

    assert "10 of them can still be taken back." in text_of(desk.get(link).content)
    for changes, status, said in (
        ({"count": "11"}, 409, "At most 10 of these lesson credits can be taken back"),
        ({"reason": ""}, 422, "Say why they are taken back."),
        ({"count": "x"}, 422, "Type a whole number from 1 to "),
    ):
        refused = desk.post(link, sent | changes)
        assert (refused.status_code, said in text_of(refused.content)) == (status, True)
    answer = text_of(desk.post(link, sent, follow=True).content)
    sign_in(desk, cast.sam.person)
    own = text_of(desk.get("/marigold/book/credits/").content)

    assert "The credits are taken back, and the student is told. There are 6 now." in answer
    assert "6 left of 10 given on 23 November 2026 (4 taken back)" in answer
    assert "Taken back by the school: It was another Sam Wed 25 Nov, 14:00 Desi Desk −4 then 6" in answer
    assert "Taken back by the school: It was another Sam Wed 25 Nov, 01:00 Desi Desk −4 then 6" in own
    assert "Invoice 12" not in own
