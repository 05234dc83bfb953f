"""The demo's sign-in page: the form first, the invented people beside it or below it, in every look."""

from __future__ import annotations

from typing import Any

import pytest

from makegood import demo
from makegood.domain.people.models import Role
from tests.browser.conftest import Visit
from tests.browser.looks import DESKTOP, PERSON_BYTES, PHONE, assert_sound_in_every_look
from tests.schools import make_member, make_person, make_school

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def in_demo(settings: Any) -> None:
    settings.IS_DEMO = True
    schools = {slug: make_school(slug, is_demo=True) for slug in reversed(demo.school_slugs)}
    for sign_in in demo.sign_ins:
        person = make_person(sign_in.full_name, email=sign_in.email, is_demo=True)
        for slug, roles in sign_in.roles.items():
            make_member(schools[slug], person, [Role(role) for role in roles])


@pytest.mark.usefixtures("in_demo")
def test_form_stands_first_and_people_beside_or_below_it(visit: Visit) -> None:
    page, watch = visit("/login/", look=DESKTOP)
    assert_sound_in_every_look(page, watch, name="demo sign in", language="en", budget=PERSON_BYTES)

    places = {}
    for look in (PHONE, DESKTOP):
        page.set_viewport_size({"width": look.width, "height": 844})
        form, people = page.locator("#by-password").bounding_box(), page.locator("#demo").bounding_box()
        assert form is not None
        assert people is not None
        places[look] = (form["x"] < people["x"], form["y"] < people["y"])

    assert places == {PHONE: (False, True), DESKTOP: (True, False)}
