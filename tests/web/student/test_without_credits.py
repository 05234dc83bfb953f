"""Who has too few lesson credits learns it before choosing a time, and what to do; a direct post is refused."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.actions.propose_lesson import propose_lesson
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.bookings import NOW, TUESDAY_NINE, book, give_credits, hold, open_mornings, set_rules
from tests.cast import Cast, make_cast
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

SHORT = "You have too few lesson credits to book this. Needed: 1. You have: 0."
MEETING = "meet_your_teacher:25"


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    made = make_cast()
    open_mornings(made)
    set_rules(made, requires_credits=True)
    return made


@pytest.fixture
def sam(client: Client, cast: Cast) -> Client:
    sign_in(client, cast.sam.person)
    return client


def read(sam: Client, address: str, **query: str) -> BeautifulSoup:
    return BeautifulSoup(sam.get(address, query).content, "html.parser")


def slot(cast: Cast) -> str:
    return f"{cast.tara.pk}|{TUESDAY_NINE.strftime('%Y-%m-%dT%H:%M:%S%z')}"


def choose(sam: Client, cast: Cast, kind: str = "regular:50") -> Any:
    sent = {"slot": slot(cast), "kind": kind, "request_id": str(uuid.uuid4())}
    return sam.post("/marigold/book/", sent)


def lessons_of(cast: Cast) -> list[Lesson]:
    with in_school(cast.school.pk):
        return list(Lesson.objects.order_by("pk"))


@pytest.mark.parametrize("whose", ["", "teachers/{teacher}/"])
def test_pages_with_times_say_it_before_one_is_chosen(sam: Client, cast: Cast, whose: str) -> None:
    address = f"/marigold/book/{whose.format(teacher=cast.tara.pk)}"
    page = read(sam, address)
    said = text_of(page.encode())

    # The times stand there to look at: Tuesday at nine in Manila is Monday, 20:00 in New York.
    assert [SHORT in said, "20:00 to 20:25" in said] == [True, True]
    assert page.select("button[name=slot], a[href*='/weekly/']") == []
    assert "The time you choose is kept for you" not in said
    note = page.select_one(".note-amber")
    assert note is not None
    assert [str(one["href"]) for one in note.select("a")] == [
        f"mailto:{cast.school.desk_email}",
        *([f"tel:{cast.school.desk_phone.replace(' ', '')}"] if cast.school.desk_phone else []),
        "/marigold/book/credits/",
        f"?teacher={cast.tara.pk if whose else ''}&kind=meet_your_teacher%3A25",
    ]


def test_what_takes_no_credit_can_be_booked_without_any(sam: Client, cast: Cast) -> None:
    page = read(sam, "/marigold/book/", kind=MEETING)

    assert SHORT not in text_of(page.encode())
    assert page.select("button[name=slot]")
    assert choose(sam, cast, MEETING).status_code == 302


def test_with_a_credit_left_nothing_is_in_the_way(sam: Client, cast: Cast) -> None:
    give_credits(cast, 1)

    page = read(sam, "/marigold/book/")

    assert "You have too few lesson credits" not in text_of(page.encode())
    assert page.select("button[name=slot]")
    assert choose(sam, cast).status_code == 302


def test_a_direct_post_keeps_no_time_and_says_why_on_the_page(sam: Client, cast: Cast) -> None:
    answer = choose(sam, cast)

    assert answer.status_code == 409
    assert "This needs 1 lesson credits and there are 0. Nothing was booked." in text_of(answer.content)
    assert lessons_of(cast) == []


def test_refused_for_want_of_credits_an_earlier_held_time_stays(sam: Client, cast: Cast) -> None:
    give_credits(cast, 1)
    held = hold(cast)
    book(cast, starts_at=TUESDAY_NINE + timedelta(days=1))

    assert choose(sam, cast).status_code == 409
    assert [one.status for one in lessons_of(cast) if one.pk == held.lesson_id] == [LessonStatus.HELD]


def test_credits_spent_while_a_time_was_kept_are_missed_on_its_own_page(sam: Client, cast: Cast) -> None:
    give_credits(cast, 1)
    held = hold(cast)
    book(cast, starts_at=TUESDAY_NINE + timedelta(days=1))

    answer = sam.post(f"/marigold/book/{held.lesson_id}/", {"request_id": str(uuid.uuid4())})

    said = text_of(answer.content)
    assert answer.status_code == 409
    assert "This needs 1 lesson credits and there are 0. Nothing was booked." in said
    assert "Confirm your lesson" in said


def test_a_proposal_says_it_before_it_is_accepted(sam: Client, cast: Cast) -> None:
    give_credits(cast, 1)
    book(cast)
    proposed = propose_lesson(
        school=cast.school,
        actor=cast.tara,
        student_id=cast.sam.pk,
        starts_at=TUESDAY_NINE + timedelta(days=1),
        minutes=50,
        lesson_type="regular",
        note="",
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=NOW,
    )
    page = read(sam, "/marigold/book/proposals/")

    assert SHORT in text_of(page.encode())
    assert [str(one["value"]) for one in page.select("button[name=answer]")] == ["decline"]
    sent = {"answer": "accept", "reason": "", "request_id": str(uuid.uuid4())}
    answer = sam.post(f"/marigold/book/proposals/{proposed.lesson_id}/", sent)
    assert answer.status_code == 409
    assert "This needs 1 lesson credits and there are 0. Nothing was booked." in text_of(answer.content)
