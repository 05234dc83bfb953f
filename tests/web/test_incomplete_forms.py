"""A form that arrives incomplete is answered in words, on the page it came from, with what was typed."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.actions.propose_lesson import propose_lesson
from makegood.domain.lessons.models import LessonStatus
from makegood.domain.timeline.doors import Door
from tests.bookings import NOW, TUESDAY_NINE, book, hold, lesson_of, open_mornings, set_rules
from tests.cast import Cast, make_cast
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

INCOMPLETE = "The page arrived incomplete. Nothing was done. Look at it again, then decide."
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


def propose(cast: Cast) -> int:
    """Tara, who knows Sam, proposes Wednesday at nine."""
    book(cast)
    proposed = propose_lesson(
        school=cast.school,
        actor=cast.tara,
        student_id=cast.sam.pk,
        starts_at=WEDNESDAY_NINE,
        minutes=50,
        lesson_type="regular",
        note="",
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=NOW,
    )
    return proposed.lesson_id


def answer_proposal(client: Client, lesson_id: int, **sent: str) -> Any:
    whole = {"answer": "decline", "reason": "I am away", "request_id": str(uuid.uuid4())}
    return client.post(f"/marigold/book/proposals/{lesson_id}/", whole | sent)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"reason": "x" * 501}, "The note is too long. Shorten it to 500 characters."),
        ({"answer": ""}, "Choose one of the answers."),
        ({"answer": "perhaps"}, "Choose one of the answers."),
        ({"request_id": "no id"}, INCOMPLETE),
    ],
)
def test_an_unusable_answer_to_a_proposal_names_the_problem_and_keeps_the_words(
    sam: Client, cast: Cast, changes: dict[str, str], problem: str
) -> None:
    lesson_id = propose(cast)

    answer = answer_proposal(sam, lesson_id, **changes)

    page = BeautifulSoup(answer.content, "html.parser")
    typed = page.select_one(f"#id_{lesson_id}_reason")
    summary = page.select_one("[data-problem]")
    assert typed is not None
    assert summary is not None
    assert (answer.status_code, problem in summary.get_text()) == (422, True)
    assert typed.get_text().strip() == changes.get("reason", "I am away")
    assert all(page.find(id=str(one["href"])[1:]) for one in summary.select("a"))
    assert lesson_of(cast, lesson_id).status == LessonStatus.REQUESTED


def test_the_form_that_comes_back_can_be_sent(sam: Client, cast: Cast) -> None:
    lesson_id = propose(cast)
    answer = answer_proposal(sam, lesson_id, request_id="no id")

    again = BeautifulSoup(answer.content, "html.parser").select_one("input[name=request_id]")
    assert again is not None
    said = answer_proposal(sam, lesson_id, request_id=str(again["value"]))

    assert said.status_code == 302
    assert lesson_of(cast, lesson_id).status == LessonStatus.RELEASED
    assert "You declined. Your teacher was told" in text_of(sam.get("/marigold/book/proposals/").content)


def test_a_proposal_that_waits_no_more_is_answered_in_words(sam: Client, cast: Cast) -> None:
    lesson_id = propose(cast)
    answer_proposal(sam, lesson_id)

    late = answer_proposal(sam, lesson_id, answer="accept")

    assert late.status_code == 409
    assert "This does not wait for an answer any more. Nothing was done." in text_of(late.content)


def test_a_booking_page_without_its_id_says_so_and_books_nothing(sam: Client, cast: Cast) -> None:
    held = hold(cast)

    answer = sam.post(f"/marigold/book/{held.lesson_id}/")

    assert (answer.status_code, INCOMPLETE in text_of(answer.content)) == (422, True)
    assert lesson_of(cast, held.lesson_id).status == LessonStatus.HELD


def test_letting_a_kept_time_go_without_the_id_says_so_where_it_is_kept(sam: Client, cast: Cast) -> None:
    held = hold(cast)

    answer = sam.post(f"/marigold/book/{held.lesson_id}/release/", follow=True)

    assert answer.redirect_chain == [(f"/marigold/book/{held.lesson_id}/", 302)]
    assert INCOMPLETE in text_of(answer.content)
    assert lesson_of(cast, held.lesson_id).status == LessonStatus.HELD


def test_withdrawing_a_request_without_the_id_says_so_where_it_waits(sam: Client, cast: Cast) -> None:
    set_rules(cast, needs_approval=True)
    asked = book(cast)

    answer = sam.post(f"/marigold/book/{asked.lesson_id}/release/", follow=True)

    assert answer.redirect_chain == [(f"/marigold/book/{asked.lesson_id}/booked/", 302)]
    assert INCOMPLETE in text_of(answer.content)
    assert lesson_of(cast, asked.lesson_id).status == LessonStatus.REQUESTED


def test_undoing_a_booking_without_the_id_says_so(sam: Client, cast: Cast) -> None:
    booked = book(cast)

    answer = sam.post(f"/marigold/book/{booked.lesson_id}/undo/", follow=True)

    assert INCOMPLETE in text_of(answer.content)
    assert lesson_of(cast, booked.lesson_id).status == LessonStatus.BOOKED


def test_weekly_lessons_without_the_id_keep_the_ticks(sam: Client, cast: Cast) -> None:
    first = TUESDAY_NINE.strftime("%Y-%m-%dT%H:%M:%S%z")
    sent = {"kind": "regular:50", "first": first, "weeks": "4", "week": ["1", "3"]}

    answer = sam.post(f"/marigold/book/teachers/{cast.tara.pk}/weekly/", sent)

    page = BeautifulSoup(answer.content, "html.parser")
    assert (answer.status_code, INCOMPLETE in text_of(answer.content)) == (422, True)
    assert [str(one["value"]) for one in page.select("input[name=week][checked]")] == ["1", "3"]


@pytest.mark.parametrize("changes", [{"first": "sometime"}, {"kind": "regular:long"}])
def test_weekly_lessons_without_a_time_to_begin_at_ask_for_one(
    sam: Client, cast: Cast, changes: dict[str, str]
) -> None:
    first = TUESDAY_NINE.strftime("%Y-%m-%dT%H:%M:%S%z")
    sent = {"kind": "regular:50", "first": first, "request_id": str(uuid.uuid4())} | changes

    answer = sam.post(f"/marigold/book/teachers/{cast.tara.pk}/weekly/", sent, follow=True)

    assert answer.redirect_chain == [(f"/marigold/book/teachers/{cast.tara.pk}/", 302)]
    assert "Choose one of the times below." in text_of(answer.content)


def test_the_page_of_a_new_time_that_is_not_kept_any_more_says_so(sam: Client, cast: Cast) -> None:
    booked = book(cast)

    answer = sam.get(f"/marigold/lessons/{booked.lesson_id}/reschedule/999999/", follow=True)

    assert answer.redirect_chain == [(f"/marigold/lessons/{booked.lesson_id}/reschedule/", 302)]
    assert "The new time is not kept any more. Nothing was changed" in text_of(answer.content)


def test_taking_a_proposal_back_without_the_id_says_so(client: Client, cast: Cast) -> None:
    lesson_id = propose(cast)
    sign_in(client, cast.tara.person)

    answer = client.post(f"/marigold/students/{cast.sam.pk}/proposals/{lesson_id}/take-back/", follow=True)

    assert answer.redirect_chain, answer.status_code
    assert INCOMPLETE in text_of(answer.content)
    assert lesson_of(cast, lesson_id).status == LessonStatus.REQUESTED


def test_a_list_of_credits_that_did_not_arrive_says_so(client: Client, cast: Cast) -> None:
    sign_in(client, cast.desi.person)

    answer = client.post("/marigold/desk/students/credits/", {"text": ""}, follow=True)

    assert answer.redirect_chain, answer.status_code
    assert INCOMPLETE in text_of(answer.content)
