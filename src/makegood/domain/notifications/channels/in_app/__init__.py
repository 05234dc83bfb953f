"""Messages in the product's own list: the outbox row is the message, so there is nothing left to deliver."""

from __future__ import annotations

from makegood.domain.notifications.models import Message


def deliver(message: Message) -> None:
    """Nothing to hand over; the list reads the row."""
    del message
