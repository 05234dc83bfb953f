"""Accept an invitation: become a member with the offered role, as oneself or as a new person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from makegood.domain.people import imported, operations
from makegood.domain.people.imported import AddressHasSignIn, Newcomer
from makegood.domain.people.models import Membership, Person, Role
from makegood.domain.people.operations import InvitationForSomebodyElse, PersonExists, SignInFirst
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School


@dataclass(frozen=True)
class Accepted:
    """Who joined, and as what."""

    person: Person
    membership: Membership
    role: Role


def accept_invitation(
    *, school: School, token: str, person: Person | None, new_person: Newcomer | None, now: datetime
) -> Accepted:
    """Use the invitation once; the role counts from `now`. The address comes from the invitation and nowhere else.

    An existing person must be signed in as `person`, so an invitation never takes over a sign-in. An invitation to an
    imported member gives that membership to a new person, and never makes a second one. Raises InvitationUnusable,
    InvitationForSomebodyElse, SignInFirst, AddressHasSignIn; nothing is written then.
    """
    with in_school(school.pk):
        invitation = operations.use_invitation(school_id=school.pk, token=token, now=now)
        if person is not None and person.email.lower() != invitation.email.lower():
            raise InvitationForSomebodyElse
        if imported.is_for_member(token):
            return _take(school, token, invitation.email, person, new_person)
        if person is None:
            assert new_person is not None
            person = _create(invitation.email, new_person, now)
        role = Role(invitation.role)
        membership = operations.join_school(
            school_id=school.pk, person=person, roles=[role], granted_by=invitation.invited_by, now=now
        )
    return Accepted(person=person, membership=membership, role=role)


def _take(school: School, token: str, email: str, person: Person | None, newcomer: Newcomer | None) -> Accepted:
    if person is not None:
        raise AddressHasSignIn
    assert newcomer is not None
    membership, role = imported.take_membership(
        school_id=school.pk, school_slug=school.slug, token=token, email=email, newcomer=newcomer
    )
    return Accepted(person=membership.person, membership=membership, role=role)


def _create(email: str, new_person: Newcomer, now: datetime) -> Person:
    try:
        return operations.create_person(
            email=email,
            full_name=new_person.full_name,
            zone=new_person.zone,
            language=new_person.language,
            password=new_person.password,
            now=now,
        )
    except PersonExists as taken:
        raise SignInFirst from taken
