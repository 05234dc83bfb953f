"""Everybody lands on a page of their own."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood.domain.people.models import Role
from makegood.web.switching import landing_of
from tests.schools import Cast, make_cast, make_member, make_person, make_school
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def marigold() -> Cast:
    return make_cast("marigold")


@pytest.mark.parametrize("role", list(Role))
def test_each_role_lands_on_its_own_page(client: Client, marigold: Cast, role: Role) -> None:
    sign_in(client, marigold.person(role))

    first = client.get("/")
    second = client.get("/marigold/")
    page = client.get(landing_of(role=role, school_slug="marigold"))

    assert first.headers["Location"] == "/marigold/"
    assert second.headers["Location"] == landing_of(role=role, school_slug="marigold")
    assert page.status_code == 200
    assert "Marigold Languages" in page.content.decode()


def test_somebody_with_two_roles_can_switch(client: Client, marigold: Cast) -> None:
    both = make_person("Bo")
    make_member(marigold.school, both, [Role.TEACHER, Role.STUDENT])
    sign_in(client, both)

    page = client.get("/marigold/dashboard/").content.decode()

    assert 'href="/marigold/lessons/"' in page


def test_somebody_in_two_schools_chooses_one(client: Client, marigold: Cast) -> None:
    other = make_school("larkspur")
    make_member(other, marigold.person(Role.TEACHER), [Role.STUDENT])
    sign_in(client, marigold.person(Role.TEACHER))

    page = client.get("/").content.decode()

    assert 'href="/marigold/"' in page
    assert 'href="/larkspur/"' in page


def test_somebody_in_no_school_is_told_so(client: Client) -> None:
    sign_in(client, make_person("Uma"))

    assert "You are not in a school yet" in client.get("/").content.decode()


def test_settings_change_name_zone_and_language_and_nothing_else(client: Client, marigold: Cast) -> None:
    tara = marigold.person(Role.TEACHER)
    sign_in(client, tara)
    before = (tara.email, tara.is_active, tara.is_demo, tara.password)

    answer = client.post(
        "/settings/",
        {
            "full_name": "Tara Tate", "zone": "Europe/Lisbon", "language": "en", "email": "evil@example.com",
            "is_demo": "1",
            "is_active": "", "is_staff": "1", "role": "owner", "school_id": "1", "id": "1", "password": "x",
        },
    )  # fmt: skip
    tara.refresh_from_db()

    assert answer.status_code == 302
    assert (tara.full_name, tara.zone) == ("Tara Tate", "Europe/Lisbon")
    assert (tara.email, tara.is_active, tara.is_demo, tara.password) == before


def test_settings_with_problems_keep_what_was_typed_and_name_the_field(client: Client, marigold: Cast) -> None:
    sign_in(client, marigold.person(Role.TEACHER))

    answer = client.post("/settings/", {"full_name": "", "zone": "Mars/Base", "language": "en"})
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "Type your name." in page
    assert "Choose a zone of the list." in page


def test_settings_refuse_a_nul_character(client: Client, marigold: Cast) -> None:
    sign_in(client, marigold.person(Role.TEACHER))

    answer = client.post("/settings/", {"full_name": "Ta\0ra", "zone": "UTC", "language": "en"})

    assert answer.status_code == 422


def test_zones_are_offered_under_todays_names_and_an_old_one_is_kept(client: Client, marigold: Cast) -> None:
    tara = marigold.person(Role.TEACHER)
    tara.zone = "Asia/Calcutta"
    tara.save(update_fields=["zone"])
    sign_in(client, tara)

    page = BeautifulSoup(client.get("/settings/").content, "html.parser")
    offered = [str(option["value"]) for option in page.select("select[name=zone] option")]
    chosen = [str(option["value"]) for option in page.select("select[name=zone] option[selected]")]
    saved = client.post("/settings/", {"full_name": "Tara", "zone": "Asia/Calcutta", "language": "en"})
    tara.refresh_from_db()

    assert chosen == ["Asia/Calcutta"]
    assert (saved.status_code, tara.zone) == (302, "Asia/Calcutta")
    assert {"US/Pacific", "Asia/Saigon", "Europe/Kiev", "America/Buenos_Aires", "Asia/Katmandu"} & set(offered) == set()
    assert {"UTC", "Asia/Kolkata", "Europe/Oslo", "Asia/Ho_Chi_Minh", "Europe/Kyiv"} <= set(offered)
