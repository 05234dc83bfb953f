"""Reading messages."""

from __future__ import annotations

from collections.abc import Sequence

from makegood.domain.notifications.models import Channel, DeliveryAttempt, Message


def list_in_app(*, school_id: int, recipient_id: int, limit: int = 50) -> Sequence[Message]:
    """The member's messages in the app, newest first, with the recipient's person for rendering."""
    messages = Message.objects.filter(school_id=school_id, recipient_id=recipient_id, channel=Channel.IN_APP)
    return list(messages.select_related("recipient__person").order_by("-created_at", "-pk")[:limit])


def count_unread(*, school_id: int, recipient_id: int) -> int:
    """How many messages in the app the member has not seen."""
    return Message.objects.filter(
        school_id=school_id, recipient_id=recipient_id, channel=Channel.IN_APP, read_at=None
    ).count()


def list_failures(*, school_id: int, limit: int = 50) -> Sequence[DeliveryAttempt]:
    """The latest tries that failed, for staff."""
    attempts = DeliveryAttempt.objects.filter(school_id=school_id).exclude(error="")
    return list(attempts.select_related("message__recipient").order_by("-attempted_at", "-pk")[:limit])
