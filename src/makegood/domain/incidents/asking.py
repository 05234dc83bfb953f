"""How a student asked a teacher to cancel, or the desk to cancel or move; or agreed to it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_noop

from makegood.refusal import Refusal

REASON: Final = "student_asked"


class AskedWay(StrEnum):
    """How the student told whoever acts for them. OBJECTION: they denied a move, and it is moved back."""

    EMAIL = "email"
    CHAT = "chat"
    IN_LESSON = "in_lesson"
    PHONE = "phone"
    OBJECTION = "objection"
    OTHER = "other"


# Shown inside sentences, so each is a word of ours that the catalogs translate.
ASKED_WORDS: Final[Mapping[AskedWay, str]] = {
    AskedWay.EMAIL: gettext_noop("by e-mail"),
    AskedWay.CHAT: gettext_noop("in the chat"),
    AskedWay.IN_LESSON: gettext_noop("in a session"),
    AskedWay.PHONE: gettext_noop("by phone"),
    AskedWay.OBJECTION: gettext_noop("by objecting to the move before"),
    AskedWay.OTHER: gettext_noop("in another way"),
}


class HowNotSaid(Refusal):
    """Whoever cancels did not say how the student asked."""

    code = "how_not_said"
    sentence = gettext_noop("Choose how the student told you.")
    field = "asked"


def read_asked(code: str) -> AskedWay:
    """The way of that code. Raises HowNotSaid."""
    try:
        return AskedWay(code)
    except ValueError:
        raise HowNotSaid from None
