"""Messages that did not reach their recipient: given up, or late; and sending one of them again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce

from makegood.domain.notifications.models import DeliveryAttempt, Message
from makegood.domain.notifications.operations import queue_sending
from makegood.domain.people.roster import left_at
from makegood.domain.timeline.models import Event

# Most messages leave within seconds; after this the desk should know.
LATE_AFTER: Final = timedelta(minutes=15)
# Older news than this is of no use to anybody.
SHOWN_FOR: Final = timedelta(days=30)


def undelivered_as(*, what: str, school_id: int, now: datetime) -> QuerySet[Message, tuple[str, int]]:
    """How many messages `list_undelivered` would list without a limit, as a row of `what` and number; or no row."""
    named = _undelivered(school_id, now).annotate(what=Value(what)).values("what")
    return named.annotate(undelivered=Count("pk")).values_list("what", "undelivered")


def list_undelivered(*, school_id: int, now: datetime, limit: int = 200) -> Sequence[Message]:
    """Messages given up and not sent again, and those late by `LATE_AFTER`; newest first, with recipient and person.

    Each carries `last_error`, what its last attempt met with: empty when none was made. Those of `SHOWN_FOR` only.
    """
    attempts = DeliveryAttempt.objects.filter(school_id=OuterRef("school_id"), message_id=OuterRef("pk"))
    last = Coalesce(Subquery(attempts.order_by("-pk").values("error")[:1]), Value(""), output_field=TextField())
    found = _undelivered(school_id, now).annotate(last_error=last).select_related("recipient__person")
    return list(found.order_by("-created_at", "-pk")[:limit])


def _undelivered(school_id: int, now: datetime) -> QuerySet[Message]:
    again = Message.objects.filter(school_id=OuterRef("school_id"), again_of_id=OuterRef("pk"))
    waiting = Message.objects.filter(school_id=school_id, sent_at=None, dropped_at=None)
    due_before = now - LATE_AFTER
    is_late = Q(failed_at=None, created_at__lt=due_before) & (Q(send_after=None) | Q(send_after__lt=due_before))
    shown = waiting.filter(created_at__gt=now - SHOWN_FOR)
    return shown.filter(is_late | Q(failed_at__isnull=False) & ~Exists(again))


def lock_message(*, school_id: int, message_id: int) -> Message | None:
    """The message with its event, its row locked; None when there is none. `left_at` as of `find_unsent`."""
    rows = Message.objects.select_for_update(of=("self",), no_key=True).select_related("event")
    rows = rows.annotate(left_at=left_at(member="recipient_id", ended_at="recipient__ended_at"))
    return rows.filter(school_id=school_id, pk=message_id).first()


def is_sent_again(message: Message) -> bool:
    """Whether a later message repeats this one."""
    return Message.objects.filter(school_id=message.school_id, again_of_id=message.pk).exists()


def repeat(*, message: Message, event: Event, now: datetime) -> Message:
    """Put the same text to the same person on the same channel into the outbox, caused by `event`, and queue it.

    The effect's key names the first message, so that the database refuses a second repetition. It goes out at once:
    somebody decided that it should.
    """
    again = Message.objects.create(
        school_id=message.school_id,
        event=event,
        recipient_id=message.recipient_id,
        channel=message.channel,
        kind=message.kind,
        values=message.values,
        effect_key=f"again:{message.pk}",
        created_at=now,
        again_of_id=message.pk,
    )
    queue_sending(messages=[again])
    return again
