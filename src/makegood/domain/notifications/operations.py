"""Putting messages into the outbox, and recording what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from procrastinate.contrib.django import app as queue

from makegood.domain.notifications.delivery import DeliveryFailed
from makegood.domain.notifications.kinds import MessageKind
from makegood.domain.notifications.models import Channel, DeliveryAttempt, Message
from makegood.domain.timeline.models import Event
from makegood.rules.sentences import Value
from makegood.rules.storing import values_to_json

SEND_TASK: Final = "makegood.send_message"


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """One text for one member."""

    recipient_id: int
    kind: MessageKind
    values: Mapping[str, Value]


def announce(*, event: Event, announcements: Sequence[Announcement], now: datetime) -> Sequence[Message]:
    """Tell each recipient on every channel, once per event.

    In this order: write the outbox rows, then queue a job for each that leaves the house; both in the caller's
    transaction, so that they exist exactly when their cause does. A message in the app is there at once.
    """
    messages = [
        Message(
            school_id=event.school_id,
            event=event,
            recipient_id=announcement.recipient_id,
            channel=channel,
            kind=announcement.kind,
            values=values_to_json(announcement.values),
            effect_key=f"{event.pk}:{announcement.kind}:{announcement.recipient_id}:{channel}",
            created_at=now,
            sent_at=now if channel is Channel.IN_APP else None,
        )
        for announcement in announcements
        for channel in (Channel.IN_APP, Channel.EMAIL)
    ]
    Message.objects.bulk_create(messages)
    queue_sending(messages=[message for message in messages if message.sent_at is None])
    return messages


def queue_sending(*, messages: Sequence[Message]) -> None:
    """Queue a job for each message, in the caller's transaction. Jobs of one message never run side by side."""
    for message in messages:
        queue.configure_task(SEND_TASK, allow_unknown=True, lock=f"message:{message.pk}").defer(
            school_id=message.school_id, message_id=message.pk
        )


def find_unsent(*, school_id: int, message_id: int) -> Message | None:
    """The message with its recipient and school when it still has to go out, None when it was sent or given up."""
    messages = Message.objects.select_related("recipient__person", "school")
    return messages.filter(school_id=school_id, pk=message_id, sent_at=None, failed_at=None).first()


def list_overdue(*, school_id: int, created_before: datetime) -> Sequence[Message]:
    """Messages written before the instant that neither went out nor were given up: their job was lost."""
    messages = Message.objects.filter(
        school_id=school_id, channel=Channel.EMAIL, sent_at=None, failed_at=None, created_at__lt=created_before
    )
    return list(messages.order_by("pk")[:1000])


def record_sent(*, message: Message, now: datetime) -> None:
    """The outside world accepted it."""
    Message.objects.filter(school_id=message.school_id, pk=message.pk, sent_at=None).update(sent_at=now)
    DeliveryAttempt.objects.create(school_id=message.school_id, message=message, attempted_at=now)


def record_failure(*, message: Message, failure: DeliveryFailed, now: datetime) -> None:
    """The outside world refused it; a permanent refusal gives the message up."""
    if failure.permanent:
        Message.objects.filter(school_id=message.school_id, pk=message.pk, sent_at=None).update(failed_at=now)
    DeliveryAttempt.objects.create(
        school_id=message.school_id,
        message=message,
        attempted_at=now,
        error=failure.message[:2000],
        permanent=failure.permanent,
    )


def mark_all_read(*, school_id: int, recipient_id: int, now: datetime) -> None:
    """The recipient has seen every message in the app; the first time counts."""
    Message.objects.filter(school_id=school_id, recipient_id=recipient_id, channel=Channel.IN_APP, read_at=None).update(
        read_at=now
    )
