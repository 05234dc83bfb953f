"""Putting messages into the outbox, and recording what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from makegood.database.jobs import NewJob, queue_jobs
from makegood.database.many_rows import add_rows
from makegood.domain.notifications import occurrences
from makegood.domain.notifications.catalog import TEMPLATES
from makegood.domain.notifications.delivery import DeliveryFailed
from makegood.domain.notifications.kinds import MessageKind, Side
from makegood.domain.notifications.leaving import may_be_told
from makegood.domain.notifications.lists import told_as
from makegood.domain.notifications.models import Channel, DeliveryAttempt, Message
from makegood.domain.notifications.occurrences import Occurrence
from makegood.domain.notifications.superseding import Superseded
from makegood.domain.notifications.texts import DERIVED
from makegood.domain.notifications.wishes import Wishes, list_wishes
from makegood.domain.people.roster import left_at
from makegood.domain.timeline.models import Event
from makegood.rules.sentences import Value
from makegood.rules.storing import values_to_json

SEND_TASK: Final = "makegood.send_message"


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """One text for one member. `values` are those of docs/messages.md; `series` are the lessons of a series.

    `effect` names what must be told once only, where that is not the event: a reminder is due once for a start.
    `happened_at` is when what it is about happened; without it that is the lesson's start.
    """

    recipient_id: int
    kind: MessageKind
    values: Mapping[str, Value]
    series: Sequence[Occurrence] = ()
    effect: str = ""
    happened_at: datetime | None = None


def announce(*, event: Event, announcements: Sequence[Announcement], now: datetime) -> Sequence[Message]:
    """Tell each recipient in the app and on the channels they chose, once per event; not all who left the school.

    In this order: read what the recipients chose, write the outbox rows, then queue a job for each that leaves the
    house; all in the caller's transaction, so that they exist exactly when their cause does. A message in the app is
    there at once. During quiet hours others wait for their end, unless they are urgent or the lesson starts before it.
    """
    wishes = list_wishes(
        school_id=event.school_id, membership_ids={announcement.recipient_id for announcement in announcements}
    )
    messages = [
        _message(event, announcement, channel, wishes[announcement.recipient_id], now)
        for announcement in announcements
        if _is_told(announcement, wishes[announcement.recipient_id], now)
        for channel in wishes[announcement.recipient_id].channels_for(TEMPLATES[announcement.kind].topic)
    ]
    add_rows(messages)
    queue_sending(messages=[message for message in messages if message.sent_at is None])
    return messages


def _is_told(announcement: Announcement, wishes: Wishes, now: datetime) -> bool:
    return may_be_told(
        after_leaving=TEMPLATES[announcement.kind].after_leaving,
        left_at=wishes.left_at,
        caused_at=now,
        happened_at=announcement.happened_at or _happens_at(announcement),
    )


def _message(event: Event, announcement: Announcement, channel: Channel, wishes: Wishes, now: datetime) -> Message:
    template = TEMPLATES[announcement.kind]
    missing = template.needed - announcement.values.keys() - DERIVED
    assert not missing, f"{announcement.kind} needs {sorted(missing)}"
    values = values_to_json(announcement.values)
    if announcement.series:
        values[occurrences.SERIES] = occurrences.to_json(announcement.series)
    is_in_app = channel is Channel.IN_APP
    return Message(
        school_id=event.school_id,
        event=event,
        recipient_id=announcement.recipient_id,
        channel=channel,
        kind=announcement.kind,
        values=values,
        effect_key=effect_key(
            effect=announcement.effect or str(event.pk),
            kind=announcement.kind,
            recipient_id=announcement.recipient_id,
            channel=channel,
        ),
        created_at=now,
        send_after=None if is_in_app else wishes.waits_until(template, happens_at=_happens_at(announcement), now=now),
        sent_at=now if is_in_app else None,
    )


def effect_key(*, effect: str, kind: MessageKind, recipient_id: int, channel: Channel) -> str:
    """What makes a message once only in its school."""
    return f"{effect}:{kind}:{recipient_id}:{channel}"


def _happens_at(announcement: Announcement) -> datetime | None:
    """The first start that the message is about: of the lesson, before or after it moved, or of the series."""
    named = [announcement.values.get(name) for name in ("starts_at", "former_starts_at")]
    starts = [start for start in named if isinstance(start, datetime)]
    starts += [one.starts_at for one in announcement.series]
    return min(starts, default=None)


def queue_sending(*, messages: Sequence[Message]) -> None:
    """Queue a job for each message, in the caller's transaction, for when it may leave the house. 1 statement.

    Jobs of one message never run side by side.
    """
    queue_jobs(
        [
            NewJob(
                task=SEND_TASK,
                lock=f"message:{message.pk}",
                schedule_at=message.send_after,
                arguments={"school_id": message.school_id, "message_id": message.pk},
            )
            for message in messages
        ]
    )


def find_unsent(*, school_id: int, message_id: int) -> Message | None:
    """The message with its recipient and school when it still has to go out, None when it was sent or given up.

    `left_at` of it is when the recipient left the school, None for who is still there.
    """
    messages = Message.objects.select_related("recipient__person", "school").annotate(
        left_at=left_at(member="recipient_id", ended_at="recipient__ended_at")
    )
    return messages.filter(school_id=school_id, pk=message_id, sent_at=None, failed_at=None, dropped_at=None).first()


def list_overdue(*, school_id: int, due_before: datetime) -> Sequence[Message]:
    """Messages that should have gone out before the instant and neither did nor were given up: their job was lost."""
    messages = Message.objects.filter(school_id=school_id, sent_at=None, failed_at=None, dropped_at=None)
    due = messages.filter(created_at__lt=due_before).exclude(send_after__gte=due_before)
    return list(due.order_by("pk")[:1000])


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


def record_dropped(*, message: Message, because: Superseded, now: datetime) -> None:
    """What it tells is no longer so: it will not be sent."""
    unsent = Message.objects.filter(
        school_id=message.school_id, pk=message.pk, sent_at=None, failed_at=None, dropped_at=None
    )
    unsent.update(dropped_at=now, dropped_because=because)


def mark_all_read(*, school_id: int, recipient_id: int, sides: frozenset[Side], newest_id: int, now: datetime) -> None:
    """The recipient has read these messages in the app, those up to `newest_id`; the first time counts."""
    unread = Message.objects.filter(
        school_id=school_id, recipient_id=recipient_id, channel=Channel.IN_APP, read_at=None, pk__lte=newest_id
    )
    unread.filter(told_as(sides)).update(read_at=now)
