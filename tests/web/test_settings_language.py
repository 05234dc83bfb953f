"""Whoever chooses another language reads in it that the choice is saved."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.schools import make_person
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db


def test_saved_settings_are_confirmed_in_the_language_just_chosen(client: Client) -> None:
    sign_in(client, make_person("Uma"))

    answer = client.post("/settings/", {"full_name": "Uma", "zone": "Asia/Manila", "language": "de"}, follow=True)

    assert "Your settings are saved." not in text_of(answer.content)
    assert "Ihre Einstellungen sind gespeichert." in text_of(answer.content)
