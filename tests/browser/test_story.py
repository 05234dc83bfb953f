"""The first whole story, clicked: from My Dashboard to the statement line, on a phone and on a desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from makegood.domain.incidents.models import Incident
from makegood.domain.people.models import Membership, Person
from makegood.domain.schools.context import in_school
from tests.believable import NOW, Believable, make_believable
from tests.browser.conftest import Visit
from tests.browser.looks import (
    DESKTOP,
    EMERGENCY_BYTES,
    PERSON_BYTES,
    PHONE,
    STAFF_BYTES,
    Look,
    Watch,
    assert_page_is_sound,
    assert_sound_in_every_look,
    take_picture,
)
from tests.web.hard_coded import assert_no_hard_coded_text
from tests.web.signed_in import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]

# Every page of the story: who sees it, and its budget.
PAGES = {
    "my dashboard": ("tara", "dashboard/", PERSON_BYTES),
    "report an emergency": ("tara", "sessions/{next}/emergency/", EMERGENCY_BYTES),
    "which session": ("tara", "sessions/", PERSON_BYTES),
    "cancel session": ("tara", "sessions/{far}/cancel/", PERSON_BYTES),
    "cancel session too late": ("tara", "sessions/{next}/cancel/", PERSON_BYTES),
    "emergency reported": ("tara", "cases/{case}/reported/", PERSON_BYTES),
    "own case": ("tara", "cases/{case}/", PERSON_BYTES),
    "penalties": ("tara", "penalties/", PERSON_BYTES),
    "statement": ("tara", "statements/", PERSON_BYTES),
    "messages": ("tara", "messages/", PERSON_BYTES),
    "my lessons": ("lea", "lessons/", PERSON_BYTES),
    "emergencies and cancellations": ("lea", "emergencies/", PERSON_BYTES),
    "penalty policy": ("lea", "policy/", PERSON_BYTES),
    "rescheduling": ("desi", "desk/", STAFF_BYTES),
    "messages of staff": ("desi", "staff/messages/", STAFF_BYTES),
    "tech support": ("olga", "support/", STAFF_BYTES),
    "cases to review": ("rhea", "disputes/", STAFF_BYTES),
    "case to review": ("rhea", "disputes/{case}/", STAFF_BYTES),
    "decide": ("rhea", "disputes/{case}/decide/?decision=waived", STAFF_BYTES),
    "pay": ("fin", "payroll/", STAFF_BYTES),
    "overview": ("owen", "owner/", STAFF_BYTES),
    "import": ("owen", "owner/import/", STAFF_BYTES),
}
WITHOUT_MONEY = (
    "my dashboard",
    "report an emergency",
    "emergency reported",
    "own case",
    "emergencies and cancellations",
)
Stand = Callable[[datetime], None]


@pytest.fixture
def world(at: Stand) -> Believable:
    at(NOW)
    return make_believable()


def find_person(world: Believable, code: str) -> Person:
    with in_school(world.school.pk):
        return Membership.objects.select_related("person").get(code=code).person


def cookies_of(person: Person) -> dict[str, str]:
    """The cookies of somebody who has signed in."""
    client = Client()
    sign_in(client, person)
    name = settings.SESSION_COOKIE_NAME
    return {name: client.cookies[name].value}


def address(world: Believable, path: str) -> str:
    filled = path.format(next=world.next_lesson.pk, far=world.far_lesson.pk, case=world.references[1])
    return f"/{world.school.slug}/{filled}"


def look_at_every_page(visit: Visit, world: Believable, names: tuple[str, ...], looks: list[Look] | str) -> None:
    """Open each page in the given looks, or in every look of a language."""
    language = looks if isinstance(looks, str) else looks[0].language
    people = {code: find_person(world, code) for code, _path, _budget in (PAGES[name] for name in names)}
    for person in people.values():
        Person.objects.filter(pk=person.pk).update(language=language)
    cookies = {code: cookies_of(person) for code, person in people.items()}
    for name in names:
        code, path, budget = PAGES[name]
        first = Look(width=390, language=language) if isinstance(looks, str) else looks[0]
        page, watch = visit(address(world, path), look=first, cookies=cookies[code])
        called = f"{world.school.slug} {name}"
        if isinstance(looks, str):
            assert_sound_in_every_look(page, watch, name=called, language=language, budget=budget)
        else:
            assert_sound_in(page, watch, looks, name=called, budget=budget)
        if language != "en":
            assert_no_hard_coded_text(page.content())
        page.close()


def assert_sound_in(page: Page, watch: Watch, looks: list[Look], *, name: str, budget: int) -> None:
    for look in looks:
        page.set_viewport_size({"width": look.width, "height": 844 if look.width < 640 else 900})
        page.emulate_media(color_scheme=look.scheme)
        take_picture(page, name=name, look=look)
        assert_page_is_sound(page, watch, budget=budget, rules="everything" if look.language == "en" else "structure")


ROLES = {
    "teacher": tuple(name for name, (code, _path, _budget) in PAGES.items() if code == "tara"),
    "student": tuple(name for name, (code, _path, _budget) in PAGES.items() if code == "lea"),
    "staff": tuple(name for name, (code, _path, _budget) in PAGES.items() if code not in {"tara", "lea"}),
}


@pytest.mark.parametrize("language", ["en", "ar-xb"])
@pytest.mark.parametrize("role", ROLES)
def test_every_page_is_sound_in_every_look(visit: Visit, world: Believable, role: str, language: str) -> None:
    look_at_every_page(visit, world, ROLES[role], language)


@pytest.mark.parametrize("role", ROLES)
def test_every_page_has_room_for_long_words_on_the_narrowest_phone(visit: Visit, world: Believable, role: str) -> None:
    look_at_every_page(visit, world, ROLES[role], [Look(width=320, language="en-xa")])


def test_school_without_money_is_sound_too(visit: Visit, at: Stand) -> None:
    at(NOW)
    world = make_believable(preset="talaera", slug="larkspur", name="Larkspur Business English")

    looks = [Look(width=390), Look(width=1280, scheme="dark")]

    look_at_every_page(visit, world, WITHOUT_MONEY, looks)


@pytest.mark.parametrize("look", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_teacher_reports_an_emergency_and_finds_it_explained_everywhere(
    visit: Visit, at: Stand, world: Believable, look: Look
) -> None:
    page, watch = visit("/marigold/dashboard/", look=look, cookies=cookies_of(world.cast.tara.person))
    page.get_by_role("link", name="Report an emergency for the session with Kenji Arai").click()
    expect(page.get_by_label("Situation 2")).to_be_checked()
    page.get_by_text("How we worked this out").locator("visible=true").click()
    page.get_by_text("Add a reason or a note (optional)").click()
    page.get_by_label("Reason").select_option("power_outage")
    page.get_by_label("Your note").fill("The whole street is dark")

    page.get_by_role("button", name="Report emergency, penalty US$0.30").click()

    expect(page.get_by_role("heading", name="Emergency reported")).to_be_visible()
    take_picture(page, name="story reported", look=look)
    assert_page_is_sound(page, watch, budget=EMERGENCY_BYTES * 3)
    reference = page.url.rstrip("/").split("/")[-2]
    page.get_by_role("link", name="My Dashboard").last.click() if look is PHONE else page.get_by_role(
        "link", name="My Dashboard"
    ).first.click()
    expect(page.get_by_text("3 of 3 at the first rate")).to_be_visible()
    page.get_by_role("link", name="Open statement").click()
    page.get_by_role("link", name=f"Case {reference}").click()
    expect(page.get_by_text("The whole street is dark")).to_be_visible()
    expect(page.get_by_role("link", name="Its line on the October statement")).to_be_visible()
    _see_as_desk(visit, world, reference, look)
    _decide(visit, world, reference, look)
    page.reload()
    expect(page.get_by_text("The company wrote that the street had no power.").first).to_be_visible()
    expect(page.locator(".price")).to_have_text("US$0.00")


def _see_as_desk(visit: Visit, world: Believable, reference: str, look: Look) -> None:
    page, _watch = visit("/marigold/desk/", look=look, cookies=cookies_of(world.cast.desi.person))
    expect(page.get_by_role("link", name=reference)).to_be_visible()
    take_picture(page, name="story desk", look=look)


def _decide(visit: Visit, world: Believable, reference: str, look: Look) -> None:
    page, watch = visit(f"/marigold/disputes/{reference}/", look=look, cookies=cookies_of(world.cast.rhea.person))
    page.get_by_role("link", name="Waive").click()
    expect(page.get_by_role("cell", name="US$0.30")).to_be_visible()
    page.get_by_role("button", name="Waive this case").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why you decide this.")
    page.get_by_label("Reason").fill("The company wrote that the street had no power.")
    page.get_by_role("button", name="Waive this case").click()
    expect(page.get_by_text("The decision is recorded, and the teacher was told.")).to_be_visible()
    take_picture(page, name="story decided", look=look)
    assert not watch.complaints


def test_the_whole_report_works_without_a_script_and_can_be_undone(visit: Visit, world: Believable) -> None:
    page, _watch = visit(
        address(world, "sessions/{next}/emergency/"),
        look=PHONE,
        cookies=cookies_of(world.cast.tara.person),
        java_script_enabled=False,
    )
    page.get_by_label("Situation 1").check()
    expect(page.get_by_text("Situation 1 opens when the session starts.")).to_be_visible()
    page.get_by_label("Situation 2").check()
    page.get_by_role("button", name="Report emergency, penalty US$0.30").click()
    expect(page.get_by_text("Until 14:17 you can take the report back.")).to_be_visible()

    page.get_by_role("button", name="Undo: I can teach").click()

    expect(page.get_by_text("The report was taken back.", exact=False)).to_be_visible()


def test_back_button_and_a_second_press_do_no_harm(visit: Visit, world: Believable) -> None:
    page, _watch = visit(
        address(world, "sessions/{next}/emergency/"), look=PHONE, cookies=cookies_of(world.cast.tara.person)
    )
    page.get_by_role("button", name="Report emergency, penalty US$0.30").dblclick()
    expect(page.get_by_role("heading", name="Emergency reported")).to_be_visible()
    confirmed = page.url

    page.go_back()
    _press_again_if_it_is_there(page)

    assert page.url == confirmed or page.get_by_text("You already reported this session").first.is_visible()
    with in_school(world.school.pk):
        assert Incident.objects.count() == len(world.references) + 1


def _press_again_if_it_is_there(page: Page) -> None:
    button = page.get_by_role("button", name="Report emergency, penalty US$0.30")
    if button.count():
        button.click()
        page.wait_for_load_state()


def test_both_answers_of_situation_one_switch_the_price_without_a_script(
    visit: Visit, at: Stand, world: Believable
) -> None:
    at(world.next_lesson.starts_at + timedelta(minutes=10))
    page, _watch = visit(
        address(world, "sessions/{next}/emergency/"),
        look=PHONE,
        cookies=cookies_of(world.cast.tara.person),
        java_script_enabled=False,
    )
    expect(page.get_by_role("button", name="Report emergency, no penalty")).to_be_visible()
    take_picture(page, name="situation one", look=PHONE)

    page.get_by_label("No, it never began").check()

    expect(page.get_by_role("button", name="Report emergency, penalty US$3.00")).to_be_visible()
    expect(page.get_by_role("button", name="Report emergency, no penalty")).to_be_hidden()
