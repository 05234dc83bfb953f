"""People, memberships and tokens."""

from __future__ import annotations

import pytest

from makegood.domain.people import operations, tokens
from makegood.domain.people.models import Membership, Person, Role
from makegood.domain.people.operations import PersonExists
from makegood.domain.people.permissions import STAFF_ROLES, is_second_factor_needed
from makegood.domain.people.queries import list_own_memberships
from makegood.domain.schools.context import as_person, in_school
from tests.schools import THEN, make_member, make_person, make_school


def test_tokens_have_192_random_bits_and_do_not_repeat() -> None:
    made = {tokens.new_token() for _ in range(10_000)}

    assert len(made) == 10_000
    assert {len(token) for token in made} == {32}


def test_a_token_cannot_be_read_from_its_hash() -> None:
    token = tokens.new_token()

    assert len(tokens.hash_of(token)) == 64
    assert token not in tokens.hash_of(token)


@pytest.mark.parametrize(("role", "needed"), [(role, role in STAFF_ROLES) for role in Role])
def test_staff_need_a_second_factor_and_others_do_not(role: Role, needed: bool) -> None:
    person = Person(email="a@example.com")

    assert is_second_factor_needed(person=person, roles={role}, is_demo_school=False) is needed


@pytest.mark.parametrize(
    ("is_demo", "is_demo_school", "needed"), [(1, 1, False), (1, 0, True), (0, 1, True), (0, 0, True)]
)
def test_only_a_demo_person_in_a_demo_school_goes_without(is_demo: int, is_demo_school: int, needed: bool) -> None:
    person = Person(email="a@example.com", is_demo=bool(is_demo))

    assert is_second_factor_needed(person=person, roles={Role.OWNER}, is_demo_school=bool(is_demo_school)) is needed


@pytest.mark.django_db
def test_an_address_belongs_to_one_person_whatever_its_case() -> None:
    make_person("Tara", email="tara@example.com")

    with pytest.raises(PersonExists):
        make_person("Other", email=" TARA@Example.com ")


@pytest.mark.django_db
def test_two_members_of_one_name_get_two_codes() -> None:
    school = make_school()
    members = [make_member(school, make_person("Tara", email=f"t{n}@example.com"), [Role.TEACHER]) for n in range(2)]

    assert members[0].code == "tara"
    assert members[1].code == f"tara-{members[1].person_id}"


@pytest.mark.django_db
def test_joining_again_starts_the_same_membership_anew() -> None:
    school, tara = make_school(), make_person("Tara")
    first = make_member(school, tara, [Role.TEACHER])
    with in_school(school.pk):
        Membership.objects.filter(pk=first.pk).update(ended_at=THEN)
    again = make_member(school, tara, [Role.TEACHER])

    assert (again.pk, again.ended_at) == (first.pk, None)


@pytest.mark.django_db
def test_a_person_sees_their_own_schools_and_only_live_roles() -> None:
    marigold, larkspur, tara = make_school("marigold"), make_school("larkspur"), make_person("Tara")
    there = make_member(marigold, tara, [Role.TEACHER, Role.DESK])
    make_member(larkspur, tara, [Role.STUDENT])
    make_member(larkspur, make_person("Uma"), [Role.OWNER])
    with in_school(marigold.pk):
        operations.end_role(school_id=marigold.pk, membership_id=there.pk, role=Role.DESK, ended_by=tara, now=THEN)

    with as_person(tara.pk):
        mine = list_own_memberships(person_id=tara.pk)

    assert [(own.membership.school.slug, own.roles) for own in mine] == [
        ("larkspur", {Role.STUDENT}),
        ("marigold", {Role.TEACHER}),
    ]
