"""Roles: granting, ending, and that an ended role stops at the next request."""

from __future__ import annotations

import pytest
from django.test import Client

from makegood.domain.people import operations
from makegood.domain.people.models import Person, Role, RoleGrant
from makegood.domain.people.operations import LastOwnerStays
from makegood.domain.schools.context import in_school
from tests.schools import THEN, Cast, make_cast
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def marigold() -> Cast:
    return make_cast("marigold")


@pytest.fixture
def owen(client: Client, marigold: Cast) -> Person:
    sign_in(client, marigold.person(Role.OWNER))
    return marigold.person(Role.OWNER)


def test_owner_grants_and_ends_a_role_with_who_and_when(client: Client, marigold: Cast, owen: Person) -> None:
    tara = marigold.members[Role.TEACHER].pk
    client.post(f"/marigold/owner/people/{tara}/grant/", {"role": "desk"})
    client.post(f"/marigold/owner/people/{tara}/end/", {"role": "desk"})

    with in_school(marigold.school.pk):
        grant = RoleGrant.objects.get(membership_id=tara, role=Role.DESK)
    page = client.get(f"/marigold/owner/people/{tara}/").content.decode()

    assert (grant.granted_by_id, grant.ended_by_id) == (owen.pk, owen.pk)
    assert grant.ended_at is not None
    assert "Granted by" not in page
    assert "Ended by <bdi>Owen</bdi>" in page


def test_an_ended_role_stops_at_the_next_request(client: Client, marigold: Cast, owen: Person) -> None:
    elsewhere = Client()
    sign_in(elsewhere, marigold.person(Role.DESK))
    before = elsewhere.get("/marigold/desk/").status_code
    client.post(f"/marigold/owner/people/{marigold.members[Role.DESK].pk}/end/", {"role": "desk"})

    assert (before, elsewhere.get("/marigold/desk/").status_code) == (200, 404)


def test_a_session_gets_a_new_key_when_its_roles_change(marigold: Cast) -> None:
    client = Client()
    sign_in(client, marigold.person(Role.TEACHER))
    client.get("/marigold/dashboard/")
    before = client.session.session_key
    with in_school(marigold.school.pk):
        operations.grant_role(
            school_id=marigold.school.pk,
            membership_id=marigold.members[Role.TEACHER].pk,
            role=Role.DESK,
            granted_by=None,
            now=THEN,
        )
    client.get("/marigold/dashboard/")
    between = client.session.session_key
    client.get("/marigold/dashboard/")

    assert before != between
    assert client.session.session_key == between
    assert client.get("/marigold/desk/").status_code == 200


def test_the_only_owner_stays(client: Client, marigold: Cast, owen: Person) -> None:
    answer = client.post(f"/marigold/owner/people/{marigold.members[Role.OWNER].pk}/end/", {"role": "owner"})

    assert answer.status_code == 409
    assert str(LastOwnerStays.sentence) in answer.content.decode()
    assert client.get("/marigold/owner/").status_code == 200


def test_granting_twice_writes_once(client: Client, marigold: Cast, owen: Person) -> None:
    tara = marigold.members[Role.TEACHER].pk
    for _ in range(2):
        client.post(f"/marigold/owner/people/{tara}/grant/", {"role": "desk"})

    with in_school(marigold.school.pk):
        assert RoleGrant.objects.filter(membership_id=tara, role=Role.DESK).count() == 1


def test_people_of_another_school_are_not_in_the_list_and_cannot_be_given_roles(
    client: Client, marigold: Cast, owen: Person
) -> None:
    larkspur = make_cast("larkspur")
    tara_there = larkspur.members[Role.TEACHER].pk

    page = client.get("/marigold/owner/people/").content.decode()
    granted = client.post(f"/marigold/owner/people/{tara_there}/grant/", {"role": "owner"})

    assert "larkspur" not in page
    assert granted.status_code == 404
    with in_school(larkspur.school.pk):
        assert not RoleGrant.objects.filter(membership_id=tara_there, role=Role.OWNER).exists()


def test_search_finds_by_name_and_survives_anything_typed(client: Client, owen: Person) -> None:
    found = client.get("/marigold/owner/people/", {"search": "tar"}).content.decode()
    for typed in ("%", "_", "\\", "'", "x" * 5000, "<b>", "\0", "🙂"):
        assert client.get("/marigold/owner/people/", {"search": typed, "page": "-1"}).status_code == 200

    assert "Tara" in found
    assert "Desi" not in found
