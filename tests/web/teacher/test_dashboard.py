"""My Dashboard stays short however many sessions come, and knows when one is finished before its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.actions.finish_lesson import finish_lesson
from makegood.actions.join_lesson import join_lesson
from makegood.actions.start_lesson import start_lesson
from makegood.actions.watch_lessons import watch_lessons
from makegood.domain.lessons.models import Lesson
from makegood.domain.timeline.doors import Door
from makegood.domain.uptime.operations import keep_heartbeat
from tests.cast import Cast, book, make_cast, report
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

# 08:00 in Manila, a Wednesday.
MORNING = datetime(2026, 10, 21, 0, 0, tzinfo=UTC)
DASHBOARD = "/marigold/dashboard/"
MOST_NODES = 800


@pytest.fixture
def stand_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let the server's clock show so many minutes after the morning."""

    def stand(minutes: float) -> None:
        monkeypatch.setattr(clock, "now", lambda: MORNING + timedelta(minutes=minutes))

    stand(0)
    return stand


@pytest.fixture
def cast(stand_at: Callable[[float], None]) -> Cast:
    assert stand_at is not None
    return make_cast()


@pytest.fixture
def tara(client: Client, cast: Cast) -> Client:
    sign_in(client, cast.tara.person)
    return client


def book_days(cast: Cast, counts: list[int]) -> None:
    """So many sessions on each day from today on, hour by hour."""
    for day, count in enumerate(counts):
        for hour in range(count):
            book(cast, starts_at=MORNING + timedelta(days=day, hours=hour + 1))


def shown(client: Client, address: str = DASHBOARD) -> list[tuple[str, int, str]]:
    """Each day of the list: open or folded, its number of sessions, and the words beside a folded one."""
    page = BeautifulSoup(client.get(address).content, "html.parser")
    upcoming = page.select_one("section[aria-labelledby=upcoming]")
    assert upcoming is not None
    days = []
    for rows in upcoming.select("ul"):
        fold = rows.find_parent("details")
        words = fold.select_one("summary .muted") if fold else None
        days.append(("folded" if fold else "open", len(rows.select("li.sess")), words.get_text() if words else ""))
    return days


def test_today_and_the_next_days_are_open_and_later_ones_folded_with_their_count(tara: Client, cast: Cast) -> None:
    book_days(cast, [3, 4, 1, 3, 4, 5])

    assert shown(tara) == [
        ("open", 2, ""),
        ("open", 4, ""),
        ("folded", 1, "1 session"),
        ("folded", 3, "3 sessions"),
        ("folded", 4, "4 sessions"),
    ]
    assert "All upcoming sessions 19 in all" in text_of(tara.get(DASHBOARD).content)


def test_the_first_day_is_open_and_whole_however_full_it_is(tara: Client, cast: Cast) -> None:
    book_days(cast, [12, 2, 4])

    assert shown(tara) == [("open", 11, ""), ("folded", 2, "2 sessions")]


def test_all_upcoming_sessions_are_one_link_away_and_back(tara: Client, cast: Cast) -> None:
    book_days(cast, [2] * 12)

    page = BeautifulSoup(tara.get(DASHBOARD).content, "html.parser")
    more = page.find("a", string="All upcoming sessions")
    assert more is not None
    assert more["href"] == "?sessions=all#upcoming"
    everything = shown(tara, f"{DASHBOARD}?sessions=all")

    assert everything == [("open", 1, ""), ("open", 2, ""), ("open", 2, ""), *[("folded", 2, "2 sessions")] * 9]
    back = BeautifulSoup(tara.get(f"{DASHBOARD}?sessions=all").content, "html.parser").find(
        "a", string="Only the next sessions"
    )
    assert back is not None
    assert back["href"] == f"{DASHBOARD}#upcoming"


def test_few_sessions_are_all_open_without_a_link_to_more(tara: Client, cast: Cast) -> None:
    book_days(cast, [1, 2, 2])

    assert shown(tara) == [("open", 2, ""), ("open", 2, "")]
    assert "All upcoming sessions" not in text_of(tara.get(DASHBOARD).content)


def test_the_page_of_a_full_calendar_keeps_within_its_nodes(tara: Client, cast: Cast) -> None:
    book_days(cast, [6] * 20)

    nodes = len(BeautifulSoup(tara.get(DASHBOARD).content, "html.parser").find_all(True))

    assert nodes <= MOST_NODES, f"{nodes} nodes"


def test_a_session_finished_with_time_left_is_not_on_now_any_more(
    tara: Client, cast: Cast, stand_at: Callable[[float], None]
) -> None:
    lesson = book(cast, starts_at=MORNING + timedelta(minutes=10))
    book(cast, starts_at=MORNING + timedelta(hours=3))
    _teach(cast, lesson, minutes=(8, 10))
    stand_at(20)
    during = text_of(tara.get(DASHBOARD).content)
    _finish(cast, lesson, minute=20)

    stand_at(25)
    after = text_of(tara.get(DASHBOARD).content)

    words = ("Your session is on now", "On now", "You finished this session", "Next session in 2 h 35 min")
    assert [word in during for word in words] == [True, False, False, False]
    assert [word in after for word in words] == [False, False, True, True]
    assert [
        word in text_of(tara.get(f"/marigold/sessions/{lesson.pk}/").content) for word in ("On now", "Finished")
    ] == [
        False,
        True,
    ]


def test_the_student_reads_that_it_is_finished_too(
    client: Client, cast: Cast, stand_at: Callable[[float], None]
) -> None:
    lesson = book(cast, starts_at=MORNING + timedelta(minutes=10))
    _teach(cast, lesson, minutes=(8, 10))
    sign_in(client, cast.sam.person)
    stand_at(20)
    during = text_of(client.get("/marigold/lessons/").content)
    _finish(cast, lesson, minute=20)

    stand_at(25)
    after = text_of(client.get("/marigold/lessons/").content)

    words = ("Your lesson is on now", "Your teacher finished this lesson")
    assert [word in during for word in words] == [True, False]
    assert [word in after for word in words] == [False, True]


def test_a_session_taken_up_again_is_on_now_again(tara: Client, cast: Cast, stand_at: Callable[[float], None]) -> None:
    lesson = book(cast, starts_at=MORNING + timedelta(minutes=10))
    _teach(cast, lesson, minutes=(8, 10))
    _finish(cast, lesson, minute=20)
    stand_at(25)
    alone = text_of(tara.get(DASHBOARD).content)
    _join(cast, lesson, minute=26)

    stand_at(27)
    again = text_of(tara.get(DASHBOARD).content)

    words = ("Your session is on now", "You finished this session", "No other session is booked")
    assert [word in alone for word in words] == [False, True, False]
    assert [word in again for word in words] == [True, False, True]


def _teach(cast: Cast, lesson: Lesson, *, minutes: tuple[int, int]) -> None:
    for member, minute in ((cast.sam, minutes[0]), (cast.tara, minutes[0])):
        join_lesson(
            school=cast.school,
            actor=member,
            lesson_id=lesson.pk,
            door=Door.WEB,
            now=MORNING + timedelta(minutes=minute),
        )
    start_lesson(
        school=cast.school,
        actor=cast.tara,
        lesson_id=lesson.pk,
        door=Door.WEB,
        now=MORNING + timedelta(minutes=minutes[1]),
    )


def _join(cast: Cast, lesson: Lesson, *, minute: int) -> None:
    join_lesson(
        school=cast.school,
        actor=cast.tara,
        lesson_id=lesson.pk,
        door=Door.WEB,
        now=MORNING + timedelta(minutes=minute),
    )


def _finish(cast: Cast, lesson: Lesson, *, minute: int) -> None:
    finish_lesson(
        school=cast.school,
        actor=cast.tara,
        lesson_id=lesson.pk,
        door=Door.WEB,
        now=MORNING + timedelta(minutes=minute),
    )


def test_what_holds_says_what_is_still_possible_and_leads_there(tara: Client, cast: Cast) -> None:
    reported = [
        report(cast, book(cast, starts_at=MORNING + timedelta(days=day, hours=3)), now=MORNING) for day in range(4)
    ]
    banner = BeautifulSoup(tara.get(DASHBOARD).content, "html.parser").select_one(".note-amber")

    assert banner is not None
    said = " ".join(banner.get_text(" ").split())
    assert "Account paused until Wed 28 Oct, 08:00" in said
    assert "You teach what is booked unless the scheduling desk tells you otherwise" in said
    assert [str(link["href"]) for link in banner.select("a")] == [
        f"/marigold/cases/{reported[-1].reference}/",
        "/marigold/penalties/",
        "tel:+63281234567",
        "mailto:desk@marigold.example",
    ]


def test_a_closed_schedule_is_opened_on_the_page_that_its_banner_leads_to(
    tara: Client, cast: Cast, stand_at: Callable[[float], None]
) -> None:
    """The session that nobody came to is on record by itself; the teacher says there what happened."""
    lesson = book(cast, starts_at=MORNING)
    for minute in range(-15, 60):
        keep_heartbeat(at=MORNING + timedelta(minutes=minute))
    stand_at(240)
    watch_lessons(now=clock.now())
    banner = BeautifulSoup(tara.get(DASHBOARD).content, "html.parser").select_one(".note-amber")
    assert banner is not None
    first = banner.select("a")[0]
    assert (first.get_text(strip=True), first["href"]) == (
        "Say what happened",
        f"/marigold/sessions/{lesson.pk}/#wrong",
    )

    page = BeautifulSoup(tara.get(str(first["href"])).content, "html.parser")
    (form,) = [form for form in page.select("form") if form.select_one("[name=do][value=problem]")]
    assert page.select_one("#wrong") is not None
    fields = {str(one["name"]): str(one.get("value", "")) for one in form.select("input")}
    tara.post(f"/marigold/sessions/{lesson.pk}/", fields | {"note": "The power was out in the whole street."})

    assert BeautifulSoup(tara.get(DASHBOARD).content, "html.parser").select_one(".note-amber") is None
