"""What kinds of lessons are called, for a reader."""

from __future__ import annotations

from django.utils.translation import gettext

from makegood.domain.lessons.offering import FIRST_NAMES


def show_kind(name: str) -> str:
    """The name of a kind of lesson. Those that every school starts with are translated; a school's own are its words.

    A booked lesson keeps just the name, so one that a school wrote itself and that is the same word is translated, too.
    """
    return gettext(name) if name in FIRST_NAMES else name
