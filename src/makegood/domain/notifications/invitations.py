"""The e-mail that carries an invitation. It holds a secret, so it is sent at once and never stored in the outbox."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from makegood.domain.notifications.mails import Mail
from makegood.domain.people.models import Invitation
from makegood.domain.schools.models import School


def invitation_link(*, school: School, token: str) -> str:
    """The address that opens the invitation, on the configured host and never on one that a request names."""
    return settings.ADDRESS + reverse("join", kwargs={"school": school.slug, "token": token})


def send_invitation(*, school: School, invitation: Invitation, token: str) -> None:
    """E-mail the link in the school's language. Raises SMTPException or OSError when the mail server refuses it."""
    with translation.override(school.language):
        # One line: a school's name must not be able to add a header.
        subject = " ".join(gettext("Your invitation to {school}").format(school=school.name).split())
        paragraphs = [
            gettext("{school} invites you. Open this link to join:").format(school=school.name),
            invitation_link(school=school, token=token),
            gettext("The link works once, for 7 days. If you do not expect it, do nothing."),
        ]
    body = "\n\n".join(paragraphs) + "\n"
    Mail(subject, body, settings.DEFAULT_FROM_EMAIL, [invitation.email]).send()
