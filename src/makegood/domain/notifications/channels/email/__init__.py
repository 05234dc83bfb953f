"""E-mail through the configured server (SMTP, or files in the demo)."""

from __future__ import annotations

import smtplib
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from makegood.domain.notifications.delivery import DeliveryFailed
from makegood.domain.notifications.kinds import TEMPLATES, MessageKind
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import render

# From here on an answer of the server means that another try would get the same answer (RFC 5321, 4.2.1).
_PERMANENT = 500


def deliver(message: Message) -> None:
    """Hand the message to the mail server. Raises DeliveryFailed; a 5xx answer is permanent.

    The Message-ID is made of the effect's key, so that a mailbox recognizes a second copy after a lost answer.
    """
    text = render(message)
    sender_address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    domain = sender_address.rpartition("@")[2] or "localhost"
    mail = EmailMessage(
        subject=text.subject,
        body=f"{text.body}\n{_link_text(message)}\n",
        from_email=formataddr((_in_one_line(message.school.name), sender_address)),
        to=[formataddr((_in_one_line(message.recipient.display_name), message.recipient.person.email))],
        reply_to=[message.school.desk_email],
        headers={
            "Message-ID": f"<{message.effect_key.replace(':', '.')}.{message.school_id}@{domain}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as refused:
        codes = {code for code, _ in refused.recipients.values()}
        raise DeliveryFailed(str(refused), permanent=all(code >= _PERMANENT for code in codes)) from refused
    except smtplib.SMTPResponseException as refused:
        raise DeliveryFailed(str(refused), permanent=refused.smtp_code >= _PERMANENT) from refused
    except (smtplib.SMTPException, OSError) as failed:
        raise DeliveryFailed(str(failed), permanent=False) from failed


def _in_one_line(name: str) -> str:
    """A name for a header: a line break in it would keep the message from being sent at all."""
    return " ".join(name.split())


def _link_text(message: Message) -> str:
    """Where the recipient sees more, on the configured host. The page asks them to sign in."""
    page = TEMPLATES[MessageKind(message.kind)].page
    place = {"school": message.school.slug}
    if page.endswith(":case"):
        place["reference"] = str(message.values["reference"])
    with translation.override(message.recipient.person.language):
        return gettext("See it in Makegood: {link}").format(link=settings.ADDRESS + reverse(page, kwargs=place))
