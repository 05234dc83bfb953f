"""Messages lead to the lesson they are about, and to moving and cancelling it, by words instead of addresses."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup, Tag
from django.conf import settings
from django.test import Client

from makegood import clock
from makegood.actions.cancel_for_student import cancel_for_student
from makegood.actions.undo_booking import undo_booking
from makegood.domain.people.models import Membership, Person
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.bookings import NOW, TUESDAY_NINE, book, book_weekly, open_mornings
from tests.cast import Cast, make_cast
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    made = make_cast()
    open_mornings(made)
    return made


def newest(client: Client, member: Membership) -> Tag:
    """The newest message as the member reads it in the app."""
    sign_in(client, member.person)
    path = "messages" if member.code == "tara" else "lessons"
    notice = BeautifulSoup(client.get(f"/marigold/{path}/").content, "html.parser").select_one(".notice")
    assert notice is not None
    return notice


def links_in(notice: Tag) -> dict[str, str]:
    return {link.get_text(): str(link["href"]).removeprefix(settings.ADDRESS) for link in notice.select("a")}


def test_a_booking_leads_to_its_page_and_the_student_to_moving_and_cancelling(cast: Cast, client: Client) -> None:
    lesson_id = book(cast, starts_at=TUESDAY_NINE).lesson_id
    to_sam, to_tara = newest(client, cast.sam), newest(client, cast.tara)

    assert links_in(to_sam) == {
        # The student's messages are folded, and their subjects open them.
        "Open the lesson": f"/marigold/lessons/{lesson_id}/",
        "Move it to another time": f"/marigold/lessons/{lesson_id}/reschedule/",
        "Cancel it": f"/marigold/lessons/{lesson_id}/cancel/",
    }
    assert links_in(to_tara) == {
        "Your session with Sam Studies on Tue 24 Nov, 09:00 (Manila) is booked": f"/marigold/sessions/{lesson_id}/"
    }
    for member, notice in ((cast.sam, to_sam), (cast.tara, to_tara)):
        assert settings.ADDRESS not in notice.get_text()
        sign_in(client, member.person)
        assert {path: client.get(path).status_code for path in links_in(notice).values()} == dict.fromkeys(
            links_in(notice).values(), 200
        )


def test_a_series_and_a_booking_that_was_undone_have_no_lesson_to_lead_to(cast: Cast, client: Client) -> None:
    booked = book_weekly(cast)
    assert links_in(newest(client, cast.sam)) == {}

    undo_booking(
        school=cast.school, actor=cast.sam, lesson_id=booked.lesson_ids[0], request_id=uuid.uuid4(), door=Door.WEB,
        now=NOW,
    )  # fmt: skip

    assert links_in(newest(client, cast.sam)) == {}


@pytest.mark.parametrize(("language", "said"), [("en", "If you did not ask for this, tell us here"), ("de", None)])
def test_a_signed_address_is_behind_words_in_every_language(
    cast: Cast, client: Client, language: str, said: str | None
) -> None:
    with in_school(cast.school.pk):
        Person.objects.filter(pk=cast.sam.person_id).update(language=language)
    lesson_id = book(cast, starts_at=TUESDAY_NINE + timedelta(days=7)).lesson_id
    cancel_for_student(
        school=cast.school, actor=cast.tara, lesson_id=lesson_id, asked="chat", note="", request_id=uuid.uuid4(),
        door=Door.WEB, now=NOW,
    )  # fmt: skip

    notice = newest(client, cast.sam)

    (words,) = [words for words, path in links_in(notice).items() if re.fullmatch(r"/s/[^/]+/", path)]
    assert said is None or words == said
    assert words
    assert not words.endswith(":")
    assert settings.ADDRESS not in notice.get_text()
