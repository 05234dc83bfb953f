"""Where a message leads."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.urls import reverse

from makegood.domain.notifications import occurrences
from makegood.domain.notifications.catalog import TEMPLATES
from makegood.domain.notifications.kinds import LESSON_PAGE_OF_SIDE, PAGE_OF_SIDE, MessageKind, Side
from makegood.domain.notifications.models import Message
from makegood.domain.schools.models import School


def page_of(message: Message) -> str:
    """The address where the recipient sees more, on the configured host. The page asks them to sign in."""
    own = find_own_page(message)
    return own or _address(PAGE_OF_SIDE[Side(message.values["side"])], message.school)


def find_own_page(message: Message) -> str:
    """The page of what the message is about, its lesson or case; "" where only a list would show it."""
    template = TEMPLATES[MessageKind(message.kind)]
    if template.page.endswith(":case"):
        return _address(template.page, message.school, reference=str(message.values["reference"]))
    if template.page:
        return _address(template.page, message.school)
    if not template.has_lesson_page or occurrences.SERIES in message.values or "lesson" not in message.values:
        return ""
    return lesson_page(
        school=message.school, side=Side(message.values["side"]), lesson_id=int(message.values["lesson"])
    )


def event_page(message: Message, *, lesson_id: int) -> str:
    """Where a calendar's event of the lesson leads, which is one of several where the message is about a series."""
    template = TEMPLATES[MessageKind(message.kind)]
    side = message.values.get("side")
    if side is None or not template.has_lesson_page:
        return page_of(message)
    return lesson_page(school=message.school, side=Side(side), lesson_id=lesson_id)


def lesson_page(*, school: School, side: Side, lesson_id: int) -> str:
    """The page of the lesson for one side of it."""
    return _address(LESSON_PAGE_OF_SIDE[side], school, lesson_id=lesson_id)


def calendar_page(message: Message) -> str:
    """Where the recipient gets the address of their calendar."""
    return _address("notifications", message.school) + "#calendar"


def links_to_change(message: Message) -> Mapping[str, str]:
    """The pages on which the student moves or cancels the one lesson of a message, as values of texts."""
    if message.values.get("side") != Side.STUDENT or "lesson" not in message.values:
        return {}
    lesson_id = int(message.values["lesson"])
    return {
        "move_link": _address("student:reschedule", message.school, lesson_id=lesson_id),
        "cancel_link": _address("student:cancel_lesson", message.school, lesson_id=lesson_id),
    }


def _address(page: str, school: School, **place: int | str) -> str:
    return settings.ADDRESS + reverse(page, kwargs={"school": school.slug, **place})
