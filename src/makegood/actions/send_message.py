"""Send one message of the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from makegood.actions.transactions import in_one_transaction
from makegood.domain.notifications import browsers
from makegood.domain.notifications import operations as notifications
from makegood.domain.notifications.channels import CHANNELS
from makegood.domain.notifications.delivery import BrowserGone, DeliveryFailed
from makegood.domain.notifications.models import Channel, Message
from makegood.domain.notifications.superseding import find_reason_to_drop


def send_message(*, school_id: int, message_id: int, now: datetime) -> None:
    """Hand one message to its channel unless that was done before.

    In this order: read the row and whether what it tells is still so, else drop it; deliver with no transaction open;
    stamp the row. The queue runs the jobs of one message
    one after the other. Raises DeliveryFailed when another try may help; a permanent failure is recorded and ends here.
    """
    message = in_one_transaction(school_id, lambda: _find_to_send(school_id, message_id, now))
    if message is None:
        return
    try:
        _deliver(message, now)
    except DeliveryFailed as failed:
        _record_failure(message, failed, now)
        if not failed.permanent:
            raise
        return
    in_one_transaction(school_id, lambda: notifications.record_sent(message=message, now=now))


def _find_to_send(school_id: int, message_id: int, now: datetime) -> Message | None:
    message = notifications.find_unsent(school_id=school_id, message_id=message_id)
    if message is None:
        return None
    reason = find_reason_to_drop(message=message, left_at=message.__dict__["left_at"], now=now)
    if reason is not None:
        notifications.record_dropped(message=message, because=reason, now=now)
        return None
    return message


def _deliver(message: Message, now: datetime) -> None:
    try:
        CHANNELS[Channel(message.channel)](message)
    except BrowserGone as gone:
        ended = gone.browser_ids
        in_one_transaction(message.school_id, lambda: _end_browsers(message, ended, now))
        if not gone.is_delivered:
            sentence = "The browser takes no more messages."
            raise DeliveryFailed(sentence, permanent=not gone.has_others) from gone


def _end_browsers(message: Message, browser_ids: Sequence[int], now: datetime) -> None:
    for browser_id in browser_ids:
        browsers.end_browser(
            school_id=message.school_id,
            membership_id=message.recipient_id,
            browser_id=browser_id,
            because="gone",
            now=now,
        )


def _record_failure(message: Message, failure: DeliveryFailed, now: datetime) -> None:
    in_one_transaction(
        message.school_id, lambda: notifications.record_failure(message=message, failure=failure, now=now)
    )
