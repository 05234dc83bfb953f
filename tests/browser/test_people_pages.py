"""Signing in, one's own settings and the owner's list of people: sound on a phone and a desk, and translatable."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from makegood.domain.people import operations
from makegood.domain.people.models import Role
from makegood.domain.schools.context import in_school
from tests.browser.conftest import Visit
from tests.browser.looks import (
    NARROWEST,
    PERSON_BYTES,
    Look,
    assert_page_is_sound,
    assert_sound_in_every_look,
    take_picture,
)
from tests.schools import THEN, make_member, make_person, make_school
from tests.web.hard_coded import assert_no_hard_coded_text
from tests.web.signed_in import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PUBLIC = {
    "sign-in": "/login/",
    "code": "/login/code/",
    "forgotten": "/password/reset/",
    "reset sent": "/password/reset/sent/",
    "invited only": "/login/invited-only/",
    "invitation": "join",
}
OWN = {
    "settings": "/settings/",
    "safety": "/security/",
    "app": "/security/app/add/",
    "passkey": "/security/passkeys/add/",
    "sessions": "/security/sessions/",
    "people": "/marigold/owner/people/",
    "invite": "/marigold/owner/people/invite/",
    "person": "person",
    "owner": "/marigold/owner/",
    "support": "/marigold/support/",
    "payroll": "/marigold/payroll/",
    "lessons": "/marigold/lessons/",
}


@pytest.fixture
def addresses(settings: Any) -> dict[str, str]:
    """A demo school with Owen, who holds every role, and an open invitation; the session of Owen is in `cookies`."""
    settings.IS_DEMO = True
    school = make_school("marigold", is_demo=True, emergency_phone="+49 30 110")
    owen = make_person("Owen Owner", is_demo=True, email="owen@marigold.example")
    member = make_member(school, owen, list(Role))
    now = THEN.replace(year=2099)
    with in_school(school.pk):
        _open, token = operations.invite(
            school_id=school.pk, email="nora@example.com", role=Role.TEACHER, invited_by=owen, now=now
        )
    return PUBLIC | OWN | {"invitation": f"/marigold/join/{token}/", "person": f"/marigold/owner/people/{member.pk}/"}


def owens_cookies(language: str) -> dict[str, str]:
    owen = operations.find_person_by_email(email="owen@marigold.example")
    assert owen is not None
    operations.change_settings(person=owen, full_name=owen.full_name, zone=owen.zone, language=language)
    client = Client()
    sign_in(client, owen)
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


@pytest.mark.parametrize("name", [*PUBLIC, *OWN])
def test_page_is_sound_in_every_look(visit: Visit, addresses: dict[str, str], name: str) -> None:
    cookies = owens_cookies("en") if name in OWN else None
    page, watch = visit(addresses[name], look=Look(width=390), cookies=cookies)

    assert_sound_in_every_look(page, watch, name=name, language="en", budget=PERSON_BYTES)


@pytest.mark.parametrize("name", [*PUBLIC, *OWN])
def test_page_can_be_translated_and_has_room_for_long_words(visit: Visit, addresses: dict[str, str], name: str) -> None:
    cookies = owens_cookies(NARROWEST.language) if name in OWN else None
    page, watch = visit(addresses[name], look=NARROWEST, cookies=cookies)

    take_picture(page, name=name, look=NARROWEST)
    assert_no_hard_coded_text(page.content())
    assert_page_is_sound(page, watch, budget=PERSON_BYTES, rules="structure")
