"""Pages on paper, in twice as large letters, and outside of a role: nothing of the frame stands in the way."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from tests.believable import NOW, Believable, make_believable
from tests.browser.conftest import Visit
from tests.browser.looks import DESKTOP, PHONE, Look, clipped, overflowing, take_picture
from tests.browser.test_story import PAGES, Stand, address, cookies_of, find_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]

# A4 at 96 dots per inch, within Chromium's margins of a centimetre.
PAPER = {"width": 718, "height": 1047}
ON_PAPER = {
    "statement": ".lines tbody tr:not(.group)",
    "own case": ".kv",
    "penalty policy": ".doc section p",
    "penalties": ".case-row",
}
FRAME = ".top, .tabs, .side, .skip, .offline, .help-foot, .menu, .back, .filters, .pages, .btn"
IN_LARGE_LETTERS = (
    "my dashboard", "report an emergency", "own case", "penalties", "statement", "messages", "penalty policy",
    "emergencies and cancellations", "my lessons", "rescheduling", "pay", "overview",
)  # fmt: skip
OF_NO_ROLE = ("/settings/", "/security/", "/password/change/", "/security/sessions/", "/logout/")


@pytest.fixture
def world(at: Stand) -> Believable:
    at(NOW)
    return make_believable()


@pytest.fixture
def cookies(world: Believable) -> dict[str, dict[str, str]]:
    """The cookies of everybody in the story, by their code."""
    return {code: cookies_of(find_person(world, code)) for code in {code for code, _path, _budget in PAGES.values()}}


def _visible(page: Page, selector: str) -> list[str]:
    return list(
        page.evaluate(
            """selector => [...document.querySelectorAll(selector)]
                 .filter(element => element.checkVisibility() && element.getBoundingClientRect().height > 0)
                 .map(element => element.outerHTML.slice(0, 100))""",
            selector,
        )
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_printed_pages_hold_their_content_from_the_first_sheet_on_and_nothing_of_the_frame(
    visit: Visit, world: Believable, cookies: dict[str, dict[str, str]], scheme: str
) -> None:
    for name, first in ON_PAPER.items():
        code, path, _budget = PAGES[name]
        look = Look(width=PAPER["width"], scheme="dark" if scheme == "dark" else "light")
        page, _watch = visit(address(world, path), look=look, cookies=cookies[code])
        page.set_viewport_size({"width": PAPER["width"], "height": PAPER["height"]})
        page.emulate_media(media="print", color_scheme=look.scheme)
        take_picture(page, name=f"paper {name}", look=look)

        assert _visible(page, FRAME) == [], name
        box = page.locator(first).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < PAPER["height"], name
        assert page.locator("main").inner_text().startswith("Marigold Languages"), name
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(0, 0, 0)"
        page.close()


def test_printed_statement_names_its_teacher(
    visit: Visit, world: Believable, cookies: dict[str, dict[str, str]]
) -> None:
    page, _watch = visit(address(world, "statements/"), cookies=cookies["tara"])
    page.emulate_media(media="print")

    assert world.cast.tara.display_name in page.locator(".page-head").inner_text()


@pytest.mark.parametrize("code", ["tara", "owen"])
def test_pages_of_no_role_have_the_width_of_others_and_the_frame_one_came_from(
    visit: Visit, world: Believable, cookies: dict[str, dict[str, str]], code: str
) -> None:
    home = "dashboard/" if code == "tara" else "owner/"
    page, _watch = visit(address(world, home), look=DESKTOP, cookies=cookies[code])
    sections = page.locator(".side a").all_inner_texts()
    for path in (*OF_NO_ROLE, address(world, "policy/"), address(world, "emergencies/")):
        page.goto(path)
        take_picture(page, name=f"no role {code} {path}", look=DESKTOP)
        box = page.locator("main").bounding_box()

        assert box is not None
        assert box["width"] > 900, path
        assert page.locator(".side a").all_inner_texts() == sections, path
        assert page.locator(".brand").inner_text() == "Marigold Languages", path
        page.set_viewport_size({"width": 390, "height": 844})
        take_picture(page, name=f"no role {code} {path}", look=PHONE)
        assert page.locator(".tabs").is_visible(), path
        page.set_viewport_size({"width": 1280, "height": 900})


def test_settings_without_a_school_use_the_whole_width(visit: Visit, world: Believable) -> None:
    page, _watch = visit("/settings/", look=DESKTOP, cookies=cookies_of(find_person(world, "owen")))

    box = page.locator("form.form").first.bounding_box()
    assert box is not None
    assert box["width"] > 450


def test_pages_in_letters_twice_as_large_do_not_scroll_sideways(
    visit: Visit, world: Believable, cookies: dict[str, dict[str, str]]
) -> None:
    wide: dict[str, list[str]] = {}
    for name in IN_LARGE_LETTERS:
        code, path, _budget = PAGES[name]
        page, _watch = visit(address(world, path), look=PHONE, cookies=cookies[code])
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        take_picture(page, name=f"large {name}", look=PHONE)
        if found := overflowing(page) + clipped(page):
            wide[name] = found
        box = page.locator(".skip").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 0, name
        page.close()
    assert wide == {}


def test_long_addresses_stay_inside_the_cards_of_the_desk(
    visit: Visit, world: Believable, cookies: dict[str, dict[str, str]]
) -> None:
    with in_school(world.school.pk):
        student = Membership.objects.select_related("person").get(code="kenji").person
    student.email = "kenji.arai.of.the.morning.course@students.marigold.example"
    student.save(update_fields=["email"])
    page, _watch = visit(address(world, "sessions/{next}/emergency/"), look=PHONE, cookies=cookies["tara"])
    page.get_by_role("button", name="Report emergency").first.click()
    page.close()

    page, _watch = visit(address(world, "desk/"), look=PHONE, cookies=cookies["desi"])
    take_picture(page, name="long addresses at the desk", look=PHONE)

    assert student.email in page.locator("main").inner_text()
    assert clipped(page) == []
