"""Invitations: one person, once, and never somebody else's sign-in."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from makegood.domain.people import operations
from makegood.domain.people.models import Invitation, Membership, Person, Role, RoleGrant
from makegood.domain.policies.models import PolicyVersion
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from tests.schools import PASSWORD, make_cast, make_person
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

ANSWERS = {"full_name": "New Nora", "zone": "Europe/Berlin", "language": "en", "password": PASSWORD}


@pytest.fixture
def school() -> School:
    return make_cast("marigold").school


def invite(school: School, email: str, role: Role = Role.TEACHER, *, days_ago: int = 0) -> str:
    with in_school(school.pk):
        _invitation, token = operations.invite(
            school_id=school.pk, email=email, role=role, invited_by=None, now=timezone.now() - timedelta(days=days_ago)
        )
    return f"/marigold/join/{token}/"


def roles_in(school: School, person: Person) -> frozenset[Role]:
    with in_school(school.pk):
        held = RoleGrant.objects.filter(school=school, membership__person=person, ended_at=None)
        return frozenset(Role(role) for role in held.values_list("role", flat=True))


def test_new_person_joins_is_signed_in_and_holds_the_offered_role(client: Client, school: School) -> None:
    address = invite(school, "Nora@Example.com")

    answer = client.post(address, ANSWERS)
    nora = Person.objects.get(email="nora@example.com")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/marigold/")
    assert roles_in(school, nora) == {Role.TEACHER}
    assert client.get("/marigold/dashboard/").status_code == 200


def test_who_just_chose_a_password_is_not_asked_for_it_again(client: Client, school: School) -> None:
    client.post(invite(school, "nora@example.com", Role.DESK), ANSWERS)

    needed = client.get("/marigold/", follow=True)
    page = client.get("/security/app/add/")

    assert needed.redirect_chain[-1] == ("/security/needed/", 302)
    assert (page.status_code, "mfa.totp.secret" in client.session) == (200, True)


def test_opening_the_link_changes_nothing(school: School) -> None:
    address = invite(school, "nora@example.com")
    for _ in range(5):
        assert Client().get(address).status_code == 200

    with in_school(school.pk):
        assert Invitation.objects.get(email="nora@example.com").accepted_at is None
    assert not Person.objects.filter(email="nora@example.com").exists()


def test_a_link_works_once(client: Client, school: School) -> None:
    address = invite(school, "nora@example.com")
    client.post(address, ANSWERS)

    again = Client().post(address, ANSWERS | {"full_name": "Second"})

    assert again.status_code == 404
    assert Person.objects.get(email="nora@example.com").full_name == "New Nora"


def test_an_old_link_and_a_wrong_link_look_the_same(school: School) -> None:
    old = Client().get(invite(school, "nora@example.com", days_ago=8))
    wrong = Client().get("/marigold/join/no-such-token/")

    assert (old.status_code, wrong.status_code) == (404, 404)
    assert re.sub(rb'data-now="[^"]+"', b"", old.content) == re.sub(rb'data-now="[^"]+"', b"", wrong.content)


def test_only_the_hash_of_a_token_is_kept(school: School) -> None:
    token = invite(school, "nora@example.com").split("/")[3]
    with in_school(school.pk):
        stored = Invitation.objects.get(email="nora@example.com")

    assert len(token) >= 32
    assert token not in str(stored.__dict__)


def test_a_link_of_one_school_opens_nothing_in_another(school: School) -> None:
    make_cast("larkspur")
    token = invite(school, "nora@example.com").split("/")[3]

    assert Client().get(f"/larkspur/join/{token}/").status_code == 404


def test_an_existing_sign_in_is_never_taken_over(client: Client, school: School) -> None:
    tessa = make_person("Tessa", password=PASSWORD)
    address = invite(school, tessa.email)

    page = client.get(address)
    answer = client.post(address, ANSWERS | {"password": "the attacker's own words"})
    tessa.refresh_from_db()

    assert (page.status_code, answer.status_code) == (409, 409)
    assert tessa.check_password(PASSWORD)
    assert tessa.full_name == "Tessa"
    assert "_auth_user_id" not in client.session


def test_the_invited_person_accepts_when_signed_in(client: Client, school: School) -> None:
    tessa = make_person("Tessa")
    address = invite(school, tessa.email)
    sign_in(client, tessa)
    before = client.session.session_key

    answer = client.post(address)

    assert answer.headers["Location"] == "/marigold/"
    assert roles_in(school, tessa) == {Role.TEACHER}
    assert client.session.session_key != before


def test_somebody_else_who_is_signed_in_cannot_accept(client: Client, school: School) -> None:
    address = invite(school, "tessa@example.com")
    uma = make_person("Uma")
    sign_in(client, uma)

    assert client.post(address, ANSWERS).status_code == 409
    with in_school(school.pk):
        assert not Membership.objects.filter(person=uma).exists()


def test_fields_that_the_form_does_not_have_are_ignored(client: Client, school: School) -> None:
    address = invite(school, "nora@example.com", Role.STUDENT)
    client.post(
        address, ANSWERS | {"email": "owen@marigold.example", "role": "owner", "is_demo": "1", "school": "larkspur"}
    )
    nora = Person.objects.get(full_name="New Nora")

    assert (nora.email, nora.is_demo) == ("nora@example.com", False)
    assert roles_in(school, nora) == {Role.STUDENT}


def test_problems_are_shown_at_their_fields_and_nothing_is_written(client: Client, school: School) -> None:
    address = invite(school, "nora@example.com")

    answer = client.post(address, {"full_name": "Nora", "zone": "Nowhere", "language": "xx", "password": "short"})
    page = answer.content.decode()

    assert answer.status_code == 422
    assert 'value="Nora"' in page
    assert "Choose a zone of the list." in page
    assert not Person.objects.filter(email="nora@example.com").exists()


def test_owner_invites_by_email_and_never_sees_the_link(client: Client, school: School) -> None:
    sign_in(client, Person.objects.get(email="owen@marigold.example"))

    answer = client.post(
        "/marigold/owner/people/invite/", {"email": "nora@example.com", "role": "teacher"}, follow=True
    )
    link = re.search(r"http://localhost:8000(/marigold/join/\S+/)", mail.outbox[-1].body)

    assert link is not None
    assert mail.outbox[-1].to == ["nora@example.com"]
    assert "nora@example.com" in answer.content.decode()
    assert link.group(1) not in answer.content.decode()
    assert Client().post(link.group(1), ANSWERS).status_code == 302


def test_an_invitation_that_cannot_be_mailed_is_not_written(client: Client, school: School, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    sign_in(client, Person.objects.get(email="owen@marigold.example"))

    answer = client.post("/marigold/owner/people/invite/", {"email": "nora@example.com", "role": "teacher"})

    assert answer.status_code == 422
    assert "nobody was invited" in answer.content.decode()
    with in_school(school.pk):
        assert not Invitation.objects.filter(email="nora@example.com").exists()


def create(*extra: str, slug: str = "rosemary") -> None:
    call_command(
        "create_school", slug, "--name", "Rosemary", "--zone", "Asia/Manila", "--owner", "olive@example.com",
        "--desk-email", "desk@example.com", "--desk-phone", "+63 2 1", "--support-email", "help@example.com", *extra,
    )  # fmt: skip


def test_create_school_command_makes_a_school_that_its_owner_can_enter(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    create("--preset", "25hoon")
    school = School.objects.get(slug="rosemary")
    link = re.search(r"http://localhost:8000(/rosemary/join/\S+/)", capsys.readouterr().out)
    assert link is not None
    client.post(link.group(1), ANSWERS)

    with in_school(school.pk):
        version = PolicyVersion.objects.get(school=school)
        assert (version.number, version.in_force_from_on.day) == (1, 1)
    assert client.get("/rosemary/owner/").headers["Location"] == "/security/needed/"
    assert mail.outbox[-1].to == ["olive@example.com"]


@pytest.mark.parametrize("slug", ["login", "Two Words", "x", "a-", "static", "a" * 41, "ä"])
def test_create_school_refuses_names_that_cannot_be_addresses(slug: str) -> None:
    with pytest.raises(CommandError, match="cannot be used"):
        create("--preset", "25hoon", slug=slug)
    assert School.objects.count() == 0


def test_create_school_may_begin_its_policy_in_a_past_month_so_that_history_can_be_imported() -> None:
    create("--preset", "25hoon", "--policy-from", "2025-03")

    school = School.objects.get(slug="rosemary")
    with in_school(school.pk):
        assert PolicyVersion.objects.get(school=school).in_force_from_on.isoformat() == "2025-03-01"


@pytest.mark.parametrize("month", ["March", "2025-13", "2025-03-02", ""])
def test_create_school_refuses_what_is_not_a_month(month: str) -> None:
    with pytest.raises(CommandError, match="is not a month"):
        create("--preset", "25hoon", "--policy-from", month)
    assert School.objects.count() == 0


def test_create_school_names_everything_that_is_wrong_at_once(tmp_path: Path) -> None:
    document = tmp_path / "policy.toml"
    document.write_text("format = 1\nname = ")

    with pytest.raises(CommandError) as refused:
        call_command(
            "create_school", "Two Words", "--name", " ", "--zone", "Manila", "--language", "tlh", "--owner", "olive",
            "--desk-email", "desk", "--desk-phone", "\udcff", "--support-email", "help\udcff", "--policy-from", "March",
            "--policy", str(document),
        )  # fmt: skip

    lines = str(refused.value).splitlines()
    assert [line.partition(":")[0] for line in lines if line.startswith("--")] == [
        "--owner", "--desk-email", "--support-email", "--desk-phone", "--support-email", "--name", "--language",
        "--policy-from",
    ]  # fmt: skip
    assert [line[:40] for line in lines if not line.startswith(("--", " "))] == [
        "The short name “Two Words” cannot be use", "There is no time zone “Manila”. Use a na",
        "The policy cannot be used:",
    ]  # fmt: skip
    str(refused.value).encode()
    assert School.objects.count() == 0


def test_create_school_names_a_preset_that_is_none_beside_the_other_problems() -> None:
    with pytest.raises(CommandError, match=r"^--language: choose .*\n--preset: choose one of 25hoon, talaera\.$"):
        create("--preset", "26hoon", "--language", "tlh")


def test_create_school_with_a_broken_policy_leaves_nothing(tmp_path: Path) -> None:
    document = tmp_path / "policy.toml"
    document.write_text("format = 1\nname = ")

    with pytest.raises(CommandError, match="The policy cannot be used"):
        create("--policy", str(document))
    assert School.objects.count() == 0
