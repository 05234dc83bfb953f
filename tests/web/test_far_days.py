"""Days at the ends of every calendar and offsets of no place: answered in words, on every page that takes a time."""

from __future__ import annotations

import re
import uuid

import pytest
from django.test import Client

from makegood import clock
from makegood.domain.lessons.models import Lesson
from makegood.domain.schools.context import in_school
from tests.bookings import NOW, book, open_mornings
from tests.cast import Cast, make_cast
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

STARTS = (
    "0001-01-03T00:00:00+0000",
    "9999-12-31T00:00:00+0000",
    "9999-12-20T00:00:00-1200",
    # Whole minutes only.
    "2026-11-25T01:00:07+0000",
)
DAYS = ("0001-01-02", "9999-12-30")
NO_PLACE = "2026-11-25T09:00:00+2359"


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    made = make_cast()
    open_mornings(made)
    return made


def signed_in(cast: Cast, code: str) -> Client:
    client = Client()
    sign_in(client, getattr(cast, code).person)
    return client


def count_lessons(cast: Cast) -> int:
    with in_school(cast.school.pk):
        return Lesson.objects.count()


@pytest.mark.parametrize("start", STARTS)
def test_a_start_that_cannot_be_is_refused_wherever_it_is_sent(cast: Cast, start: str) -> None:
    lesson_id = book(cast).lesson_id
    sam, tara = signed_in(cast, "sam"), signed_in(cast, "tara")
    once = {"request_id": str(uuid.uuid4())}
    weekly = f"/marigold/book/teachers/{cast.tara.pk}/weekly/"
    move = f"/marigold/sessions/{lesson_id}/move/"
    quote = re.search(r'name="quote"[^>]*value="([^"]+)"', tara.get(move).content.decode())
    assert quote is not None

    answers = [
        sam.post("/marigold/book/", {"slot": f"{cast.tara.pk}|{start}", "kind": "regular:50", **once}),
        sam.post(f"/marigold/lessons/{lesson_id}/reschedule/", {"starts_at": start, **once}),
        sam.post(weekly, {"kind": "regular:50", "first": start, "weeks": "52", "week": ["1", "2"], **once}),
        tara.post(move, {"quote": quote[1], "says_side": "teacher", "reason": "A wedding", "starts_at": start}),
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 302, 422]
    assert count_lessons(cast) == 1


def test_an_instant_counts_however_far_its_offset_is_from_every_place(cast: Cast) -> None:
    sent = {"slot": f"{cast.tara.pk}|{NO_PLACE}", "kind": "regular:50", "request_id": str(uuid.uuid4())}

    assert signed_in(cast, "sam").post("/marigold/book/", sent).status_code == 409


@pytest.mark.parametrize("day", DAYS)
def test_a_day_that_cannot_be_is_refused_to_teachers_and_the_desk(cast: Cast, day: str) -> None:
    book(cast)
    sent = {"kind": "regular:50", "day_on": day, "at": "09:00", "request_id": str(uuid.uuid4())}
    by_desk = {"teacher": cast.tara.pk, "reason": "By phone", "any_time": "on", "any_notice": "on"}

    proposed = signed_in(cast, "tara").post(f"/marigold/students/{cast.sam.pk}/propose/", sent)
    booked = signed_in(cast, "desi").post(f"/marigold/desk/students/{cast.sam.pk}/book/", sent | by_desk)

    assert (proposed.status_code, booked.status_code) == (422, 422)
    assert "This is not a day." in booked.content.decode()
    assert count_lessons(cast) == 1
