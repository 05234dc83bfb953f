"""The door of a session opens by a click on each screen; the pages changed with it look sound."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from makegood.domain.people.roster import add_teachers
from makegood.domain.schools.context import in_school
from tests.believable import NOW, Believable
from tests.browser.conftest import Visit
from tests.browser.looks import DESKTOP, PERSON_BYTES, PHONE, Look, assert_page_is_sound, take_picture
from tests.browser.test_story import address, cookies_of, find_person, world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]

__all__ = ["world"]


@pytest.mark.parametrize("look", [PHONE, DESKTOP], ids=["phone", "desk"])
def test_cancel_session_on_the_dashboard_opens_by_a_click(visit: Visit, world: Believable, look: Look) -> None:
    page, _watch = visit(address(world, "dashboard/"), look=look, cookies=cookies_of(find_person(world, "tara")))
    door = page.locator(f'a[href$="/sessions/{world.far_lesson.pk}/cancel/"]:visible').first

    door.click()

    expect(page).to_have_url(re.compile(rf"/sessions/{world.far_lesson.pk}/cancel/$"))


def test_the_page_of_an_imported_member_is_sound(visit: Visit, world: Believable) -> None:
    with in_school(world.school.pk):
        member = add_teachers(
            school_id=world.school.pk, school_slug=world.school.slug, zone="UTC", codes=["T-1"], now=NOW
        )["T-1"]
    cookies = cookies_of(find_person(world, "owen"))
    for path, name in (
        (f"owner/people/{member}/", "imported member"),
        ("owner/people/", "people with imported"),
    ):
        page, watch = visit(address(world, path), cookies=cookies)
        for look in (PHONE, Look(width=390, scheme="dark"), DESKTOP, Look(width=1280, scheme="dark")):
            page.set_viewport_size({"width": look.width, "height": 844 if look.width < 640 else 900})
            page.emulate_media(color_scheme=look.scheme)
            take_picture(page, name=name, look=look)
            assert_page_is_sound(page, watch, budget=PERSON_BYTES)
