"""The messages of a member in the app, in the member's language and zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from makegood.domain.notifications.kinds import Side
from makegood.domain.notifications.links import find_own_page
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.queries import PAGE_SIZE, count_in_app, list_in_app
from makegood.domain.notifications.texts import Text, render
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMessage:
    """A message in the app. `page` shows its lesson or case, "" where none does, or where the text leads there."""

    message_id: int
    created_at: datetime
    is_unread: bool
    text: Text
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage:
    """A page of the list, with how many messages all pages hold, how many of them are unread, and the newest of all."""

    messages: tuple[ShownMessage, ...]
    page: int
    total_count: int
    unread_count: int
    newest_id: int


def list_shown_messages(
    *, school: School, member: Membership, sides: frozenset[Side], page: int = 1
) -> tuple[ShownMessage, ...]:
    """A page of the member's messages that are for one of `sides`, newest first. 1 statement."""
    found = list_in_app(school_id=school.pk, recipient_id=member.pk, sides=sides, page=page)
    return tuple(_shown(school, message) for message in found)


def make_message_page(*, school: School, member: Membership, sides: frozenset[Side], page: int) -> MessagePage:
    """The page with its counts; past the end is the last page. 2 statements."""
    counts = count_in_app(school_id=school.pk, recipient_id=member.pk, sides=sides)
    page = min(max(1, page), max(1, -(-counts.total // PAGE_SIZE)))
    return MessagePage(
        messages=list_shown_messages(school=school, member=member, sides=sides, page=page),
        page=page,
        total_count=counts.total,
        unread_count=counts.unread,
        newest_id=counts.newest_id,
    )


def _shown(school: School, message: Message) -> ShownMessage:
    # Not read again for each: its address is part of every link.
    message.school = school
    text = render(message)
    page = find_own_page(message)
    return ShownMessage(
        message_id=message.pk,
        created_at=message.created_at,
        is_unread=message.read_at is None,
        text=text,
        page="" if page in {part.link for part in text.parts} else page,
    )
