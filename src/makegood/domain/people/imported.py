"""Members an import created: nobody signs in as one until somebody accepts the invitation to exactly that membership.

Until then the person behind the membership has a made-up address (RFC 2606). The newest invitation is bound to the
membership by that address: it holds the hash of the invitation's token. So one link opens one membership, a newer link
ends the older one, and the address that accepts becomes the person's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from makegood.domain.people.models import Invitation, Membership, Person, Role
from makegood.domain.people.operations import INVITATION_LASTS, InvitationUnusable
from makegood.domain.people.permissions import ROLES_IN_ORDER
from makegood.domain.people.queries import find_member, find_person_by_email
from makegood.domain.people.roster import lock_member, placeholder_address
from makegood.domain.people.tokens import hash_of, new_token
from makegood.refusal import Refusal

# Tokens of other invitations hold no dot, so a link that no longer opens its membership never opens a second one.
_MARK: Final = "member."


class NotImported(Refusal):
    """Only a member whom nobody signs in as can be given to somebody."""

    code = "not_imported"
    sentence = gettext_noop(
        "Somebody signs in as this member already, or the member has no role. "
        "To add another person, invite them on the page People."
    )


class AddressOfAnotherMember(Refusal):
    """One person is in a school once."""

    code = "address_of_another_member"
    sentence = gettext_noop(
        "Another member of your school has this e-mail address. One person cannot be two members: use another address."
    )


class AddressHasSignIn(Refusal):
    """The person of a membership stays the same one, so somebody who has a sign-in cannot become that person.

    docs/access.md says why, and what people do instead.
    """

    code = "address_has_sign_in"
    sentence = gettext_noop(
        "There is already a sign-in for the invited e-mail address, so it cannot take over this member. Ask your "
        "school to invite another address of yours; many mail services also deliver name+school@… to name@…."
    )


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """What somebody who accepts says about themselves. `zone` is an IANA name, `language` a BCP 47 tag."""

    full_name: str
    zone: str
    language: str
    password: str


def is_imported(*, person: Person, school_slug: str) -> bool:
    """Whether nobody has ever signed in as this person, whom an import of the school created."""
    return (
        person.email.endswith(placeholder_address(local="", school_slug=school_slug))
        and person.last_login is None
        and not person.has_usable_password()
    )


def is_for_member(token: str) -> bool:
    """Whether the link of this token was for one imported member, still valid or not."""
    return token.startswith(_MARK)


def invite_member(
    *, school_id: int, school_slug: str, membership_id: int, email: str, invited_by: Person, now: datetime
) -> tuple[Invitation, str]:
    """Write an invitation to exactly this membership, and return it with its token; an earlier one stops working.

    Whether the address has a sign-in in other schools is not told. Raises NotImported, AddressOfAnotherMember and
    Membership.DoesNotExist.
    """
    membership = lock_member(school_id=school_id, membership_id=membership_id)
    person = Person.objects.select_for_update(no_key=True).get(pk=membership.person_id)
    role = _first_role(school_id, membership)
    if role is None or membership.ended_at is not None or not is_imported(person=person, school_slug=school_slug):
        raise NotImported
    address = email.strip().lower()
    if Membership.objects.filter(school_id=school_id, person__email__iexact=address).exists():
        raise AddressOfAnotherMember
    token = _MARK + new_token()
    invitation = Invitation.objects.create(
        school_id=school_id,
        email=address,
        role=role,
        token_hash=hash_of(token),
        invited_at=now,
        invited_by=invited_by,
        expires_at=now + INVITATION_LASTS,
    )
    person.email = placeholder_address(local=invitation.token_hash, school_slug=school_slug)
    person.save(update_fields=["email"])
    return invitation, token


def find_invited_member(*, school_id: int, school_slug: str, token: str) -> Membership | None:
    """The imported membership this token opens, its person loaded; None once another invitation or person took it."""
    address = placeholder_address(local=hash_of(token), school_slug=school_slug)
    membership = (
        Membership.objects.select_related("person")
        .filter(school_id=school_id, person__email=address, ended_at=None)
        .first()
    )
    if membership is None or not is_imported(person=membership.person, school_slug=school_slug):
        return None
    return membership


def find_invitation_to(*, member: Membership, school_slug: str, now: datetime) -> Invitation | None:
    """The invitation to this imported member that can still be accepted at `now`. Load `person` with the member."""
    if not is_imported(person=member.person, school_slug=school_slug):
        return None
    local = member.person.email.removesuffix(placeholder_address(local="", school_slug=school_slug))
    return Invitation.objects.filter(
        school_id=member.school_id, token_hash=local, accepted_at=None, expires_at__gt=now
    ).first()


def take_membership(
    *, school_id: int, school_slug: str, token: str, email: str, newcomer: Newcomer
) -> tuple[Membership, Role]:
    """Make whoever accepts the person behind the membership; its code, cases and statements stay as they are.

    A name that was only the imported code is replaced. Raises InvitationUnusable, AddressHasSignIn.
    """
    found = find_invited_member(school_id=school_id, school_slug=school_slug, token=token)
    if found is None:
        raise InvitationUnusable
    membership = lock_member(school_id=school_id, membership_id=found.pk)
    person = Person.objects.select_for_update(no_key=True).get(pk=membership.person_id)
    role = _first_role(school_id, membership)
    if person.email != found.person.email or role is None or membership.ended_at is not None:  # somebody was quicker
        raise InvitationUnusable
    _become(person, email, newcomer)
    if membership.display_name == membership.code:
        membership.display_name = newcomer.full_name
        membership.save(update_fields=["display_name"])
    membership.person = person
    return membership, role


def _first_role(school_id: int, membership: Membership) -> Role | None:
    member = find_member(school_id=school_id, membership_id=membership.pk)
    held = {grant.role for grant in member.live_grants} if member else set()
    return next((role for role in ROLES_IN_ORDER if role in held), None)


def _become(person: Person, email: str, newcomer: Newcomer) -> None:
    if find_person_by_email(email=email) is not None:
        raise AddressHasSignIn
    person.email = email.lower()
    person.full_name = newcomer.full_name
    person.zone = newcomer.zone
    person.language = newcomer.language
    person.set_password(newcomer.password)
    try:
        with transaction.atomic():
            person.save(update_fields=["email", "full_name", "zone", "language", "password"])
    except IntegrityError as taken:  # the address was quicker
        raise AddressHasSignIn from taken
