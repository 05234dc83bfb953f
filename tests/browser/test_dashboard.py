"""My Dashboard with a full calendar, in a browser: folded days open without a script, the countdown keeps its line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.looks import PERSON_BYTES, PHONE, Look, assert_sound_in_every_look
from tests.browser.test_story import cookies_of
from tests.cast import Cast, book, make_cast, report

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]

# 08:00 in Manila, a Wednesday.
MORNING = datetime(2026, 10, 21, 0, 0, tzinfo=UTC)
DASHBOARD = "/marigold/dashboard/"
BESIDE_A_SCROLL_BAR = Look(width=1265)
# As long as a countdown can be, beside a student's free time that is over and is said in many words.
FIRST_AT = MORNING + timedelta(hours=22, minutes=38)


@pytest.fixture
def cast(at: Callable[[datetime], None]) -> Cast:
    at(MORNING)
    return make_cast()


def test_a_folded_day_opens_without_a_script_and_has_its_doors(visit: Visit, cast: Cast) -> None:
    for day in range(4):
        for hour in range(4):
            book(cast, starts_at=MORNING + timedelta(days=day + 2, hours=hour))
    page, _watch = visit(DASHBOARD, look=PHONE, cookies=cookies_of(cast.tara.person), java_script_enabled=False)
    fold = page.locator("details.fold").first
    door = fold.get_by_role("link", name="cancel session").first
    expect(door).to_be_hidden()

    fold.locator("summary").click()

    expect(door).to_be_visible()
    door.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Cancel this session")


def test_a_pause_and_a_session_that_is_not_recorded_are_sound_in_every_look(
    visit: Visit, cast: Cast, at: Callable[[datetime], None]
) -> None:
    for day in range(4):
        report(cast, book(cast, starts_at=MORNING + timedelta(days=day, hours=3)), now=MORNING)
    lesson = book(cast, starts_at=MORNING)
    at(MORNING + timedelta(hours=1))

    for name, path in {"dashboard": DASHBOARD, "session": f"/marigold/sessions/{lesson.pk}/"}.items():
        page, watch = visit(path, look=PHONE, cookies=cookies_of(cast.tara.person))
        expect(page.get_by_role("link", name="Say what happened")).to_be_visible()
        assert_sound_in_every_look(page, watch, name=f"not recorded {name}", language="en", budget=PERSON_BYTES)


@pytest.mark.parametrize("look", [BESIDE_A_SCROLL_BAR, PHONE], ids=["1265", "390"])
@pytest.mark.parametrize("who", ["teacher", "student"])
def test_the_countdown_stays_on_one_line(visit: Visit, cast: Cast, who: str, look: Look) -> None:
    book(cast, starts_at=FIRST_AT)
    address, member = (DASHBOARD, cast.tara) if who == "teacher" else ("/marigold/lessons/", cast.sam)

    page, _watch = visit(address, look=look, cookies=cookies_of(member.person))
    tag = page.locator("#next-session .tag")

    word = "session" if who == "teacher" else "lesson"
    expect(tag).to_contain_text(f"Next {word} in 22 h 38 min")
    assert tag.evaluate("one => Math.round(one.clientHeight / parseFloat(getComputedStyle(one).lineHeight))") == 1


def test_the_line_that_says_when_joining_opens_turns_into_the_button(
    visit: Visit, cast: Cast, at: Callable[[datetime], None]
) -> None:
    book(cast, starts_at=FIRST_AT)
    at(FIRST_AT - timedelta(minutes=10, seconds=10))
    page, _watch = visit(DASHBOARD, cookies=cookies_of(cast.tara.person), is_alone=True)
    page.clock.install()
    page.reload()
    line, button = page.get_by_text("You can join from"), page.get_by_role("link", name="Join session")
    expect(line).to_be_visible()
    expect(button).to_be_hidden()

    page.clock.fast_forward(20_000)

    expect(button).to_be_visible()
    expect(line).to_be_hidden()


def test_a_full_dashboard_is_sound_in_every_look(visit: Visit, cast: Cast) -> None:
    for day in range(7):
        for hour in range(5):
            book(cast, starts_at=MORNING + timedelta(days=day, hours=hour + 1))
    page, watch = visit(DASHBOARD, cookies=cookies_of(cast.tara.person))

    assert_sound_in_every_look(page, watch, name="full dashboard", language="en", budget=PERSON_BYTES)
