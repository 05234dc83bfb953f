"""The page on which a teacher asks to move: each time on both clocks, and one choice is no question."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.actions.set_default_availability import set_default_availability
from makegood.domain.availability.expansion import WallRange
from makegood.domain.lessons.models import Lesson
from makegood.domain.timeline.doors import Door
from tests import cast as casting
from tests.cast import Cast, make_cast
from tests.moves import NOW, THURSDAY, WEDNESDAY, open_mornings
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

PAST_THE_MARK = WEDNESDAY - timedelta(hours=2)


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return make_cast()


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return casting.book(cast, starts_at=WEDNESDAY)


@pytest.fixture
def tara(client: Client, cast: Cast) -> Client:
    sign_in(client, cast.tara.person)
    return client


def open_once(cast: Cast) -> None:
    """Tara is open this Thursday from 9:00 to 10:00 and never again."""
    for weekly, from_on in (({3: [WallRange(540, 600)]}, date(2026, 10, 19)), ({}, date(2026, 10, 26))):
        set_default_availability(
            school=cast.school,
            actor=cast.tara,
            teacher_id=cast.tara.pk,
            weekly=weekly,
            from_on=from_on,
            reason="",
            request_id=uuid.uuid4(),
            door=Door.WEB,
            now=NOW,
        )


def read(tara: Client, lesson: Lesson) -> BeautifulSoup:
    return BeautifulSoup(tara.get(f"/marigold/sessions/{lesson.pk}/move/").content, "html.parser")


def times_of(page: BeautifulSoup) -> list[tuple[str, bool]]:
    """Each as it is read, and whether it is chosen."""
    labels = page.select("label:has(> [name=starts_at])")
    return [(" ".join(one.get_text().split()), one.select_one("[checked]") is not None) for one in labels]


def days_of(page: BeautifulSoup) -> list[tuple[str, bool]]:
    """The days with free times, and whether each is open."""
    days = page.select("fieldset:has([name=starts_at]) details")
    return [(" ".join(day.select("summary")[0].get_text().split()), day.has_attr("open")) for day in days]


def sides_of(page: BeautifulSoup) -> list[tuple[str, bool]]:
    return [(str(one["value"]), one.has_attr("checked")) for one in page.select("input[name=says_side]")]


def test_each_time_names_both_days_where_they_differ(cast: Cast, lesson: Lesson, tara: Client) -> None:
    open_mornings(cast)

    page = read(tara, lesson)

    times = [text for text, _chosen in times_of(page)]
    # Nine in Manila is 21:00 of the day before in New York, and noon its midnight: then the day is the same.
    assert "Thu 22 Oct 09:00 Wed 21:00" in times
    assert "Thu 22 Oct 10:00 Wed 22:00 Night there" in times
    assert "in New York." in page.select("#id_starts_at_hint")[0].get_text()


def test_on_the_same_day_the_day_is_not_said_twice(cast: Cast, lesson: Lesson, tara: Client) -> None:
    cast.sam.person.zone = "Asia/Tokyo"
    cast.sam.person.save(update_fields=["zone"])
    open_mornings(cast)

    assert "Thu 22 Oct 09:00 10:00" in [text for text, _chosen in times_of(read(tara, lesson))]


def test_before_the_mark_nobody_answers_for_the_teacher(cast: Cast, lesson: Lesson, tara: Client) -> None:
    open_mornings(cast)

    page = read(tara, lesson)

    assert sides_of(page) == [("student", False), ("teacher", False)]
    assert "If your student asked, and confirms that" in page.get_text()
    assert [text for text, chosen in times_of(page) if chosen] == []


def test_the_first_days_are_open_and_the_others_folded(cast: Cast, lesson: Lesson, tara: Client) -> None:
    open_mornings(cast)
    page = read(tara, lesson)
    days = days_of(page)
    far = str(page.select("[name=starts_at]")[-1]["value"])

    # The reason is missing, so the page comes again with what was chosen in sight.
    again = tara.post(f"/marigold/sessions/{lesson.pk}/move/", {"says_side": "teacher", "starts_at": far})

    assert days[0] == ("Tomorrow, Tuesday 20 October 5 times", True)
    assert [is_open for _words, is_open in days] == [True, True] + [False] * (len(days) - 2)
    assert len(days) > 10
    shown = days_of(BeautifulSoup(again.content, "html.parser"))
    assert [is_open for _words, is_open in shown] == [True, True] + [False] * (len(days) - 3) + [True]


def test_a_single_time_is_chosen_already(cast: Cast, lesson: Lesson, tara: Client) -> None:
    open_once(cast)

    assert times_of(read(tara, lesson)) == [("Thu 22 Oct 09:00 Wed 21:00", True)]


def test_after_the_mark_the_one_side_left_is_chosen_and_can_be_sent(
    cast: Cast, lesson: Lesson, tara: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_once(cast)
    monkeypatch.setattr(clock, "now", lambda: PAST_THE_MARK)
    page = read(tara, lesson)
    assert sides_of(page) == [("teacher", True)]
    assert "If your student asked, and confirms that" not in page.get_text()
    quote = page.select_one("input[name=quote]")
    assert quote is not None

    # As an old page would send it, which still offered both.
    sent = {"quote": str(quote["value"]), "says_side": "student", "starts_at": value_of(THURSDAY), "reason": "A fair"}
    refused = tara.post(f"/marigold/sessions/{lesson.pk}/move/", sent)
    again = BeautifulSoup(refused.content, "html.parser")

    assert (refused.status_code, sides_of(again)) == (422, [("teacher", True)])


def value_of(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S%z")


def test_what_was_asked_for_says_where_it_is_night(cast: Cast, lesson: Lesson, tara: Client) -> None:
    cast.sam.person.zone = "Pacific/Auckland"
    cast.sam.person.save(update_fields=["zone"])
    set_default_availability(
        school=cast.school, actor=cast.tara, teacher_id=cast.tara.pk, weekly={3: [WallRange(1140, 1200)]},
        from_on=date(2026, 10, 19), reason="", request_id=uuid.uuid4(), door=Door.WEB, now=NOW,
    )  # fmt: skip
    page = read(tara, lesson)
    # 19:00 on Thursday in Manila.
    chosen = page.select("[name=starts_at]")[0]
    quote = page.select_one("input[name=quote]")
    assert quote is not None
    sent = {"quote": str(quote["value"]), "says_side": "teacher", "starts_at": str(chosen["value"]), "reason": "A fair"}

    assert tara.post(f"/marigold/sessions/{lesson.pk}/move/", sent).status_code == 302
    said = " ".join(read(tara, lesson).get_text(" ").split()).replace(" ,", ",")
    assert "Student's time: Fri 00:00 to 00:50, Auckland Night there" in said


@pytest.mark.parametrize(
    ("says_side", "price"),
    [
        ("teacher", "If they agree, the penalty is US$0.30 ."),
        ("student", "If they agree and do not confirm that they asked, the penalty is US$0.30 ."),
    ],
)
def test_the_price_stays_in_sight_while_the_answer_is_awaited(
    cast: Cast, lesson: Lesson, tara: Client, says_side: str, price: str
) -> None:
    open_once(cast)
    quote = read(tara, lesson).select("input[name=quote]")[0]["value"]
    sent = {"quote": quote, "says_side": says_side, "starts_at": value_of(THURSDAY), "reason": "A fair"}
    tara.post(f"/marigold/sessions/{lesson.pk}/move/", sent)

    waiting = text_of(tara.get(f"/marigold/sessions/{lesson.pk}/move/").content)
    dashboard = text_of(tara.get("/marigold/dashboard/").content)

    assert f"The session stays where it is unless your student agrees. {price}" in waiting
    assert f"The session stays where it is unless your student agrees. {price}" in dashboard
