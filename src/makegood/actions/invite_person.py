"""Invite somebody into a school: the row and its e-mail, both or neither."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext_noop

from makegood.domain.people import imported, operations
from makegood.domain.people.models import Invitation, Person, Role
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.refusal import Refusal


class InvitationNotSent(Refusal):
    """The mail server did not take the message."""

    code = "invitation_not_sent"
    sentence = gettext_noop("The invitation could not be e-mailed, so nobody was invited. Try again in a few minutes.")


def invite_person(
    *,
    school: School,
    email: str,
    role: Role,
    invited_by: Person,
    send: Callable[[Invitation, str], None],
    now: datetime,
) -> Invitation:
    """Write the invitation and hand it with its token to `send`, which e-mails the link.

    The token goes by e-mail only: whoever knew it could make a sign-in with somebody else's address. Raises
    InvitationNotSent; nothing is written then.
    """
    with in_school(school.pk):
        invitation, token = operations.invite(
            school_id=school.pk, email=email, role=role, invited_by=invited_by, now=now
        )
        _send(send, invitation, token)
    return invitation


def invite_imported_member(
    *,
    school: School,
    membership_id: int,
    email: str,
    invited_by: Person,
    send: Callable[[Invitation, str], None],
    now: datetime,
) -> Invitation:
    """Invite the real person of an imported member to exactly that membership, and hand the token to `send`.

    An earlier invitation to the member stops working. Raises NotImported, AddressOfAnotherMember, InvitationNotSent and
    Membership.DoesNotExist; nothing is written then.
    """
    with in_school(school.pk):
        invitation, token = imported.invite_member(
            school_id=school.pk,
            school_slug=school.slug,
            membership_id=membership_id,
            email=email,
            invited_by=invited_by,
            now=now,
        )
        _send(send, invitation, token)
    return invitation


def _send(send: Callable[[Invitation, str], None], invitation: Invitation, token: str) -> None:
    try:
        send(invitation, token)
    except (smtplib.SMTPException, OSError) as error:
        raise InvitationNotSent from error
