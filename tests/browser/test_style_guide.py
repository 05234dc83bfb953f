"""Every component in a real browser: two widths, both themes, both directions."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visit
from tests.browser.looks import (
    DESKTOP,
    LANGUAGES,
    NARROWEST,
    PERSON_BYTES,
    PHONE,
    Look,
    assert_page_is_sound,
    assert_sound_in_every_look,
    take_picture,
)
from tests.web.hard_coded import assert_no_hard_coded_text

pytestmark = pytest.mark.browser
PAGES = {
    "style guide": "/design/",
    "form with errors": "/design/?wrong",
    "dashboard": "/design/dashboard/",
    "emergency": "/design/emergency/",
    "case": "/design/case/",
    "not found": "/design/missing/",
    "broken": "/design/broken/",
}
STATUSES = {"not found": 404, "broken": 500}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_page_is_sound_in_every_look(visit: Visit, name: str, language: str) -> None:
    page, watch = visit(PAGES[name], look=Look(width=390, language=language))

    status = STATUSES.get(name, 200)
    assert_sound_in_every_look(page, watch, name=name, language=language, budget=PERSON_BYTES, status=status)


@pytest.mark.parametrize("name", PAGES)
def test_page_can_be_translated_and_has_room_for_long_words_on_the_narrowest_phone(visit: Visit, name: str) -> None:
    page, watch = visit(PAGES[name], look=NARROWEST)

    take_picture(page, name=name, look=NARROWEST)
    assert_no_hard_coded_text(page.content())
    status = STATUSES.get(name, 200)
    assert_page_is_sound(page, watch, budget=PERSON_BYTES, status=status, rules="structure")


def test_choosing_a_situation_shows_its_price_without_a_script(visit: Visit) -> None:
    page, _watch = visit("/design/emergency/", look=PHONE, java_script_enabled=False)
    assert page.locator(".panel:visible").count() == 1

    page.get_by_label("Situation 1").check()

    assert page.locator(".panel:visible").get_attribute("aria-labelledby") == "cost-1"


def test_error_summary_has_the_focus_and_the_title_says_so(visit: Visit) -> None:
    page, _watch = visit("/design/?wrong", look=DESKTOP)

    assert page.title().startswith("Error: ")
    assert page.evaluate("document.activeElement.hasAttribute('data-problem')")
    page.get_by_role("alert").get_by_role("link").first.click()
    assert page.evaluate("document.activeElement.id") == "id_name"


def test_second_press_of_a_button_sends_nothing(visit: Visit) -> None:
    page, _watch = visit("/design/", look=DESKTOP)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.evaluate("document.querySelector('form.form').addEventListener('submit', event => event.preventDefault())")

    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Save").click(force=True)

    assert page.locator("form.form").get_attribute("data-sent") == "1"
    assert page.get_by_role("button", name="Save").get_attribute("aria-disabled") == "true"
    assert "POST" not in sent


def test_going_offline_shows_what_still_works(visit: Visit) -> None:
    page, _watch = visit("/design/dashboard/", look=PHONE, is_alone=True)
    assert not page.locator(".offline").is_visible()

    page.context.set_offline(True)

    page.locator(".offline").wait_for(state="visible")
    page.context.set_offline(False)
