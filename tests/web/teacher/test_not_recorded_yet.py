"""What a teacher reads of a session that ended early or was missed, from the first minute until it is on record."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.actions.finish_lesson import finish_lesson
from makegood.actions.join_lesson import join_lesson
from makegood.actions.leave_lesson import leave_lesson
from makegood.actions.report_problem import report_problem
from makegood.actions.start_lesson import start_lesson
from makegood.actions.watch_lessons import watch_lessons
from makegood.domain.lessons.models import Lesson
from makegood.domain.people.models import Membership
from makegood.domain.timeline.doors import Door
from tests.cast import Cast, book, make_cast
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

# 20:00 in Manila.
NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
DASHBOARD = "/marigold/dashboard/"
EARLY = "You finished early: 12 of 50 minutes were taught."


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
def tara(client: Client, cast: Cast) -> Client:
    sign_in(client, cast.tara.person)
    return client


def do(action: Callable[..., object], cast: Cast, member: Membership, lesson: Lesson, minute: float) -> None:
    at = NOON + timedelta(minutes=minute)
    action(school=cast.school, actor=member, lesson_id=lesson.pk, door=Door.WEB, now=at)


def teach(cast: Cast, lesson: Lesson, *, minutes: int) -> None:
    """Both come, Sam leaves with Tara, who finishes after so many minutes."""
    for member in (cast.tara, cast.sam):
        do(join_lesson, cast, member, lesson, -1)
    do(start_lesson, cast, cast.tara, lesson, 0)
    do(leave_lesson, cast, cast.sam, lesson, minutes)
    do(finish_lesson, cast, cast.tara, lesson, minutes)


def attention(client: Client) -> tuple[str, list[str]]:
    """What *Needs your attention* says of sessions that are not recorded, and where its doors lead."""
    page = BeautifulSoup(client.get(DASHBOARD).content, "html.parser")
    items = [one for one in page.select(".att") if "Not recorded yet" in one.get_text()]
    return (
        " ".join(" ".join(one.get_text(" ").split()) for one in items),
        [str(link["href"]) for one in items for link in one.select(".acts a")],
    )


def test_before_the_end_it_can_still_be_reported_for_less(
    tara: Client, cast: Cast, lesson: Lesson, stand_at: Callable[[float], None]
) -> None:
    teach(cast, lesson, minutes=12)
    stand_at(13)

    said, doors = attention(tara)

    costs = (
        "Reported before the scheduled end, it costs nothing. Unless the scheduling desk decides otherwise, it is "
        "recorded after Wed 21 Oct, 22:50 as ended early, if that is clear. That would cost US$3.00 ."
    )
    for words in ("session with Sam Studies", EARLY, costs, "37 min left to report it"):
        assert words in said
    assert doors == [f"/marigold/sessions/{lesson.pk}/emergency/"]
    page = tara.get(f"/marigold/sessions/{lesson.pk}/")
    assert f"{EARLY} {costs}" in text_of(page.content)
    assert f'href="{doors[0]}"' in page.content.decode()
    assert tara.get(doors[0]).status_code == 200


def test_after_the_end_the_desk_can_be_told_until_it_is_recorded(
    tara: Client, cast: Cast, lesson: Lesson, stand_at: Callable[[float], None]
) -> None:
    teach(cast, lesson, minutes=12)
    stand_at(60)

    said, doors = attention(tara)

    coming = (
        "Unless the scheduling desk decides otherwise, it is recorded after Wed 21 Oct, 22:50 as ended early, "
        "if that is clear. "
        "That would cost US$3.00 ."
    )
    assert f"12 of 50 minutes were taught. {coming}" in said
    assert "1 h 50 min left to tell the scheduling desk" in said
    assert doors == [f"/marigold/sessions/{lesson.pk}/#wrong"]
    page = tara.get(f"/marigold/sessions/{lesson.pk}/").content
    assert f"you can still tell the scheduling desk what happened. {coming}" in text_of(page)
    assert b'id="wrong"' in page

    stand_at(50 + 121)
    watch_lessons(now=clock.now())
    assert attention(tara) == ("", [])
    assert "Penalty of US$3.00" in text_of(tara.get(DASHBOARD).content), "what was foreseen is what is charged"


def test_what_was_reported_in_time_costs_nothing(
    tara: Client, cast: Cast, lesson: Lesson, stand_at: Callable[[float], None]
) -> None:
    teach(cast, lesson, minutes=12)
    report_problem(
        school=cast.school, actor=cast.tara, lesson_id=lesson.pk, note="No power.", request_id=uuid.uuid4(),
        door=Door.WEB, now=NOON + timedelta(minutes=14),
    )  # fmt: skip
    stand_at(15)

    said, doors = attention(tara)

    assert "You reported trouble in time." in said
    assert "That would cost nothing." in said
    assert "left to report it" not in said
    assert doors == [f"/marigold/sessions/{lesson.pk}/"]


def test_enough_minutes_cost_nothing_and_a_missed_session_says_so(
    tara: Client, cast: Cast, lesson: Lesson, stand_at: Callable[[float], None]
) -> None:
    teach(cast, lesson, minutes=30)
    missed = book(cast, starts_at=NOON + timedelta(hours=1))
    do(join_lesson, cast, cast.sam, missed, 61)
    stand_at(60 + 55)

    said, doors = attention(tara)

    assert "30 of 50 minutes were taught." in said
    assert "as ended early, if that is clear. That would cost nothing." in said
    assert "You were not seen there in time." in said
    assert "as missed by you, if that is clear. That would cost US$3.00 ." in said
    assert doors == [f"/marigold/sessions/{one.pk}/#wrong" for one in (lesson, missed)]


def test_what_was_taught_or_waits_for_the_desk_alone_asks_nothing_of_the_teacher(
    tara: Client, cast: Cast, lesson: Lesson, stand_at: Callable[[float], None]
) -> None:
    teach(cast, lesson, minutes=46)
    book(cast, starts_at=NOON - timedelta(hours=5))
    stand_at(60)

    assert attention(tara) == ("", [])


def test_the_demo_says_nothing_of_sessions_that_nobody_opened(
    client: Client, stand_at: Callable[[float], None]
) -> None:
    cast = make_cast(is_demo=True)
    lesson = book(cast, starts_at=NOON)
    sign_in(client, cast.tara.person)
    stand_at(60)

    assert attention(client) == ("", [])
    assert "You were not seen" not in text_of(client.get(f"/marigold/sessions/{lesson.pk}/").content)


def test_a_school_without_money_names_no_price(stand_at: Callable[[float], None], client: Client) -> None:
    stand_at(-5)
    cast = make_cast(preset="talaera", zone="Europe/Berlin")
    lesson = book(cast, starts_at=NOON)
    teach(cast, lesson, minutes=12)
    stand_at(60)
    sign_in(client, cast.tara.person)

    said, _doors = attention(client)

    assert "as ended early, if that is clear." in said
    assert "costs" not in said
    own = Client()
    sign_in(own, cast.sam.person)
    assert "costs US$" not in text_of(own.get(f"/marigold/lessons/{lesson.pk}/").content)
