"""The demo's sign-ins: on the demo's page only, for the demo's people only."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user
from django.test import Client

from makegood.domain.people.models import Role
from makegood.domain.schools.models import School
from tests.schools import make_cast, make_member, make_person, make_school

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo() -> School:
    school = make_school("marigold", is_demo=True)
    for name, role in [("Owen", Role.OWNER), ("Tara", Role.TEACHER)]:
        make_member(school, make_person(name, is_demo=True), [role])
    make_member(school, make_person("Real Desi", email="real@example.com"), [Role.DESK])
    return school


@pytest.fixture
def in_demo(settings: Any) -> None:
    settings.IS_DEMO = True


def test_demo_offers_one_button_per_role_and_signs_in_without_a_second_step(
    client: Client, demo: School, in_demo: None
) -> None:
    page = client.get("/login/").content.decode()
    answer = client.post("/login/demo/", {"school": "marigold", "role": "owner"}, follow=True)

    assert page.count('action="/login/demo/"') == 2
    assert answer.redirect_chain[-1] == ("/marigold/owner/", 302)
    assert answer.status_code == 200


def test_demo_offers_every_teacher_of_the_cast_with_what_they_are_in(
    client: Client, demo: School, in_demo: None
) -> None:
    nia = make_member(demo, make_person("Nia", email="nia@marigold.example", is_demo=True), [Role.TEACHER])

    page = client.get("/login/").content.decode()
    client.post("/login/demo/", {"school": "marigold", "role": "teacher", "member": nia.code})

    assert page.count('action="/login/demo/"') == 3
    assert "3 of 3 this month" in page
    assert get_user(client) == nia.person


def test_demo_does_not_sign_in_as_a_member_it_does_not_offer(client: Client, demo: School, in_demo: None) -> None:
    real = make_member(demo, make_person("Real Tara", email="real.tara@example.com"), [Role.TEACHER])

    client.post("/login/demo/", {"school": "marigold", "role": "teacher", "member": real.code})

    assert not get_user(client).is_authenticated


def test_demo_changes_from_one_person_to_another_with_a_new_session(
    client: Client, demo: School, in_demo: None
) -> None:
    client.post("/login/demo/", {"school": "marigold", "role": "owner"})
    before = client.session.session_key
    client.post("/login/demo/", {"school": "marigold", "role": "teacher"})

    assert client.session.session_key != before
    assert client.get("/marigold/owner/").status_code == 404
    assert client.get("/marigold/dashboard/").status_code == 200


def test_outside_the_demo_nothing_is_offered_and_nothing_works(client: Client, demo: School) -> None:
    page = client.get("/login/").content.decode()
    client.post("/login/demo/", {"school": "marigold", "role": "owner"})

    assert "/login/demo/" not in page
    assert not get_user(client).is_authenticated


def test_outside_the_demo_its_people_need_the_second_step_too(client: Client, demo: School) -> None:
    owen = make_person("Odd Owen", is_demo=True)
    make_member(demo, owen, [Role.OWNER])
    client.force_login(owen)

    assert client.get("/marigold/owner/").headers["Location"] == "/security/needed/"


@pytest.mark.parametrize("role", ["desk", "payroll", "nonsense", ""])
def test_real_people_cannot_be_reached_through_the_demo(client: Client, demo: School, in_demo: None, role: str) -> None:
    client.post("/login/demo/", {"school": "marigold", "role": role, "person": "1", "email": "real@example.com"})

    assert not get_user(client).is_authenticated


def test_schools_that_are_not_the_demos_are_not_offered(client: Client, demo: School, in_demo: None) -> None:
    make_cast("larkspur")
    client.post("/login/demo/", {"school": "larkspur", "role": "owner"})

    assert "Larkspur" not in client.get("/login/").content.decode()
    assert not get_user(client).is_authenticated


def test_a_real_staff_member_of_a_demo_school_needs_the_second_step(
    client: Client, demo: School, in_demo: None
) -> None:
    desi = make_person("Desi")
    make_member(demo, desi, [Role.DESK])
    client.force_login(desi)

    assert client.get("/marigold/desk/").headers["Location"] == "/security/needed/"


def test_marigold_is_offered_first_and_nobody_twice(client: Client, in_demo: None) -> None:
    robin = make_person("Robin Thackray", email="robin@both.example", is_demo=True)
    for slug in ("larkspur", "marigold"):
        school = make_school(slug, is_demo=True)
        make_member(school, robin, [Role.DESK, Role.REVIEWER])
        make_member(school, make_person(f"Desi of {slug}", is_demo=True), [Role.DESK])

    page = BeautifulSoup(client.get("/login/").content, "html.parser")
    schools = [
        (group.summary.get_text(), [bdi.get_text() for bdi in group.select("li > div > bdi")])
        for group in _groups(page)
    ]

    assert schools == [
        ("Marigold Languages", ["Desi of marigold", "Robin Thackray"]),
        ("Larkspur Languages", ["Desi of larkspur", "Robin Thackray"]),
    ]
    assert "Several roles in both schools" in page.get_text()


def _groups(page: BeautifulSoup) -> list[Any]:
    return list(page.select("section[aria-labelledby=demo] details"))
