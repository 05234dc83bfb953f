"""Reading messages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.db.models import Count, Max, Q, QuerySet, Value

from makegood.database.compiled import Compiled, compiled
from makegood.domain.notifications.kinds import Side
from makegood.domain.notifications.lists import told_as
from makegood.domain.notifications.models import Channel, Message

PAGE_SIZE: Final = 25
# Every page counts the unread ones, up to one more than is told.
MOST_TOLD: Final = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCounts:
    """How many messages a list in the app holds, how many of them are unread, and the last that was written."""

    total: int
    unread: int
    newest_id: int


def list_in_app(*, school_id: int, recipient_id: int, sides: frozenset[Side], page: int = 1) -> Sequence[Message]:
    """A page of the member's messages in the app that are for one of `sides`, newest first, ready for rendering."""
    if page == 1:
        return _first_page(sides)(school_id=school_id, recipient_id=recipient_id)
    found = _with_person(_in_app(school_id, recipient_id, sides))
    return list(found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])


def count_in_app(*, school_id: int, recipient_id: int, sides: frozenset[Side]) -> MessageCounts:
    """How many there are on all pages of `list_in_app`. 1 statement, over the whole list: for its own page only."""
    found = _in_app(school_id, recipient_id, sides).order_by()
    counts = found.aggregate(total=Count("pk"), unread=Count("pk", filter=Q(read_at=None)), newest_id=Max("pk"))
    return MessageCounts(total=counts["total"], unread=counts["unread"], newest_id=counts["newest_id"] or 0)


def count_unread_in_app(*, school_id: int, recipient_id: int, sides: frozenset[Side]) -> int:
    """How many of them nobody has read; one more than `MOST_TOLD` stands for all that are more. 1 statement."""
    return len(_unread(sides)(school_id=school_id, recipient_id=recipient_id))


def unread_in_app_as(
    *, what: str, school_id: int, recipient_id: int, sides: frozenset[Side]
) -> QuerySet[Message, tuple[str, int]]:
    """What `count_unread_in_app` says as a row of `what` and number, for a statement that counts more; or no row."""
    unread = Message.objects.filter(school_id=school_id, pk__in=_unread_in_app(school_id, recipient_id, sides))
    named = unread.annotate(what=Value(what)).values("what")
    return named.annotate(unread=Count("pk")).values_list("what", "unread")


def _unread_in_app(school_id: int, recipient_id: int, sides: frozenset[Side]) -> QuerySet[Message, int]:
    """The ids of as many as are counted, whichever: to name the newest would mean to look at all."""
    unread = _in_app(school_id, recipient_id, sides).filter(read_at=None).order_by()
    return unread.values_list("pk", flat=True)[: MOST_TOLD + 1]


def _in_app(school_id: int, recipient_id: int, sides: frozenset[Side]) -> QuerySet[Message]:
    messages = Message.objects.filter(school_id=school_id, recipient_id=recipient_id, channel=Channel.IN_APP)
    return messages.filter(told_as(sides)).order_by("-created_at", "-pk")


def _with_person(messages: QuerySet[Message]) -> QuerySet[Message]:
    return messages.select_related("recipient__person")


@cache
def _first_page(sides: frozenset[Side]) -> Compiled[..., Message]:
    def rows(school_id: int, recipient_id: int) -> QuerySet[Message]:
        return _with_person(_in_app(school_id, recipient_id, sides))[:PAGE_SIZE]

    return compiled(rows)


@cache
def _unread(sides: frozenset[Side]) -> Compiled[..., int]:
    def rows(school_id: int, recipient_id: int) -> QuerySet[Message, int]:
        return _unread_in_app(school_id, recipient_id, sides)

    return compiled(rows)


def list_known_effects(*, school_id: int, effect_keys: Collection[str]) -> frozenset[str]:
    """Those of the effects that have a message already."""
    known = Message.objects.filter(school_id=school_id, effect_key__in=effect_keys)
    return frozenset(known.values_list("effect_key", flat=True))
