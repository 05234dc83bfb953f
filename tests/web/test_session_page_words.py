"""What the page of a session says of waiting, trouble and money is true, and it speaks to whoever reads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.domain.lessons.models import Lesson
from tests.cast import Cast, book, make_cast
from tests.web.emergency_page import text_of
from tests.web.test_lesson_pages import browser_of, buttons_of, press

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
COSTS_NOTHING = "what is reported before the scheduled end costs nothing by itself"
UNSEEN = "The session’s page did not see you and Sam Studies there together, so it has not begun for us."


@pytest.fixture
def stand_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let the server's clock show so many minutes after the start."""

    def stand(minutes: float) -> None:
        monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(minutes=minutes))

    stand(-5)
    return stand


@pytest.fixture
def cast(stand_at: Callable[[float], None]) -> Cast:
    assert stand_at is not None
    return make_cast()


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return book(cast, starts_at=NOON)


@pytest.fixture
def session(lesson: Lesson) -> str:
    return f"/marigold/sessions/{lesson.pk}/"


@pytest.fixture
def own(lesson: Lesson) -> str:
    return f"/marigold/lessons/{lesson.pk}/"


def card_of(client: Client, url: str, name: str) -> str:
    """What one card of the page says, nothing where it is not there."""
    page = BeautifulSoup(client.get(url).content, "html.parser")
    return " ".join(" ".join(card.get_text(" ") for card in page.select(f"[aria-labelledby={name}]")).split())


def test_a_teacher_whose_student_is_absent_is_told_to_wait_and_not_that_a_report_is_free(
    cast: Cast, session: str, own: str, stand_at: Callable[[float], None]
) -> None:
    tara = browser_of(cast.tara)
    press(tara, session, "join")
    stand_at(0)
    press(tara, session, "start")
    said = {}
    for minutes in (5, 16):
        stand_at(minutes)
        said[minutes] = card_of(tara, session, "wrong")
    press(tara, session, "absent")
    said[17] = card_of(tara, session, "wrong")

    assert not [one for one in said.values() if COSTS_NOTHING in one]
    until = "Wed 21 Oct, 20:15"
    assert f"Waiting costs you nothing: stay until {until} , then press “Nobody came”." in said[5]
    assert "Sam Studies has not come. Press “Nobody came”: waiting for a student costs you nothing." in said[16]
    assert "Sam Studies has not come. To say so costs you nothing by itself." in said[17]
    assert all("The session has not begun, so that can cost you something" in one for one in said.values())
    # And once both were there together, it is as it was.
    press(browser_of(cast.sam), own, "join")
    assert COSTS_NOTHING in card_of(tara, session, "wrong")


def test_before_the_start_nothing_is_promised_about_money(
    cast: Cast, session: str, own: str, stand_at: Callable[[float], None]
) -> None:
    press(browser_of(cast.sam), own, "join")
    tara = browser_of(cast.tara)
    press(tara, session, "join")

    assert COSTS_NOTHING not in card_of(tara, session, "wrong")
    stand_at(1)
    assert COSTS_NOTHING in card_of(tara, session, "wrong")


def test_the_emergency_page_says_why_the_session_has_not_begun(
    cast: Cast, session: str, own: str, stand_at: Callable[[float], None]
) -> None:
    tara = browser_of(cast.tara)
    page = f"{session}emergency/"
    stand_at(2)
    unseen_at_all = text_of(tara.get(page).content)
    press(tara, session, "join")
    early = tara.get(page)
    stand_at(16)
    late = text_of(tara.get(page).content)
    press(browser_of(cast.sam), own, "join")
    together = text_of(tara.get(page).content)

    assert UNSEEN in text_of(early.content)
    assert "wait until Wed 21 Oct, 20:15 , then press “Nobody came” on the session’s page." in text_of(early.content)
    assert f'href="{session}"' in early.content.decode()
    assert UNSEEN in late
    assert "report nothing here: press “Nobody came” on the session’s page." in late
    assert [said for said in (unseen_at_all, together) if "did not see you" in said] == []


def test_a_session_that_its_teacher_finished_has_no_blue_door_and_no_countdown(
    cast: Cast, session: str, own: str, stand_at: Callable[[float], None]
) -> None:
    tara, sam = browser_of(cast.tara), browser_of(cast.sam)
    press(sam, own, "join")
    press(tara, session, "join")
    stand_at(0)
    press(tara, session, "start")
    stand_at(20)
    press(sam, own, "leave")
    press(tara, session, "finish")
    stand_at(21)

    for client, url, words in ((tara, session, "You finished this session."), (sam, own, "finished this session.")):
        page = BeautifulSoup(client.get(url).content, "html.parser")
        assert ([button.get_text() for button in page.select("main .btn-blue")], "join" in buttons_of(client, url)) == (
            [],
            True,
        )
        said = card_of(client, url, "time")
        assert words in said
        assert "Join again" in said
        assert "Ends in" not in said


def test_a_teacher_who_finished_is_offered_one_report_and_none_once_it_was_made(
    cast: Cast, session: str, own: str, stand_at: Callable[[float], None]
) -> None:
    tara, sam = browser_of(cast.tara), browser_of(cast.sam)
    press(sam, own, "join")
    press(tara, session, "join")
    stand_at(0)
    press(tara, session, "start")
    stand_at(20)
    press(tara, session, "finish")

    def red() -> list[str]:
        page = BeautifulSoup(tara.get(session).content, "html.parser")
        return [button.get_text() for button in page.select("main .btn-alert")]

    before, offered = red(), card_of(tara, session, "coming")
    press(tara, session, "problem", note="The power is off.")

    assert (before, red()) == (["Report it"], [])
    assert "Report it" in offered
    assert "Report it" not in card_of(tara, session, "coming")
    assert "You reported trouble in time." in card_of(tara, session, "coming")


def test_a_teacher_who_finished_without_a_student_is_not_led_to_a_report(
    cast: Cast, session: str, stand_at: Callable[[float], None]
) -> None:
    tara = browser_of(cast.tara)
    press(tara, session, "join")
    stand_at(0)
    press(tara, session, "start")
    stand_at(5)
    press(tara, session, "finish")

    page = text_of(tara.get(session).content)

    assert "You and your student were not seen here together; see below what follows." in page
    coming = card_of(tara, session, "coming")
    assert "The scheduling desk decides what is recorded." in coming
    assert "report it" not in coming.lower()
    dashboard = BeautifulSoup(tara.get("/marigold/dashboard/").content, "html.parser")
    (item,) = [one for one in dashboard.select(".att") if "Not recorded yet" in one.get_text()]
    assert "report it" not in item.get_text().lower()
    assert [str(door["href"]) for door in item.select("a.btn")] == [session]


def test_what_was_said_is_told_to_each_side_in_its_own_words(
    cast: Cast, session: str, own: str, stand_at: Callable[[float], None]
) -> None:
    tara = browser_of(cast.tara)
    press(tara, session, "join")
    stand_at(8)
    press(tara, session, "late")
    press(tara, session, "problem", note="Where is Sam?")
    stand_at(16)
    press(tara, session, "absent")

    told = card_of(tara, session, "happened")
    assert "You said that Sam Studies was late. Wed 21 Oct, 20:08 You reported a problem. Wed 21 Oct, 20:08" in told
    assert "You said that Sam Studies did not come. Wed 21 Oct, 20:16" in told
    assert "Tara Teaches" not in told
    assert "Tara Teaches said that you were not there or late." in card_of(browser_of(cast.sam), own, "happened")


def test_who_is_here_is_named(cast: Cast, session: str, own: str, stand_at: Callable[[float], None]) -> None:
    tara, sam = browser_of(cast.tara), browser_of(cast.sam)
    press(tara, session, "join")
    stand_at(8)

    assert "You Here since Wed 21 Oct, 19:55 Sam Studies Not here so far" in card_of(tara, session, "here")
    assert "Sam Studies is late" in card_of(tara, session, "here")
    assert "You Not here so far Tara Teaches Here since" in card_of(sam, own, "here")
