"""German words are long: a teacher's two most used pages still fit a phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.conf import settings
from django.test import Client

from makegood.domain.people.models import Person
from tests.believable import NOW, make_believable
from tests.browser.conftest import Visit
from tests.browser.looks import EMERGENCY_BYTES, PERSON_BYTES, Look, assert_page_is_sound, take_picture
from tests.web.signed_in import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GERMAN_PHONE = Look(width=390, language="de")


def test_german_pages_fit_a_phone(visit: Visit, at: Callable[[datetime], None]) -> None:
    at(NOW)
    world = make_believable()
    Person.objects.filter(pk=world.cast.tara.person_id).update(language="de")
    client = Client()
    sign_in(client, Person.objects.get(pk=world.cast.tara.person_id))
    cookies = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}

    for name, path, text, budget in (
        ("german dashboard", "dashboard/", "Kommende Stunden", PERSON_BYTES),
        ("german emergency", f"sessions/{world.next_lesson.pk}/emergency/", "Notfall melden", EMERGENCY_BYTES),
    ):
        page, watch = visit(f"/marigold/{path}", look=GERMAN_PHONE, cookies=cookies)
        take_picture(page, name=name, look=GERMAN_PHONE)

        assert page.locator("html").get_attribute("lang") == "de"
        assert text in page.inner_text("main")
        assert_page_is_sound(page, watch, budget=budget, rules="structure")
        page.close()
