"""Where the school asks for a first meeting, the pages begin with it and say so; a direct post is refused in words."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.domain.lessons.models import LessonStatus
from tests.bookings import NOW, TUESDAY_NINE, book, lesson_of, open_mornings, set_rules
from tests.cast import Cast, make_cast
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

MEETING = "meet_your_teacher:25"
NEEDED = "Your first lesson with Tara Teaches is “Meet your teacher”. Once it is booked, you can book other lessons"
WEDNESDAY_NINE = TUESDAY_NINE + timedelta(days=1)


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    made = make_cast()
    open_mornings(made, made.tara, made.tom)
    set_rules(made, first_meeting_required=True)
    return made


@pytest.fixture
def sam(client: Client, cast: Cast) -> Client:
    sign_in(client, cast.sam.person)
    return client


def meet(cast: Cast, **changes: Any) -> int:
    booked = book(cast, **({"starts_at": WEDNESDAY_NINE, "lesson_type": "meet_your_teacher", "minutes": 25} | changes))
    return booked.lesson_id


def read(sam: Client, address: str, **query: str) -> BeautifulSoup:
    return BeautifulSoup(sam.get(address, query).content, "html.parser")


def said_by(page: BeautifulSoup) -> str:
    return text_of(page.encode())


def kind_of(page: BeautifulSoup) -> str:
    return str(page.select("#book-kind option[selected]")[0]["value"])


def slots_of(page: BeautifulSoup) -> list[str]:
    return [str(one["value"]) for one in page.select("button[name=slot]")]


def test_whoever_met_nobody_begins_with_a_meeting(sam: Client, cast: Cast) -> None:
    page = read(sam, "/marigold/book/")

    assert kind_of(page) == MEETING
    assert "Your first lesson with a teacher is “Meet your teacher”." in said_by(page)
    assert slots_of(page)


def test_the_page_of_a_teacher_begins_with_the_meeting_and_leads_back_to_it(sam: Client, cast: Cast) -> None:
    address = f"/marigold/book/teachers/{cast.tara.pk}/"
    first = read(sam, address)
    other = read(sam, address, kind="regular:50")

    assert [NEEDED in said_by(page) for page in (first, other)] == [True, True]
    assert [bool(slots_of(page)) for page in (first, other)] == [True, False]
    assert "No free time was found." not in said_by(other)
    assert other.select(".note-blue a")[0]["href"] == f"?teacher={cast.tara.pk}&kind=meet_your_teacher%3A25"


def test_a_booked_meeting_opens_the_times_behind_it(sam: Client, cast: Cast) -> None:
    meet(cast)
    page = read(sam, f"/marigold/book/teachers/{cast.tara.pk}/")

    # Wednesday at nine in Manila is Tuesday, 20:00 in New York.
    assert "You meet Tara Teaches on Tue 24 Nov, 20:00" in said_by(page)
    assert "The times here are after that." in said_by(page)
    assert min(slots_of(page)).partition("|")[2] == "2026-11-25T01:30:00+0000"


def test_a_meeting_that_waits_for_the_school_is_said_to_wait(sam: Client, cast: Cast) -> None:
    set_rules(cast, first_meeting_required=True, needs_approval=True)
    meet(cast)

    page = read(sam, f"/marigold/book/teachers/{cast.tara.pk}/")

    assert "Your first meeting with Tara Teaches is not booked yet." in said_by(page)
    assert slots_of(page) == []


def test_other_lessons_are_found_with_teachers_whom_the_student_meets_before(sam: Client, cast: Cast) -> None:
    meet(cast)
    page = read(sam, "/marigold/book/")

    assert kind_of(page) == "regular:25"
    assert "Here are times of teachers whom you have met by then." in said_by(page)
    assert {one.partition("|")[0] for one in slots_of(page)} == {str(cast.tara.pk)}
    assert min(slots_of(page)).partition("|")[2] == "2026-11-25T01:30:00+0000"


def test_direct_posts_are_refused_in_words_on_a_page(sam: Client, cast: Cast) -> None:
    start = TUESDAY_NINE.strftime("%Y-%m-%dT%H:%M:%S%z")
    sent = {"kind": "regular:50", "request_id": str(uuid.uuid4())}
    weekly = f"/marigold/book/teachers/{cast.tara.pk}/weekly/"

    one = sam.post("/marigold/book/", sent | {"slot": f"{cast.tara.pk}|{start}"})
    series = sam.post(weekly, sent | {"first": start, "weeks": "2", "week": ["1", "2"]}, follow=True)
    shown = sam.get(weekly, {"kind": "regular:50", "first": start}, follow=True)

    refused = "The first lesson with a teacher is “Meet your teacher”, and this one would come before it."
    assert one.status_code == 409
    assert [refused in text_of(answer.content) for answer in (one, series, shown)] == [True, True, True]
    assert series.redirect_chain == shown.redirect_chain == [(f"/marigold/book/teachers/{cast.tara.pk}/", 302)]


def test_a_cancelled_meeting_can_be_booked_again(sam: Client, cast: Cast) -> None:
    lesson_id = meet(cast)
    page = sam.get(f"/marigold/lessons/{lesson_id}/cancel/")
    form = BeautifulSoup(page.content, "html.parser").select_one("main form")
    assert form is not None
    sent = {str(one["name"]): str(one.get("value", "")) for one in form.select("[name]")}
    sam.post(f"/marigold/lessons/{lesson_id}/cancel/", sent)
    assert lesson_of(cast, lesson_id).status == LessonStatus.CANCELLED

    again = read(sam, f"/marigold/book/teachers/{cast.tara.pk}/")

    assert NEEDED in said_by(again)
    assert slots_of(again)


def test_without_the_rule_nothing_is_said_of_it(sam: Client, cast: Cast) -> None:
    set_rules(cast)
    page = read(sam, "/marigold/book/")

    assert kind_of(page) == "regular:25"
    assert page.select(".note-blue") == []
    assert slots_of(page)


def test_the_owner_sets_it_on_the_page(client: Client, cast: Cast) -> None:
    sign_in(client, cast.owen.person)
    address = "/marigold/owner/booking-rules/"
    form = read(client, address).select_one("main form")
    assert form is not None
    box = form.select_one("#id_first_meeting_required")
    assert box is not None
    assert box.has_attr("checked")
    sent = {str(one["name"]): str(one.get("value", "")) for one in form.select("input[name]:not([type=checkbox])")} | {
        "slot_minutes": "30"
    }

    client.post(address, sent)

    box = read(client, address).select_one("#id_first_meeting_required")
    assert box is not None
    assert not box.has_attr("checked")
