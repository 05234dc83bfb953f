"""A teacher asks for another time: the student reads until when cancelling is free there before agreeing."""

from __future__ import annotations

import pytest
from django.test import Client

from makegood import clock
from makegood.domain.lessons.models import Lesson
from tests.cast import Cast, book, make_cast
from tests.moves import DAY, NOW, THURSDAY, WEDNESDAY, answer, ask, open_mornings
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

# Nine in the morning in Manila, 19 hours from now: later than free cancelling allows.
TUESDAY = WEDNESDAY - DAY


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    made = make_cast()
    open_mornings(made)
    return made


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return book(cast, starts_at=WEDNESDAY)


def test_the_page_says_that_cancelling_is_not_free_at_a_near_time(client: Client, cast: Cast, lesson: Lesson) -> None:
    asked = ask(cast, lesson, starts_at=TUESDAY)
    sign_in(client, cast.sam.person)

    said = text_of(client.get(f"/marigold/lessons/moves/{asked.move_request_id}/").content)

    assert "you can no longer cancel free of charge, because that was possible until Sun 18 Oct, 21:00" in said
    assert "Cancelling it then uses the lesson." in said
    assert "Your lesson stays where it is unless you agree." in said


def test_the_page_says_until_when_cancelling_is_free_at_a_later_time(
    client: Client, cast: Cast, lesson: Lesson
) -> None:
    asked = ask(cast, lesson, starts_at=THURSDAY)
    sign_in(client, cast.sam.person)

    said = text_of(client.get(f"/marigold/lessons/moves/{asked.move_request_id}/").content)

    assert "At the new time you can cancel free of charge until Tue 20 Oct, 21:00" in said


def test_a_booked_lesson_that_moved_near_is_not_called_used(client: Client, cast: Cast, lesson: Lesson) -> None:
    answer(cast, ask(cast, lesson, starts_at=TUESDAY))
    sign_in(client, cast.sam.person)

    said = text_of(client.get("/marigold/lessons/").content)

    assert "Cancelling now uses the lesson; it was free until Sun 18 Oct, 21:00" in said
    assert "Now the lesson is used" not in said
