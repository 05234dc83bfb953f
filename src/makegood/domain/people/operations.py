"""Writing people: joining a school, roles, invitations, and a person's own settings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_noop

from makegood.domain.people.models import Invitation, Membership, Person, Role, RoleGrant
from makegood.domain.people.queries import find_person_by_email
from makegood.domain.people.tokens import hash_of, new_token
from makegood.refusal import Refusal

INVITATION_LASTS: Final = timedelta(days=7)


class LastOwnerStays(Refusal):
    """A school must always have somebody who can grant roles."""

    code = "last_owner_stays"
    sentence = gettext_noop(
        "This is the only owner, so the role cannot end. Make somebody else an owner first, then end this role."
    )


class InvitationUnusable(Refusal):
    """The link was used, has expired or never existed."""

    code = "invitation_unusable"
    sentence = gettext_noop("This invitation was already used or has expired. Ask your school for a new one.")


class SignInFirst(Refusal):
    """Somebody with the invited address exists; only they may accept."""

    code = "sign_in_first"
    sentence = gettext_noop(
        "There is already a sign-in for the invited e-mail address. Sign in with it, then open the invitation again."
    )


class InvitationForSomebodyElse(Refusal):
    """The signed-in person has another address than the invited one."""

    code = "invitation_for_somebody_else"
    sentence = gettext_noop(
        "This invitation was sent to another e-mail address than yours. Sign out, then open the invitation again."
    )


class PersonExists(Refusal):
    """An e-mail address belongs to one person."""

    code = "person_exists"
    sentence = gettext_noop("There is already a sign-in for this e-mail address. Sign in with it.")


def create_person(
    *, email: str, full_name: str, zone: str, language: str, password: str | None, now: datetime, is_demo: bool = False
) -> Person:
    """Create somebody who can sign in. `zone` is an IANA name. Raises PersonExists when the address is taken."""
    if find_person_by_email(email=email) is not None:
        raise PersonExists
    try:
        with transaction.atomic():
            return Person.objects.create_user(
                email, password, full_name=full_name, zone=zone, language=language, is_demo=is_demo, created_at=now
            )
    except IntegrityError as taken:  # somebody was quicker
        raise PersonExists from taken


def join_school(
    *, school_id: int, person: Person, roles: Iterable[Role], granted_by: Person | None, now: datetime, code: str = ""
) -> Membership:
    """Make the person a live member with these roles; a membership that had ended starts again.

    Without `code` one is made from the name. Roles already held stay as they are.
    """
    membership, _is_new = Membership.objects.get_or_create(
        school_id=school_id,
        person=person,
        defaults={
            "code": code or _free_code(school_id, person),
            "display_name": person.full_name,
            "joined_at": now,
        },
    )
    if membership.ended_at is not None:
        membership.ended_at = None
        membership.save(update_fields=["ended_at"])
    for role in roles:
        grant_role(school_id=school_id, membership_id=membership.pk, role=role, granted_by=granted_by, now=now)
    return membership


def _free_code(school_id: int, person: Person) -> str:
    wanted = slugify(person.full_name)[:60] or "member"
    if not Membership.objects.filter(school_id=school_id, code=wanted).exists():
        return wanted
    return f"{wanted}-{person.pk}"


def grant_role(*, school_id: int, membership_id: int, role: Role, granted_by: Person | None, now: datetime) -> bool:
    """Give the member a role from now on. False when it was held already, and nothing is written then."""
    _grant, is_new = RoleGrant.objects.get_or_create(
        school_id=school_id,
        membership_id=membership_id,
        role=role,
        ended_at=None,
        defaults={"granted_at": now, "granted_by": granted_by},
    )
    return is_new


def end_role(*, school_id: int, membership_id: int, role: Role, ended_by: Person, now: datetime) -> bool:
    """Take the role from the member from now on; it stops counting with their next request.

    False when it was not held. Raises LastOwnerStays for the only owner.
    """
    if role == Role.OWNER:
        # Locked, so that two owners cannot end each other's role at the same moment.
        owners = RoleGrant.objects.select_for_update().filter(
            school_id=school_id, role=Role.OWNER, ended_at=None, membership__ended_at=None
        )
        holders = set(owners.values_list("membership_id", flat=True))
        if holders == {membership_id}:
            raise LastOwnerStays
    ended = RoleGrant.objects.filter(school_id=school_id, membership_id=membership_id, role=role, ended_at=None).update(
        ended_at=now, ended_by=ended_by
    )
    return bool(ended)


def invite(
    *, school_id: int, email: str, role: Role, invited_by: Person | None, now: datetime
) -> tuple[Invitation, str]:
    """Write an invitation and return it with its token, which is not stored: this is the only time it is known."""
    token = new_token()
    invitation = Invitation.objects.create(
        school_id=school_id,
        email=email.strip().lower(),
        role=role,
        token_hash=hash_of(token),
        invited_at=now,
        invited_by=invited_by,
        expires_at=now + INVITATION_LASTS,
    )
    return invitation, token


def use_invitation(*, school_id: int, token: str, now: datetime) -> Invitation:
    """Mark the invitation as accepted, once. Raises InvitationUnusable."""
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("invited_by")
        .filter(school_id=school_id, token_hash=hash_of(token), accepted_at=None, expires_at__gt=now)
        .first()
    )
    if invitation is None:
        raise InvitationUnusable
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    return invitation


def change_settings(*, person: Person, full_name: str, zone: str, language: str) -> None:
    """Change what a person may change about themselves. `zone` is an IANA name."""
    person.full_name = full_name
    person.zone = zone
    person.language = language
    person.save(update_fields=["full_name", "zone", "language"])
