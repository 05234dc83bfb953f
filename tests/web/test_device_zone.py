"""Where the device shows another time than the settings, the page asks which is right; nothing changes by itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from makegood.domain.people.models import Person
from tests.schools import make_person
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

ASKED = "Your device says Manila (GMT+8) , your settings say London (GMT"


@pytest.fixture
def uma(client: Client) -> Person:
    person = make_person("Uma", zone="Europe/London")
    sign_in(client, person)
    client.cookies["device_zone"] = "Asia/Manila"
    return person


def answer(client: Client, **sent: str) -> Any:
    return client.post("/settings/zone/", {"device": "Asia/Manila", "back": "/settings/?a=b", **sent})


def zone_of(person: Person) -> str:
    person.refresh_from_db()
    return person.zone


def test_the_zone_of_the_device_is_taken_when_it_is_chosen(client: Client, uma: Person) -> None:
    said = text_of(client.get("/settings/").content)
    assert zone_of(uma) == "Europe/London"

    done = answer(client, right="device")

    assert ASKED in said
    assert (done.status_code, done["Location"], zone_of(uma)) == (302, "/settings/?a=b", "Asia/Manila")
    after = text_of(client.get("/settings/").content)
    assert "All times are now in the time zone of your device." in after
    assert "Your device says" not in after


def test_who_keeps_the_zone_is_asked_again_only_for_another(client: Client, uma: Person) -> None:
    answer(client, right="own")

    kept = client.cookies["zone_kept"]
    assert (kept["httponly"], kept["samesite"], zone_of(uma)) == (True, "Lax", "Europe/London")
    assert "Your device says" not in text_of(client.get("/settings/").content)
    client.cookies["device_zone"] = "Asia/Tokyo"
    assert "Your device says Tokyo" in text_of(client.get("/settings/").content)
    client.cookies["device_zone"] = "Asia/Manila"
    sign_in(client, make_person("Ugo", zone="Europe/London"))
    assert ASKED in text_of(client.get("/settings/").content)


@pytest.mark.parametrize(
    "device",
    # No zone of any; another name and a neighbour of the same clocks; what nobody would call a zone.
    ["", "Europe/London", "Europe/Belfast", "Europe/Guernsey", "Mars/Olympus", "../../etc/passwd", "Europe", "<b>"],
)
def test_nobody_is_asked_where_nothing_differs_or_can_be_read(client: Client, uma: Person, device: str) -> None:
    client.cookies["device_zone"] = device

    assert "Your device says" not in text_of(client.get("/settings/").content)


def test_people_of_the_demo_are_not_asked_on_a_visitors_device(client: Client, uma: Person) -> None:
    sign_in(client, make_person("Ugo", zone="Europe/London", is_demo=True))

    assert "Your device says" not in text_of(client.get("/settings/").content)


def test_clocks_that_differ_only_in_winter_differ(client: Client, uma: Person) -> None:
    """Reykjavik shows the time of London only while that has no summer time."""
    client.cookies["device_zone"] = "Atlantic/Reykjavik"

    assert "Your device says Reykjav" in text_of(client.get("/settings/").content)


@pytest.mark.parametrize(
    ("sent", "location"),
    [
        ({"right": "device", "device": "Mars/Olympus"}, "/settings/"),
        ({"right": "both"}, "/settings/"),
        ({"right": "own", "back": "https://evil.example/"}, "/"),
        ({"right": "own", "back": "//evil.example/"}, "/"),
        ({"right": "own", "back": "/\\evil.example/"}, "/"),
    ],
)
def test_what_is_no_choice_changes_nothing_and_leads_nowhere_else(
    client: Client, uma: Person, sent: dict[str, str], location: str
) -> None:
    done = answer(client, **sent)

    assert (done.status_code, done["Location"], zone_of(uma)) == (302, location, "Europe/London")


@pytest.mark.parametrize("device", ["localtime", "Factory"])
def test_what_names_no_place_is_no_zone_of_a_device(client: Client, uma: Person, device: str) -> None:
    """`localtime` is the zone of the machine that runs the pages."""
    client.post("/settings/zone/", {"device": device, "back": "/", "right": "device"})

    assert zone_of(uma) == "Europe/London"
