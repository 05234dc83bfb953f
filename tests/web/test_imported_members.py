"""An imported member is given to whoever accepts the invitation to exactly that membership, and to nobody else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from makegood.domain.people.models import Invitation, Membership, Person, Role, RoleGrant
from makegood.domain.people.roster import add_teachers
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from tests.schools import PASSWORD, THEN, make_cast, make_person
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

ANSWERS = {"full_name": "New Nora", "zone": "Europe/Berlin", "language": "en", "password": PASSWORD}


@pytest.fixture
def school() -> School:
    return make_cast("marigold").school


@pytest.fixture
def owner(school: School, client: Client) -> Client:
    sign_in(client, Person.objects.get(email="owen@marigold.example"))
    return client


def imported(school: School, code: str = "T-1") -> int:
    with in_school(school.pk):
        return add_teachers(school_id=school.pk, school_slug=school.slug, zone=school.zone, codes=[code], now=THEN)[
            code
        ]


def invite(owner: Client, membership_id: int, email: str = "nora@example.com") -> str:
    answer = owner.post(f"/marigold/owner/people/{membership_id}/invite/", {"email": email})
    assert answer.status_code == 302
    link = re.search(r"http://localhost:8000(/marigold/join/\S+/)", mail.outbox[-1].body)
    assert link is not None
    assert mail.outbox[-1].to == [email.lower()]
    return link.group(1)


def members(school: School) -> list[tuple[str, str, str]]:
    """Everybody of the school: code, name, address."""
    with in_school(school.pk):
        rows = Membership.objects.filter(school=school).order_by("pk")
        return list(rows.values_list("code", "display_name", "person__email"))


def test_the_page_of_an_imported_member_offers_to_invite_the_real_person(owner: Client, school: School) -> None:
    member = imported(school)
    page = owner.get(f"/marigold/owner/people/{member}/").content.decode()
    people = owner.get("/marigold/owner/people/").content.decode()

    assert f'action="/marigold/owner/people/{member}/invite/"' in page
    assert (".invalid" in page, ".invalid" in people) == (False, False)
    assert "Imported, cannot sign in yet" in people


def test_whoever_accepts_becomes_the_imported_member_and_no_second_one(owner: Client, school: School) -> None:
    member = imported(school)
    before = len(members(school))
    joining = Client()

    answer = joining.post(invite(owner, member, "Nora@Example.com"), ANSWERS)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/marigold/")
    assert members(school)[before - 1 :] == [("T-1", "New Nora", "nora@example.com")]
    assert joining.get("/marigold/dashboard/").status_code == 200
    with in_school(school.pk):
        grants = RoleGrant.objects.filter(school=school, membership_id=member).values_list("role", "ended_at")
        assert list(grants) == [(Role.TEACHER, None)]
    assert f"/{member}/invite/" not in owner.get(f"/marigold/owner/people/{member}/").content.decode()


def test_a_link_to_one_imported_member_leaves_the_others_alone(owner: Client, school: School) -> None:
    first, second = imported(school, "T-1"), imported(school, "T-2")
    with in_school(school.pk):
        untouched = Person.objects.get(memberships=second)

    Client().post(invite(owner, first), ANSWERS)
    unchanged = Person.objects.get(pk=untouched.pk)

    assert (unchanged.email, unchanged.password) == (untouched.email, untouched.password)


def test_a_link_works_once_and_only_the_newest_one(owner: Client, school: School) -> None:
    member = imported(school)
    mistyped = invite(owner, member, "nora@exmaple.com")
    newest = invite(owner, member)
    before = len(members(school))

    outdone = [Client().get(mistyped).status_code, Client().post(mistyped, ANSWERS).status_code]
    accepted = Client().post(newest, ANSWERS).status_code
    again = [Client().post(link, ANSWERS | {"full_name": "Eve"}).status_code for link in (newest, mistyped)]

    assert (outdone, accepted, again) == ([404, 404], 302, [404, 404])
    assert members(school)[before - 1 :] == [("T-1", "New Nora", "nora@example.com")]
    assert not Person.objects.filter(email="nora@exmaple.com").exists()


@pytest.mark.parametrize("taker", ["owen@marigold.example", "tara@marigold.example"])
def test_a_member_somebody_signs_in_as_is_offered_to_nobody(owner: Client, school: School, taker: str) -> None:
    with in_school(school.pk):
        member = Membership.objects.get(school=school, person__email=taker)
    answer = owner.post(f"/marigold/owner/people/{member.pk}/invite/", {"email": "nora@example.com"})

    assert answer.status_code == 422
    assert "Somebody signs in as this member already" in answer.content.decode()
    assert not mail.outbox
    with in_school(school.pk):
        assert not Invitation.objects.filter(school=school).exists()


def test_a_made_up_address_of_another_school_or_with_a_password_is_no_imported_member(
    owner: Client, school: School
) -> None:
    for changes in ({"email": "x@larkspur.invalid"}, {"password": "pbkdf2_sha256$1$x$y"}, {"last_login": THEN}):
        member = imported(school, next(iter(changes)))
        with in_school(school.pk):
            Person.objects.filter(memberships=member).update(**changes)
        answer = owner.post(f"/marigold/owner/people/{member}/invite/", {"email": "nora@example.com"})
        assert answer.status_code == 422


def test_a_member_of_another_school_is_not_there(owner: Client) -> None:
    other = imported(make_cast("larkspur").school)

    assert owner.post(f"/marigold/owner/people/{other}/invite/", {"email": "nora@example.com"}).status_code == 404
    assert not mail.outbox


def test_only_owners_invite(school: School) -> None:
    member = imported(school)
    client = Client()
    sign_in(client, Person.objects.get(email="desi@marigold.example"))

    assert client.post(f"/marigold/owner/people/{member}/invite/", {"email": "a@example.com"}).status_code == 404


def test_the_address_of_another_member_is_refused(owner: Client, school: School) -> None:
    member = imported(school)
    answer = owner.post(f"/marigold/owner/people/{member}/invite/", {"email": "Tara@Marigold.example"})

    assert answer.status_code == 422
    assert "Another member of your school has this e-mail address." in answer.content.decode()


def test_somebody_with_a_sign_in_keeps_it_and_takes_no_member(owner: Client, school: School) -> None:
    tessa = make_person("Tessa", password=PASSWORD)
    member = imported(school)
    address = invite(owner, member, tessa.email)
    before = members(school)
    signed_in = Client()
    sign_in(signed_in, tessa)
    stranger = Client()
    sign_in(stranger, make_person("Uma"))

    answers = [one.post(address, ANSWERS | {"password": "another sentence"}) for one in (Client(), signed_in, stranger)]
    tessa.refresh_from_db()

    assert [answer.status_code for answer in answers] == [409, 409, 409]
    assert "cannot take over this member" in answers[1].content.decode()
    assert "name+school@…" in answers[1].content.decode()
    assert members(school) == before
    assert tessa.check_password(PASSWORD)


def test_who_has_a_sign_in_takes_the_member_with_a_second_address(owner: Client, school: School) -> None:
    tessa = make_person("Tessa", password=PASSWORD)
    member = imported(school)

    answer = Client().post(invite(owner, member, "tessa+marigold@example.com"), ANSWERS)

    assert answer.status_code == 302
    assert ("T-1", "New Nora", "tessa+marigold@example.com") in members(school)
    assert not Membership.objects.filter(person=tessa).exists()


def test_an_ordinary_invitation_never_opens_an_imported_member(owner: Client, school: School) -> None:
    member = imported(school)
    with in_school(school.pk):
        made_up = Membership.objects.select_related("person").get(school=school, pk=member).person.email
    owner.post("/marigold/owner/people/invite/", {"email": made_up, "role": "teacher"})
    link = re.search(r"http://localhost:8000(/marigold/join/\S+/)", mail.outbox[-1].body)
    assert link is not None

    assert Client().post(link.group(1), ANSWERS).status_code == 409
    assert ("T-1", "T-1", made_up) in members(school)


def test_an_invitation_that_cannot_be_mailed_leaves_the_earlier_one_open(
    owner: Client, school: School, settings: Any
) -> None:
    member = imported(school)
    address = invite(owner, member)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    answer = owner.post(f"/marigold/owner/people/{member}/invite/", {"email": "other@example.com"})

    assert answer.status_code == 422
    assert Client().get(address).status_code == 200
