"""E-mail through the configured server (SMTP, or files in the demo)."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from email.utils import formataddr, parseaddr

from django.conf import settings

from makegood.domain.notifications.calendars import clean_line
from makegood.domain.notifications.catalog.both_times import ALL_IN_A_FILE, CALENDAR_THAT_FOLLOWS, YOUR_TIME
from makegood.domain.notifications.channels.email import calendar_files
from makegood.domain.notifications.delivery import DeliveryFailed
from makegood.domain.notifications.event_texts import SEE_MORE
from makegood.domain.notifications.links import calendar_page, page_of
from makegood.domain.notifications.mails import Mail
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import Text, fill, reader_of, render
from makegood.wording import city_name

# From here on an answer of the server means that another try would get the same answer (RFC 5321, 4.2.1).
_PERMANENT = 500


def deliver(message: Message) -> None:
    """Hand the message to the mail server. Raises DeliveryFailed; a 5xx answer is permanent.

    The Message-ID is made of the effect's key, so that a mailbox recognizes a second copy after a lost answer.
    """
    try:
        _compose(message).send()
    except smtplib.SMTPRecipientsRefused as refused:
        codes = {code for code, _ in refused.recipients.values()}
        raise DeliveryFailed(str(refused), permanent=all(code >= _PERMANENT for code in codes)) from refused
    except smtplib.SMTPResponseException as refused:
        raise DeliveryFailed(str(refused), permanent=refused.smtp_code >= _PERMANENT) from refused
    except (smtplib.SMTPException, OSError) as failed:
        raise DeliveryFailed(str(failed), permanent=False) from failed


def _compose(message: Message) -> Mail:
    text = render(message)
    sender_address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    domain = sender_address.rpartition("@")[2] or "localhost"
    mail = Mail(
        subject=clean_line(text.subject),
        from_email=formataddr((clean_line(message.school.name), sender_address)),
        to=[formataddr((clean_line(message.recipient.display_name), message.recipient.person.email))],
        reply_to=[message.school.desk_email],
        headers={
            "Message-ID": f"<{message.effect_key.replace(':', '.')}.{message.school_id}@{domain}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    has_file_of_all = calendar_files.attach(mail, message)
    mail.body = "\n\n".join([*text.paragraphs, *_closing(message, text, has_file_of_all=has_file_of_all)]) + "\n"
    return mail


def _closing(message: Message, text: Text, *, has_file_of_all: bool) -> Iterator[str]:
    """What the file is for, whose time the times are, where that is not said beside them, and where one sees more.

    No page of the school is open to whoever left it.
    """
    reader = reader_of(message)
    is_open = message.__dict__["left_at"] is None
    if has_file_of_all:
        if is_open:
            yield fill(CALENDAR_THAT_FOLLOWS, {"link": calendar_page(message)}, reader)
        yield fill(ALL_IN_A_FILE, {"file": calendar_files.FILE_OF_ALL}, reader)
    if text.has_bare_times:
        yield fill(YOUR_TIME, {"city": city_name(reader.zone, reader)}, reader)
    if is_open:
        yield fill(SEE_MORE, {"link": page_of(message)}, reader)
