"""Reading messages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import QuerySet

from makegood.database.compiled import compiled
from makegood.domain.notifications.models import Channel, Message


def list_in_app(*, school_id: int, recipient_id: int) -> Sequence[Message]:
    """The member's last 50 messages in the app, newest first, with the recipient's person for rendering."""
    return _in_app(school_id=school_id, recipient_id=recipient_id)


@compiled
def _in_app(school_id: int, recipient_id: int) -> QuerySet[Message]:
    messages = Message.objects.filter(school_id=school_id, recipient_id=recipient_id, channel=Channel.IN_APP)
    return messages.select_related("recipient__person").order_by("-created_at", "-pk")[:50]


def count_unread_in_app(*, school_id: int, recipient_id: int) -> int:
    """How many of the messages that `list_in_app` shows nobody has read."""
    return sum(read_at is None for read_at in _read_in_app(school_id=school_id, recipient_id=recipient_id))


@compiled
def _read_in_app(school_id: int, recipient_id: int) -> QuerySet[Message, datetime | None]:
    messages = Message.objects.filter(school_id=school_id, recipient_id=recipient_id, channel=Channel.IN_APP)
    return messages.order_by("-created_at", "-pk").values_list("read_at", flat=True)[:50]


def list_known_effects(*, school_id: int, effect_keys: Collection[str]) -> frozenset[str]:
    """Those of the effects that have a message already."""
    known = Message.objects.filter(school_id=school_id, effect_key__in=effect_keys)
    return frozenset(known.values_list("effect_key", flat=True))
