"""Somebody whose language is German: their pages and their mail are in German, whoever acts."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client
from django.utils import translation

from makegood import clock
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import render
from makegood.domain.people.models import Membership, Person
from makegood.domain.schools.context import in_school
from tests.believable import NOW, Believable, make_believable
from tests.cast import report
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Believable:
    """The believable school; Tara's language is German, everybody else's English."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    world = make_believable()
    Person.objects.filter(pk=world.cast.tara.person_id).update(language="de")
    return world


def texts_for(world: Believable, member: Membership) -> str:
    with in_school(world.school.pk):
        messages = list(Message.objects.filter(recipient=member).select_related("recipient__person").order_by("pk"))
        return "\n".join(f"{render(message).subject}\n{render(message).body}" for message in messages)


def test_dashboard_is_german_for_one_and_english_for_the_other(client: Client, world: Believable) -> None:
    sign_in(client, Person.objects.get(pk=world.cast.tara.person_id))
    german = client.get("/marigold/dashboard/").content.decode()
    Person.objects.filter(pk=world.cast.tara.person_id).update(language="en")
    english = client.get("/marigold/dashboard/").content.decode()

    assert '<html lang="de"' in german
    assert "Kommende Stunden" in german
    assert "Notfall melden" in german
    assert "Upcoming Sessions" not in german
    assert "Upcoming Sessions" in english


def test_emergency_page_names_the_reasons_in_german(client: Client, world: Believable) -> None:
    sign_in(client, Person.objects.get(pk=world.cast.tara.person_id))

    page = client.get(f"/marigold/sessions/{world.next_lesson.pk}/emergency/").content.decode()

    assert "Ein Unfall" in page
    assert "An accident" not in page


def test_message_is_german_for_its_recipient_only(world: Believable) -> None:
    with translation.override("en"):
        report(world.cast, world.next_lesson, now=NOW)
        to_tara, to_desk = texts_for(world, world.cast.tara), texts_for(world, world.cast.desi)

    assert "Notfall gemeldet: " in to_tara
    assert "Emergency reported" not in to_tara
    assert "reported an emergency at" in to_desk


def test_sign_in_page_follows_the_browser(client: Client) -> None:
    page = client.get("/login/", headers={"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}).content.decode()

    assert "Anmelden" in page
    assert "Passwort vergessen?" in page


def test_sign_in_mail_is_in_the_language_of_its_reader(client: Client, world: Believable) -> None:
    email = Person.objects.get(pk=world.cast.tara.person_id).email
    client.post("/login/code/", {"email": email}, headers={"Accept-Language": "en"})

    assert [sent.subject for sent in mail.outbox] == ["Ihr Code zum Anmelden"]


def test_settings_offer_german_by_its_own_name(client: Client, world: Believable) -> None:
    sign_in(client, Person.objects.get(pk=world.cast.tara.person_id))

    page = client.get("/settings/").content.decode()

    assert '<option value="de" selected>Deutsch</option>' in page
    assert '<option value="en">English</option>' in page


def test_where_the_rules_say_it_and_what_a_version_changed_are_german(client: Client, world: Believable) -> None:
    sign_in(client, Person.objects.get(pk=world.cast.tara.person_id))

    page = client.get(f"/marigold/sessions/{world.next_lesson.pk}/emergency/").content.decode()

    assert "frühe Ankündigung" in page
    assert "Penalty system" not in page
