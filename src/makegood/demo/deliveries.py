"""What became of the demo's messages of the past: all but one arrived."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from makegood.domain.notifications import operations as notifications
from makegood.domain.notifications.delivery import DeliveryFailed
from makegood.domain.notifications.models import Channel, Message
from makegood.domain.schools.models import School

_ON_THE_WAY: Final = timedelta(seconds=4)
_REFUSED: Final = "550 5.1.1 This mailbox does not exist."


def deliver_past(*, school: School, now: datetime) -> None:
    """Record what became of every message that should have left by `now`; runs in the school's transaction.

    Nothing leaves the house: the people of the demo have no mailboxes. The last e-mail to somebody whom nobody can sign
    in as was refused for good, so that the desk has something to look after.
    """
    refused: Message | None = None
    while overdue := notifications.list_overdue(school_id=school.pk, due_before=now):
        refused = refused or _choose_refused(overdue)
        for message in overdue:
            left_at = (message.send_after or message.created_at) + _ON_THE_WAY
            if message == refused:
                failure = DeliveryFailed(_REFUSED, permanent=True)
                notifications.record_failure(message=message, failure=failure, now=left_at)
            else:
                notifications.record_sent(message=message, now=left_at)


def _choose_refused(messages: Sequence[Message]) -> Message | None:
    return next(
        (
            message
            for message in reversed(messages)
            if message.channel == Channel.EMAIL and not message.recipient.person.is_demo
        ),
        None,
    )
