"""Whether what a message tells is still so when it is about to leave the house."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from makegood.domain.lessons.queries import find_lesson
from makegood.domain.lessons.statuses import OPEN
from makegood.domain.notifications import occurrences
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import template_of


class Superseded(StrEnum):
    """Why a message was dropped."""

    LESSON_IS_OFF = "lesson_is_off"
    LESSON_HAS_ANOTHER_TIME = "lesson_has_another_time"
    LESSON_HAS_BEGUN = "lesson_has_begun"


def find_reason_to_drop(*, message: Message, now: datetime) -> Superseded | None:
    """Why a message that holds only while its lesson is ahead as it was, must not be sent; None: it may be."""
    told = occurrences.read(message.values)
    if not template_of(message).is_while_open or not told:
        return None
    lesson = find_lesson(school_id=message.school_id, lesson_id=told[0].lesson_id)
    if lesson is None or lesson.status not in OPEN:
        return Superseded.LESSON_IS_OFF
    if lesson.starts_at != told[0].starts_at:
        return Superseded.LESSON_HAS_ANOTHER_TIME
    return Superseded.LESSON_HAS_BEGUN if lesson.starts_at <= now else None
