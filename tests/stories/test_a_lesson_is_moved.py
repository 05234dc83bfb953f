"""A lesson gets another time through the pages: the student moves it, or the teacher asks and the student agrees."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.domain.incidents.models import Incident
from makegood.domain.lessons.models import Lesson, LessonStatus, MoveRequest
from makegood.domain.schools.context import in_school
from tests.cast import Cast, book, make_cast
from tests.moves import DAY, FRIDAY, NOW, SECOND, THURSDAY, WEDNESDAY, lesson_of, moves_of, open_mornings, told
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    open_mornings(made)
    return made


@pytest.fixture
def stand_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    return lambda instant: monkeypatch.setattr(clock, "now", lambda: instant)


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return book(cast, starts_at=WEDNESDAY)


def hidden(page: bytes, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]+)"', page.decode())
    assert found is not None, name
    return found[1]


def choose(client: Client, lesson: Lesson, starts_at: datetime = THURSDAY) -> str:
    """Press the button of a time; the address of the confirmation."""
    address = f"/marigold/lessons/{lesson.pk}/reschedule/"
    page = client.get(address, {"day": "2026-10-21"}).content
    answer = client.post(
        address,
        {"starts_at": starts_at.strftime("%Y-%m-%dT%H:%M:%S%z"), "request_id": hidden(page, "request_id")},
    )
    assert answer.status_code == 302, text_of(answer.content)
    return answer.headers["Location"]


def press(client: Client, address: str) -> tuple[int, str]:
    """Confirm on the page, as it is shown."""
    page = client.get(address).content
    sent = {name: hidden(page, name) for name in ("request_id", "shown_as")}
    answer = client.post(address, sent, follow=True)
    return answer.status_code, text_of(answer.content)


def test_a_student_sees_the_price_chooses_confirms_and_undoes(
    client: Client, cast: Cast, lesson: Lesson, stand_at: Callable[[datetime], None]
) -> None:
    stand_at(NOW)
    sign_in(client, cast.sam.person)
    assert f"/marigold/lessons/{lesson.pk}/reschedule/" in client.get("/marigold/lessons/").content.decode()
    # Wednesday at nine in Manila is Tuesday, 21:00 in New York, and the mark 24 hours before.
    first = text_of(client.get(f"/marigold/lessons/{lesson.pk}/reschedule/", {"day": "2026-10-21"}).content)
    assert "Moving it is free until Mon 19 Oct, 21:00 . After that the lesson is used." in first
    assert "21:00 to 21:50" in first

    address = choose(client, lesson)
    shown = text_of(client.get(address).content)
    assert "Tuesday 20 October , 21:00 to 21:50" in shown
    assert "Wednesday 21 October , 21:00 to 21:50" in shown
    assert "Your lesson moved" in press(client, address)[1]
    assert lesson_of(cast, lesson.pk).starts_at == THURSDAY
    assert "Moved by you from" in text_of(client.get(f"/marigold/lessons/{lesson.pk}/").content)

    undone = client.post(f"/marigold/lessons/{lesson.pk}/reschedule/undo/", follow=True)
    assert "Your lesson is at its former time again." in text_of(undone.content)
    assert lesson_of(cast, lesson.pk).starts_at == WEDNESDAY
    assert told(cast) == [("sam", "lesson_moved"), ("tara", "lesson_moved")] * 2


def test_a_wrong_choice_is_mended_by_a_third_time_at_once_and_an_undo_leads_to_the_second(
    client: Client, cast: Cast, lesson: Lesson, stand_at: Callable[[datetime], None]
) -> None:
    stand_at(NOW)
    sign_in(client, cast.sam.person)
    moving = f"/marigold/lessons/{lesson.pk}/reschedule/"
    press(client, choose(client, lesson))
    moved = BeautifulSoup(client.get(moving).content, "html.parser")
    (again,) = moved.find_all("a", string="Choose another time")
    times = client.get(moving + again["href"]).content
    said = text_of(times)

    # The price of the lesson where it is now, what an undo would mean, and the times.
    assert "Moving it is free until Tue 20 Oct, 21:00 . After that the lesson is used." in said
    assert "your lesson is on Tue 20 Oct, 21:00 again then, as long as that time is free." in said
    assert "Free times of Tara Teaches" in said
    confirming = choose(client, lesson, FRIDAY)
    back = BeautifulSoup(client.get(confirming).content, "html.parser").select_one(".back a")
    assert back is not None
    assert "Free times of Tara Teaches" in text_of(client.get(str(back["href"])).content)

    said = press(client, confirming)[1]
    assert "Your lesson moved" in said
    assert "your lesson is on Wed 21 Oct, 21:00 again then, as long as that time is free." in said
    assert "Free times of Tara Teaches" not in said
    client.post(f"{moving}undo/")
    assert lesson_of(cast, lesson.pk).starts_at == THURSDAY


def test_what_was_shown_as_free_is_asked_again_a_second_after_the_mark(
    client: Client, cast: Cast, lesson: Lesson, stand_at: Callable[[datetime], None]
) -> None:
    stand_at(WEDNESDAY - DAY)
    sign_in(client, cast.sam.person)
    address = choose(client, lesson)
    page = client.get(address).content
    stand_at(WEDNESDAY - DAY + SECOND)
    sent = {name: hidden(page, name) for name in ("request_id", "shown_as")}
    changed = client.post(address, sent)

    assert changed.status_code == 409
    assert "The free time ended while you were here" in text_of(changed.content)
    assert "Use this lesson and book the new time" in text_of(changed.content)
    assert moves_of(cast, lesson) == []
    assert lesson_of(cast, lesson.pk).status == LessonStatus.BOOKED

    sent = {name: hidden(changed.content, name) for name in ("request_id", "shown_as")}
    done = client.post(address, sent, follow=True)
    assert "Your lesson is booked" in text_of(done.content)
    assert "The former lesson is used." in text_of(done.content)
    assert lesson_of(cast, lesson.pk).status == LessonStatus.CANCELLED


def test_a_time_that_is_taken_meanwhile_is_answered_with_the_nearest(
    client: Client, cast: Cast, lesson: Lesson, stand_at: Callable[[datetime], None]
) -> None:
    stand_at(NOW)
    sign_in(client, cast.sam.person)
    book(cast, starts_at=THURSDAY)

    answer = client.post(
        f"/marigold/lessons/{lesson.pk}/reschedule/",
        {"starts_at": THURSDAY.strftime("%Y-%m-%dT%H:%M:%S%z"), "request_id": str(uuid.uuid4())},
    )

    assert answer.status_code == 409
    assert "There is another lesson of the student at this time." in text_of(answer.content)
    assert "The nearest free times" in text_of(answer.content)


def test_a_lapsed_choice_leads_back_to_the_times(
    client: Client, cast: Cast, lesson: Lesson, stand_at: Callable[[datetime], None]
) -> None:
    stand_at(NOW)
    sign_in(client, cast.sam.person)
    address = choose(client, lesson)
    page = client.get(address).content
    stand_at(NOW + timedelta(hours=1))
    sent = {name: hidden(page, name) for name in ("request_id", "shown_as")}

    assert client.get(address).status_code == 302
    refused = client.post(address, sent)
    assert refused.status_code == 409
    assert "The new time is not kept any more." in text_of(refused.content)
    with in_school(cast.school.pk):
        assert Lesson.objects.get(pk=lesson.pk).starts_at == WEDNESDAY


# --- the teacher asks


def ask_on_the_page(client: Client, lesson: Lesson, *, says_side: str, starts_at: datetime = THURSDAY) -> str:
    """Fill in the teacher's page and press its button; what comes back."""
    address = f"/marigold/sessions/{lesson.pk}/move/"
    page = client.get(address).content
    sent = {
        "quote": hidden(page, "quote"),
        "says_side": says_side,
        "starts_at": starts_at.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "reason": "A wedding",
    }
    assert sent["starts_at"] in page.decode()
    return text_of(client.post(address, sent, follow=True).content)


def signed_in_as(cast: Cast, code: str) -> Client:
    client = Client()
    sign_in(client, getattr(cast, code).person)
    return client


def test_a_teacher_asks_the_student_agrees_and_it_counts(
    cast: Cast, lesson: Lesson, stand_at: Callable[[datetime], None]
) -> None:
    stand_at(NOW)
    tara, sam = signed_in_as(cast, "tara"), signed_in_as(cast, "sam")
    address = f"/marigold/sessions/{lesson.pk}/move/"
    assert address in tara.get("/marigold/dashboard/").content.decode()
    # Nine in Manila is 21:00 in New York, the day before.
    page = text_of(tara.get(address).content)
    assert "US$0.30" in page
    assert "Thu 22 Oct 09:00 Wed 21:00" in page

    done = ask_on_the_page(tara, lesson, says_side="teacher")
    assert "You asked Sam Studies for another time" in done
    assert "You asked Sam Studies to move the session" in text_of(tara.get("/marigold/dashboard/").content)

    home = sam.get("/marigold/lessons/").content
    link = re.search(r'href="(/marigold/lessons/moves/\d+/)"', home.decode())
    assert link is not None
    shown = sam.get(link[1]).content
    assert "Wednesday 21 October , 21:00 to 21:50" in text_of(shown)
    assert "A wedding" in text_of(shown)
    answered = sam.post(link[1], {"request_id": hidden(shown, "request_id"), "answer": "agree"}, follow=True)
    assert "Your lesson moved" in text_of(answered.content)

    assert lesson_of(cast, lesson.pk).starts_at == THURSDAY
    assert moves_of(cast, lesson) == [(WEDNESDAY, THURSDAY, "teacher")]
    case_list = text_of(tara.get("/marigold/penalties/").content)
    assert "US$0.30" in case_list
    with in_school(cast.school.pk):
        reference = Incident.objects.get().reference
    case = text_of(tara.get(f"/marigold/cases/{reference}/").content)
    assert "Moved by the teacher" in case
    assert "Undo" not in case
    assert "0.30" in text_of(tara.get("/marigold/statements/").content)
    assert "You agreed: moved from" in text_of(sam.get(f"/marigold/lessons/{lesson.pk}/").content)
    assert "agrees" not in text_of(sam.get("/marigold/lessons/").content)


def test_a_student_confirms_having_asked_and_it_counts_for_nothing(
    cast: Cast, lesson: Lesson, stand_at: Callable[[datetime], None]
) -> None:
    stand_at(NOW)
    tara, sam = signed_in_as(cast, "tara"), signed_in_as(cast, "sam")
    ask_on_the_page(tara, lesson, says_side="student")
    with in_school(cast.school.pk):
        address = f"/marigold/lessons/moves/{MoveRequest.objects.get().pk}/"
    shown = sam.get(address).content

    assert "says that you asked for another time" in text_of(shown)
    sent = {"request_id": hidden(shown, "request_id"), "answer": "agree_asked"}
    assert "Your lesson moved" in text_of(sam.post(address, sent, follow=True).content)
    with in_school(cast.school.pk):
        assert not Incident.objects.exists()
    assert signed_in_as(cast, "owen").get(address).status_code == 404


def test_a_student_keeps_the_time_and_a_teacher_takes_it_back(
    cast: Cast, lesson: Lesson, stand_at: Callable[[datetime], None]
) -> None:
    stand_at(NOW)
    tara, sam = signed_in_as(cast, "tara"), signed_in_as(cast, "sam")
    ask_on_the_page(tara, lesson, says_side="teacher")
    shown = hidden(tara.get(f"/marigold/sessions/{lesson.pk}/move/").content, "shown")
    address = f"/marigold/sessions/{lesson.pk}/move/back/"
    back = tara.post(address, {"shown": shown}, follow=True)
    assert "You no longer ask for another time." in text_of(back.content)

    ask_on_the_page(tara, lesson, says_side="teacher")
    # The page of before is still open in another tab, and one that names nothing: something is asked by now.
    assert "This request has ended." in text_of(tara.post(address, {"shown": shown}, follow=True).content)
    assert "The page arrived incomplete." in text_of(tara.post(address, follow=True).content)
    with in_school(cast.school.pk):
        first, second = MoveRequest.objects.order_by("pk")
    address = f"/marigold/lessons/moves/{second.pk}/"
    # The link of the former mail leads to what is asked now.
    assert sam.get(f"/marigold/lessons/moves/{first.pk}/").url == address
    sent = {"request_id": hidden(sam.get(address).content, "request_id"), "answer": "keep"}
    assert "Your lesson stays where it is" in text_of(sam.post(address, sent, follow=True).content)
    assert lesson_of(cast, lesson.pk).starts_at == WEDNESDAY


def test_what_is_missing_and_what_came_too_late_is_said_at_its_field(
    cast: Cast, lesson: Lesson, stand_at: Callable[[datetime], None]
) -> None:
    stand_at(NOW)
    tara = signed_in_as(cast, "tara")
    address = f"/marigold/sessions/{lesson.pk}/move/"
    page = tara.get(address).content
    empty = tara.post(address, {"quote": hidden(page, "quote")})
    assert empty.status_code == 422
    for problem in ("Choose who wants another time.", "Choose one of the times.", "Say why. Your student reads it."):
        assert problem in text_of(empty.content)

    stand_at(WEDNESDAY - timedelta(hours=1))
    page = tara.get(address).content
    stand_at(WEDNESDAY - timedelta(hours=1) + SECOND)
    sent = {
        "quote": hidden(page, "quote"),
        "says_side": "teacher",
        "starts_at": THURSDAY.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "reason": "A wedding",
    }
    changed = tara.post(address, sent)
    assert changed.status_code == 409
    assert "The price changed while you were here" in text_of(changed.content)
    assert "US$1.00" in text_of(changed.content)
    assert told(cast) == []
