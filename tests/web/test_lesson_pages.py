"""The page of a lesson for both sides and the desk's page of absences, as a browser without a script uses them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.http import HttpResponse
from django.test import Client

from makegood import clock
from makegood.actions.cancel_by_student import cancel_by_student
from makegood.actions.decide_absence import Verdict, decide_absence
from makegood.actions.watch_lessons import watch_lessons
from makegood.domain.lessons.models import DeskCase, Lesson, PresenceFact
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.cast import Cast, book, make_cast, report
from tests.stories.test_student_wants_a_lesson_cancelled import credits_left, with_credits
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def stand_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let the server's clock show so many minutes after the start."""

    def stand(minutes: float) -> None:
        monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(minutes=minutes))

    stand(-5)
    return stand


@pytest.fixture(params=["25hoon", "talaera"])
def cast(request: pytest.FixtureRequest, stand_at: Callable[[float], None]) -> Cast:
    assert stand_at is not None
    return make_cast(preset=request.param)


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return book(cast, starts_at=NOON)


def browser_of(member: Membership) -> Client:
    client = Client()
    sign_in(client, member.person)
    return client


def press(client: Client, url: str, do: str, **values: str) -> HttpResponse:
    """Press one of the buttons that the page shows."""
    page = BeautifulSoup(client.get(url).content, "html.parser")
    assert page.find("input", {"name": "do", "value": do}) is not None, f"there is no {do} on the page"
    return client.post(url, {"do": do, "request_id": str(uuid.uuid4()), **values})


def test_a_lesson_of_twelve_minutes_without_a_report(
    cast: Cast, lesson: Lesson, stand_at: Callable[[float], None]
) -> None:
    tara, sam = browser_of(cast.tara), browser_of(cast.sam)
    session, own = f"/marigold/sessions/{lesson.pk}/", f"/marigold/lessons/{lesson.pk}/"
    assert f'href="{session}"' in tara.get("/marigold/dashboard/").content.decode()
    press(sam, own, "join")
    press(tara, session, "join")
    stand_at(0)
    press(tara, session, "start")
    stand_at(12)
    press(sam, own, "leave")
    # A moment later, as it is when two say goodbye.
    stand_at(12.1)
    finished = press(tara, session, "finish")
    assert finished.status_code == 302
    assert "report it before the scheduled end" in text_of(tara.get(session).content)

    stand_at(60)
    assert "12 of 50 minutes were taught." in text_of(tara.get(session).content)
    assert "The scheduling desk may look at it until" in text_of(sam.get(own).content)
    watch_lessons(now=clock.now())
    asked = text_of(browser_of(cast.desi).get("/marigold/desk/absences/").content)
    assert "The session may have ended early" in asked
    assert "may have been absent" not in asked
    stand_at(50 + 125)
    watch_lessons(now=clock.now())

    seen = text_of(tara.get(session).content)
    assert "Ended early" in seen
    dashboard = text_of(tara.get("/marigold/dashboard/").content)
    assert ("US$3.00" in dashboard) == cast.school.pays_teachers
    assert "It costs you nothing." in text_of(sam.get(own).content)


def test_a_problem_leads_the_teacher_to_the_report_and_tells_the_desk(
    cast: Cast, lesson: Lesson, stand_at: Callable[[float], None]
) -> None:
    tara = browser_of(cast.tara)
    session = f"/marigold/sessions/{lesson.pk}/"
    press(tara, session, "join")
    stand_at(8)

    told = press(tara, session, "problem", note="No sound.")

    assert told.headers["Location"] == f"{session}emergency/"
    too_long = press(tara, session, "problem", note="x" * 501)
    assert too_long.status_code == 422
    assert "The note is too long." in text_of(too_long.content)


def test_the_desk_decides_about_a_student_who_did_not_come(
    cast: Cast, lesson: Lesson, stand_at: Callable[[float], None]
) -> None:
    tara, desi = browser_of(cast.tara), browser_of(cast.desi)
    session = f"/marigold/sessions/{lesson.pk}/"
    press(tara, session, "join")
    stand_at(10)
    early = tara.post(session, {"do": "absent", "request_id": str(uuid.uuid4())})
    assert (early.status_code, "It is too early to say that." in text_of(early.content)) == (409, True)
    stand_at(16)
    press(tara, session, "absent")
    stand_at(55)

    queue = BeautifulSoup(desi.get("/marigold/desk/absences/").content, "html.parser")
    link = queue.select_one("main a[href*='/absences/']")
    assert link is not None
    empty = desi.post(str(link["href"]), {})
    decided = desi.post(str(link["href"]), {"verdict": "student_absent", "note": "Nobody answered our call."})

    assert (empty.status_code, decided.status_code) == (422, 302)
    seen = text_of(tara.get(session).content)
    assert "The lesson is used, and the teacher is paid." in seen
    assert desi.get(str(link["href"])).status_code == 404


def test_the_script_says_that_somebody_is_still_here(
    cast: Cast, lesson: Lesson, stand_at: Callable[[float], None]
) -> None:
    sam = browser_of(cast.sam)
    own = f"/marigold/lessons/{lesson.pk}/"

    before = sam.post(f"{own}here/").status_code
    press(sam, own, "join")
    stand_at(1)
    after = sam.post(f"{own}here/").status_code
    stand_at(60)

    assert (before, after, sam.post(f"{own}here/").status_code) == (410, 204, 410)
    with in_school(cast.school.pk):
        assert PresenceFact.objects.filter(kind="seen").count() == 1


def test_nobody_else_sees_a_lesson(cast: Cast, lesson: Lesson) -> None:
    assert browser_of(cast.tom).get(f"/marigold/sessions/{lesson.pk}/").status_code == 404
    assert browser_of(cast.sam).get(f"/marigold/sessions/{lesson.pk}/").status_code == 404
    assert browser_of(cast.sam).get(f"/marigold/lessons/{lesson.pk}/").status_code == 200


def test_the_page_of_a_lesson_to_come_leads_to_what_can_be_changed(
    cast: Cast, lesson: Lesson, stand_at: Callable[[float], None]
) -> None:
    own, session = f"/marigold/lessons/{lesson.pk}/", f"/marigold/sessions/{lesson.pk}/"
    pages = (
        (browser_of(cast.sam), own, ("reschedule/", "cancel/")),
        (browser_of(cast.tara), session, ("move/", "cancel/")),
    )

    stand_at(-3000)
    for client, page, doors in pages:
        words = client.get(page).content.decode()
        assert all(f'href="{page}{door}"' in words for door in doors)
    stand_at(1)
    for client, page, doors in pages:
        words = client.get(page).content.decode()
        # A student need not wait for whoever does not come.
        left = [door for door in doors if f'href="{page}{door}"' in words]
        assert left == (["cancel/"] if page == own else [])


def test_who_gives_up_waiting_gets_the_lesson_back_where_the_teacher_was_absent(
    cast: Cast, lesson: Lesson, stand_at: Callable[[float], None]
) -> None:
    with_credits(cast, lesson, bought=1)
    sam, own = browser_of(cast.sam), f"/marigold/lessons/{lesson.pk}/"
    stand_at(10)
    asked = sam.get(f"{own}cancel/").content
    form = {field["name"]: field["value"] for field in BeautifulSoup(asked, "html.parser").select("main input[name]")}
    assert "say so on the page of the lesson: that costs you nothing" in text_of(asked)

    cancelled = text_of(sam.post(f"{own}cancel/", form, follow=True).content)
    left_before = credits_left(cast)
    stand_at(20)
    press(sam, own, "absent")
    stand_at(60)
    with in_school(cast.school.pk):
        case_id = DeskCase.objects.get(kind=DeskCase.Kind.TEACHER_ABSENT).pk
    decide_absence(
        school=cast.school, actor=cast.desi, case_id=case_id, verdict=Verdict.TEACHER_ABSENT, note="Nobody came.",
        door=Door.WEB, now=clock.now(),
    )  # fmt: skip

    assert "The lesson is used" in cancelled
    assert (left_before, credits_left(cast)) == (0, 1)
    assert "It costs you nothing." in text_of(sam.get(own).content)


def test_joining_is_a_button_only_from_shortly_before_the_start(
    cast: Cast, lesson: Lesson, stand_at: Callable[[float], None]
) -> None:
    pages = (
        (browser_of(cast.tara), f"/{cast.school.slug}/dashboard/", "Join session", "Wed 21 Oct, 19:50"),
        (browser_of(cast.sam), f"/{cast.school.slug}/lessons/", "Join lesson", "Wed 21 Oct, 07:50"),
    )
    for client, url, words, opens in pages:
        shown = []
        for minutes in (-3000, -11, -10, 3):
            stand_at(minutes)
            card = BeautifulSoup(client.get(url).content, "html.parser").select_one(".card.next")
            assert card is not None
            button = next(link for link in card.select("a.btn-blue") if words in link.get_text())
            shown.append((button.has_attr("hidden"), f"You can join from {opens}" in text_of(str(card).encode())))

        assert shown == [(True, True), (True, True), (False, False), (False, False)]


def test_the_page_of_a_lesson_that_was_cancelled_late_tells_both_sides_what_happened_and_when(
    cast: Cast, lesson: Lesson, stand_at: Callable[[float], None]
) -> None:
    stand_at(-120)
    cancel_by_student(
        school=cast.school, actor=cast.sam, lesson_id=lesson.pk, shown_as_free=False, note="",
        request_id=uuid.uuid4(), door=Door.WEB, now=clock.now(),
    )  # fmt: skip
    told = "after the free time. The lesson is used and the teacher is paid."

    own = text_of(browser_of(cast.sam).get(f"/marigold/lessons/{lesson.pk}/").content)
    taught = text_of(browser_of(cast.tara).get(f"/marigold/sessions/{lesson.pk}/").content)

    assert f"Cancelled by you {told} Wed 21 Oct, 06:00 ( Sam Studies )" in own
    assert f"Cancelled by the student {told} Wed 21 Oct, 18:00 ( Sam Studies )" in taught


def test_nobody_is_said_to_be_missing_before_the_lesson_can_be_joined(
    cast: Cast, lesson: Lesson, stand_at: Callable[[float], None]
) -> None:
    own = f"/marigold/lessons/{lesson.pk}/"
    said = []
    for minutes in (-3000, -11, -10):
        stand_at(minutes)
        said.append("Not here so far" in text_of(browser_of(cast.sam).get(own).content))

    assert said == [False, False, True]


def test_the_page_of_a_lesson_that_cannot_be_taught_tells_no_side_the_price(
    cast: Cast, lesson: Lesson, stand_at: Callable[[float], None]
) -> None:
    stand_at(-90)
    report(cast, lesson, now=clock.now())

    own = text_of(browser_of(cast.sam).get(f"/marigold/lessons/{lesson.pk}/").content)

    assert "The teacher reported that it cannot be taught. Wed 21 Oct, 06:30 ( Tara Teaches )" in own
    assert "US$" not in own


def test_the_page_has_one_next_step_at_a_time(cast: Cast, lesson: Lesson, stand_at: Callable[[float], None]) -> None:
    stand_at(-2)
    tara, session = browser_of(cast.tara), f"/marigold/sessions/{lesson.pk}/"

    def steps() -> list[str]:
        page = BeautifulSoup(tara.get(session).content, "html.parser")
        return [button.get_text() for button in page.select("main .btn-blue")]

    before = steps()
    press(tara, session, "join")

    assert (before, steps()) == (["Join"], ["Start"])


def buttons_of(client: Client, url: str) -> list[str]:
    """What can be pressed on the page, in its order."""
    page = BeautifulSoup(client.get(url).content, "html.parser")
    return [str(button["value"]) for button in page.select("main input[name=do]")]


def test_nobody_is_said_to_be_absent_from_a_lesson_that_both_were_seen_in_and_that_was_finished(
    cast: Cast, lesson: Lesson, stand_at: Callable[[float], None]
) -> None:
    tara, sam = browser_of(cast.tara), browser_of(cast.sam)
    session, own = f"/marigold/sessions/{lesson.pk}/", f"/marigold/lessons/{lesson.pk}/"
    press(sam, own, "join")
    press(tara, session, "join")
    stand_at(0)
    press(tara, session, "start")
    stand_at(20)
    press(sam, own, "leave")
    press(tara, session, "finish")

    for minutes, open_ones in ((21, ["join"]), (51, [])):
        stand_at(minutes)
        assert buttons_of(tara, session) == [*open_ones, "problem"]
        assert buttons_of(sam, own) == [*open_ones, "problem"]
        for page in (tara.get(session), sam.get(own)):
            assert "counts as late" not in text_of(page.content)


def test_the_page_says_how_long_to_wait_only_while_one_waits(
    cast: Cast, lesson: Lesson, stand_at: Callable[[float], None]
) -> None:
    tara, sam = browser_of(cast.tara), browser_of(cast.sam)
    session, own = f"/marigold/sessions/{lesson.pk}/", f"/marigold/lessons/{lesson.pk}/"

    said = {}
    for minutes in (-3000, -11, -5, 6, 16):
        stand_at(minutes)
        pages = (text_of(tara.get(session).content), text_of(sam.get(own).content))
        said[minutes] = ["counts as late from" in page for page in pages]

    assert said == {-3000: [False] * 2, -11: [False] * 2, -5: [True] * 2, 6: [True] * 2, 16: [False] * 2}
    assert buttons_of(tara, session) == ["join", "start", "late", "absent", "problem"]


def test_a_cancelled_lesson_says_nothing_of_who_was_here(
    cast: Cast, lesson: Lesson, stand_at: Callable[[float], None]
) -> None:
    stand_at(-90)
    report(cast, lesson, now=clock.now())

    for minutes in (-80, 10, 60):
        stand_at(minutes)
        for client, page in ((cast.tara, "sessions"), (cast.sam, "lessons")):
            url = f"/marigold/{page}/{lesson.pk}/"
            said = text_of(browser_of(client).get(url).content)
            assert ("Who is here" in said, "Was not seen" in said, "counts as late" in said) == (False, False, False)
            assert not {"late", "absent", "join"} & set(buttons_of(browser_of(client), url))


@pytest.mark.parametrize(("hours", "said"), [(2, "The lesson is used"), (30, "It costs you nothing.")])
def test_the_page_of_a_lesson_that_the_student_cancelled_says_whether_it_is_used(
    cast: Cast, lesson: Lesson, stand_at: Callable[[float], None], hours: int, said: str
) -> None:
    stand_at(-60 * hours)
    cancel_by_student(
        school=cast.school, actor=cast.sam, lesson_id=lesson.pk, shown_as_free=hours > 24, note="",
        request_id=uuid.uuid4(), door=Door.WEB, now=clock.now(),
    )  # fmt: skip

    own = text_of(browser_of(cast.sam).get(f"/marigold/lessons/{lesson.pk}/").content)
    taught = text_of(browser_of(cast.tara).get(f"/marigold/sessions/{lesson.pk}/").content)

    assert said in own
    for page, words in ((own, "Cancelled late by you"), (taught, "Cancelled late by the student")):
        assert ("The lesson is used" in page, words in page) == (hours == 2, hours == 2)


def test_a_lesson_that_ended_early_is_called_the_same_everywhere(
    cast: Cast, lesson: Lesson, stand_at: Callable[[float], None]
) -> None:
    tara, sam = browser_of(cast.tara), browser_of(cast.sam)
    session, own = f"/marigold/sessions/{lesson.pk}/", f"/marigold/lessons/{lesson.pk}/"
    press(sam, own, "join")
    press(tara, session, "join")
    stand_at(0)
    press(tara, session, "start")
    stand_at(12)
    press(tara, session, "finish")
    stand_at(50 + 125)
    watch_lessons(now=clock.now())

    pages = [text_of(sam.get(page).content) for page in (own, "/marigold/lessons/")]

    assert [("Ended early" in page, "Cut short" in page) for page in pages] == [(True, False)] * 2


@pytest.mark.parametrize(("minutes", "door"), [(-1440, "Cancel for the student"), (-1439, "Report an emergency")])
def test_a_session_to_come_has_the_door_of_its_mark(
    cast: Cast, lesson: Lesson, stand_at: Callable[[float], None], minutes: float, door: str
) -> None:
    stand_at(minutes)

    page = BeautifulSoup(browser_of(cast.tara).get(f"/marigold/sessions/{lesson.pk}/").content, "html.parser")

    doors = {"Cancel for the student", "Report an emergency", "Ask to move"}
    assert {link.get_text() for link in page.select("main a.btn")} & doors == {door, "Ask to move"}
