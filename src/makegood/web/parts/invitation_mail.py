"""The e-mail that carries an invitation."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from makegood.domain.people.models import Invitation
from makegood.domain.schools.models import School


def invitation_link(*, school: School, token: str) -> str:
    """The address that opens the invitation, on the configured host and never on one that a request names."""
    return settings.ADDRESS + reverse("join", kwargs={"school": school.slug, "token": token})


def send_invitation(*, school: School, invitation: Invitation, token: str) -> None:
    """E-mail the link in the school's language. Raises SMTPException or OSError when the mail server does not take it."""
    with translation.override(school.language):
        context = {"school": school, "link": invitation_link(school=school, token=token), "invitation": invitation}
        subject = " ".join(render_to_string("guest/invitation_subject.txt", context).split())
        body = render_to_string("guest/invitation_message.txt", context)
    send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [invitation.email])
