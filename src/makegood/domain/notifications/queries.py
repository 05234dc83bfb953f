"""Reading messages."""

from __future__ import annotations

from collections.abc import Sequence

from makegood.domain.notifications.models import Channel, Message


def list_in_app(*, school_id: int, recipient_id: int, limit: int = 50) -> Sequence[Message]:
    """The member's messages in the app, newest first, with the recipient's person for rendering."""
    messages = Message.objects.filter(school_id=school_id, recipient_id=recipient_id, channel=Channel.IN_APP)
    return list(messages.select_related("recipient__person").order_by("-created_at", "-pk")[:limit])
