"""A student withdraws a booking that waits for the school, where it is listed and right after asking."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client

from makegood import clock
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.schools.context import in_school
from tests.bookings import NOW, TUESDAY_NINE, book, book_weekly, lesson_of, open_mornings, set_rules
from tests.cast import Cast, make_cast
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

LESSONS = "/marigold/lessons/"


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    made = make_cast()
    open_mornings(made)
    set_rules(made, needs_approval=True)
    return made


@pytest.fixture
def sam(client: Client, cast: Cast) -> Client:
    sign_in(client, cast.sam.person)
    return client


def forms_of(client: Client, address: str) -> list[Tag]:
    """The forms that withdraw, as the page has them."""
    return list(BeautifulSoup(client.get(address).content, "html.parser").select("form[action$='/release/']"))


def submit(client: Client, form: Tag) -> str:
    """Send the form as a browser without a script does, and follow; returns what the next page says."""
    sent = {str(one["name"]): str(one["value"]) for one in form.select("input[name]")}
    answer = client.post(str(form["action"]), sent, follow=True)
    assert [step[0] for step in answer.redirect_chain] == [LESSONS]
    return text_of(answer.content)


def test_each_of_two_requests_has_its_own_way_back(sam: Client, cast: Cast) -> None:
    first, second = book(cast), book(cast, starts_at=TUESDAY_NINE.replace(hour=2))

    forms = forms_of(sam, LESSONS)
    said = [submit(sam, form) for form in forms]

    assert [form["action"] for form in forms] == [
        f"/marigold/book/{first.lesson_id}/release/",
        f"/marigold/book/{second.lesson_id}/release/",
    ]
    assert text_of(str(forms[0]).encode()).strip() == (
        "Withdraw this request for the lesson with Tara Teaches on Monday 23 November"
    )
    assert ["Your request is withdrawn. The time is free again, and nothing was used." in one for one in said] == [
        True,
        True,
    ]
    assert [lesson_of(cast, one.lesson_id).status for one in (first, second)] == [LessonStatus.RELEASED] * 2
    assert "Waiting for your school" not in said[1]


def test_a_weekly_request_says_that_it_is_withdrawn_whole(sam: Client, cast: Cast) -> None:
    book_weekly(cast, count=3)
    forms = forms_of(sam, LESSONS)

    assert "It is one request: all 3 lessons are withdrawn together." in text_of(str(forms[0]).encode())
    submit(sam, forms[1])

    assert forms_of(sam, LESSONS) == []


def test_the_page_after_asking_offers_it_too(sam: Client, cast: Cast) -> None:
    requested = book(cast)
    (form,) = forms_of(sam, f"/marigold/book/{requested.lesson_id}/booked/")

    submit(sam, form)

    with in_school(cast.school.pk):
        assert Lesson.objects.get().status == LessonStatus.RELEASED


def test_a_booked_lesson_is_not_offered_to_be_withdrawn(sam: Client, cast: Cast) -> None:
    set_rules(cast, needs_approval=False)
    booked = book(cast)

    assert forms_of(sam, LESSONS) + forms_of(sam, f"/marigold/book/{booked.lesson_id}/booked/") == []
