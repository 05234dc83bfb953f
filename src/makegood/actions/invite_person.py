"""Invite somebody into a school: the row and its e-mail, both or neither."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext_noop

from makegood.domain.people import operations
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
        try:
            send(invitation, token)
        except (smtplib.SMTPException, OSError) as error:
            raise InvitationNotSent from error
    return invitation
