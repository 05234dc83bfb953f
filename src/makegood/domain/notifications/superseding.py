"""Whether what a message tells is still so when it is about to leave the house."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from makegood.domain.ledger.credits_ending import find_endings
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.lessons.statuses import OPEN
from makegood.domain.notifications import occurrences
from makegood.domain.notifications.kinds import MessageKind
from makegood.domain.notifications.leaving import AfterLeaving
from makegood.domain.notifications.models import Channel, Message
from makegood.domain.notifications.texts import template_of
from makegood.domain.schools.days import today_in
from makegood.rules.storing import values_from_json


class Superseded(StrEnum):
    """Why a message was dropped."""

    LESSON_IS_OFF = "lesson_is_off"
    LESSON_HAS_ANOTHER_TIME = "lesson_has_another_time"
    LESSON_HAS_BEGUN = "lesson_has_begun"
    CREDITS_ARE_GONE = "credits_are_gone"
    RECIPIENT_LEFT = "recipient_left"


def find_reason_to_drop(*, message: Message, left_at: datetime | None, now: datetime) -> Superseded | None:
    """Why a message must not be sent any more; None: it may be. `left_at`: when its recipient left the school."""
    if left_at is not None and not is_for_who_left(message):
        return Superseded.RECIPIENT_LEFT
    if message.kind == MessageKind.CREDITS_EXPIRING and not _are_credits_left(message, now):
        return Superseded.CREDITS_ARE_GONE
    told = occurrences.read(message.values)
    if not template_of(message).is_while_open or not told:
        return None
    lesson = find_lesson(school_id=message.school_id, lesson_id=told[0].lesson_id)
    if lesson is None or lesson.status not in OPEN:
        return Superseded.LESSON_IS_OFF
    if lesson.starts_at != told[0].starts_at:
        return Superseded.LESSON_HAS_ANOTHER_TIME
    return Superseded.LESSON_HAS_BEGUN if lesson.starts_at <= now else None


def _are_credits_left(message: Message, now: datetime) -> bool:
    """Whether the recipient still has any of the credits of which they are told that these end."""
    valid_until = values_from_json(message.values)["valid_until"]
    assert isinstance(valid_until, datetime), "it names an instant"
    if valid_until <= now:
        return False
    expires_on = today_in(school=message.school, now=valid_until)
    return bool(find_endings(school=message.school, student_ids=[message.recipient_id], expires_on=expires_on))


def is_for_who_left(message: Message) -> bool:
    """Whether a message goes to its recipient although they left: not on a device, whose links lead nowhere now.

    It was written while they were there, or later in spite of it (`announce`).
    """
    return message.channel != Channel.PUSH and template_of(message).after_leaving is not AfterLeaving.NEVER
