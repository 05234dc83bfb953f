"""The Teaching Calendar in a browser: sound in every look, usable by tap, by mouse drawing, and for the desk."""

from __future__ import annotations

import dataclasses
import uuid
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client

from makegood import clock
from makegood.actions.set_default_availability import set_default_availability
from makegood.domain.availability.expansion import WallRange
from makegood.domain.people.models import Membership, Role
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.believable import Believable, make_believable
from tests.browser.conftest import Visit
from tests.browser.looks import STAFF_BYTES, Look, assert_sound_in_every_look
from tests.cast import add_member, book
from tests.web.signed_in import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world() -> Believable:
    """Tara has a default week, and a session tomorrow outside it."""
    world = make_believable()
    now = clock.now()
    today = now.astimezone(ZoneInfo("Asia/Manila")).date()
    set_default_availability(
        school=world.school,
        actor=world.cast.tara,
        teacher_id=world.cast.tara.pk,
        weekly={weekday: [WallRange(540, 720), WallRange(1020, 1200)] for weekday in range(5)},
        from_on=today,
        reason="",
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=now,
    )
    book(world.cast, starts_at=(now + timedelta(days=1)).replace(minute=0, second=0, microsecond=0))
    return world


def cookies_of(member: Membership) -> dict[str, str]:
    client = Client()
    sign_in(client, member.person)
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


@pytest.mark.parametrize("name", ["calendar", "default", "desk calendar", "holidays", "booking rules"])
def test_pages_of_availability_are_sound_in_every_look(visit: Visit, world: Believable, name: str) -> None:
    cast = world.cast
    member, path = {
        "calendar": (cast.tara, "/marigold/availability/"),
        "default": (cast.tara, "/marigold/availability/default/"),
        "desk calendar": (cast.desi, f"/marigold/desk/teachers/{cast.tara.pk}/availability/"),
        "holidays": (cast.owen, "/marigold/owner/holidays/"),
        "booking rules": (cast.owen, "/marigold/owner/booking-rules/"),
    }[name]

    page, watch = visit(path, look=Look(), cookies=cookies_of(member))

    assert_sound_in_every_look(page, watch, name=f"availability {name}", language="en", budget=STAFF_BYTES)


# The words of names that stand on more than one line.
BROKEN_WORDS = """() => [...document.querySelectorAll(".slots bdi")].flatMap(name => {
  const text = name.firstChild.data ?? "";
  return [...text.matchAll(/\\S+/g)].filter(word => {
    const range = document.createRange();
    range.setStart(name.firstChild, word.index);
    range.setEnd(name.firstChild, word.index + word[0].length);
    return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1;
  }).map(word => word[0]);
})"""


@pytest.mark.parametrize("width", [390, 1280])
def test_no_name_breaks_inside_a_word(visit: Visit, world: Believable, width: int) -> None:
    cast = world.cast
    with in_school(cast.school.pk):
        student = add_member(
            cast.school, code="darnell", name="Darnell Castellano", role=Role.STUDENT, zone="America/Bogota"
        )
    tomorrow = (clock.now() + timedelta(days=1)).replace(minute=30, second=0, microsecond=0)
    lesson = book(dataclasses.replace(cast, sam=student), starts_at=tomorrow + timedelta(hours=1))
    week_on = lesson.starts_at.astimezone(ZoneInfo("Asia/Manila")).date()

    page, _watch = visit(
        f"/marigold/availability/?week={week_on.isoformat()}", look=Look(width=width), cookies=cookies_of(cast.tara)
    )

    assert page.locator(".slots bdi", has_text="Darnell Castellano").count() == 1
    assert page.evaluate(BROKEN_WORDS) == []


def test_a_mouse_draws_over_slots_and_a_click_sets_one(visit: Visit, world: Believable) -> None:
    page, _watch = visit("/marigold/availability/default/", look=Look(), cookies=cookies_of(world.cast.tara))

    def center(value: str) -> tuple[float, float]:
        box: Any = page.locator(f"label:has(input[value='{value}'])").bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    page.mouse.move(*center("6~540"))
    page.mouse.down()
    page.mouse.move(*center("6~570"))
    page.mouse.move(*center("6~600"))
    page.mouse.up()
    page.mouse.click(*center("6~720"))

    drawn = page.eval_on_selector_all("input[name=open]:checked", "all => all.map(one => one.value)")
    assert [value for value in drawn if value.startswith("6~")] == ["6~540", "6~570", "6~600", "6~720"]
    page.click("button:has-text('Save the default week')")
    assert page.locator("h1").inner_text() == "Teaching Calendar"
