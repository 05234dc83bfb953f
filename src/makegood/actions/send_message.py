"""Send one message of the outbox."""

from __future__ import annotations

from datetime import datetime

from makegood.actions.transactions import in_one_transaction
from makegood.domain.notifications import operations as notifications
from makegood.domain.notifications.channels import CHANNELS
from makegood.domain.notifications.delivery import DeliveryFailed
from makegood.domain.notifications.models import Channel, Message


def send_message(*, school_id: int, message_id: int, now: datetime) -> None:
    """Hand one message to its channel unless that was done before.

    In this order: read the row, deliver with no transaction open, stamp the row. The queue runs the jobs of one message
    one after the other. Raises DeliveryFailed when another try may help; a permanent failure is recorded and ends here.
    """
    message = in_one_transaction(
        school_id, lambda: notifications.find_unsent(school_id=school_id, message_id=message_id)
    )
    if message is None:
        return
    try:
        CHANNELS[Channel(message.channel)](message)
    except DeliveryFailed as failed:
        _record_failure(message, failed, now)
        if not failed.permanent:
            raise
        return
    in_one_transaction(school_id, lambda: notifications.record_sent(message=message, now=now))


def _record_failure(message: Message, failure: DeliveryFailed, now: datetime) -> None:
    in_one_transaction(
        message.school_id, lambda: notifications.record_failure(message=message, failure=failure, now=now)
    )
