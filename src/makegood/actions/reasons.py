"""Why somebody does something: staff who act for others, and whoever refuses. Shared by the verbs."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop

from makegood.database.texts import can_be_stored
from makegood.refusal import Refusal

LONGEST_REASON: Final = 500


class ReasonUnreadable(Refusal):
    """The reason holds what no database keeps."""

    code = "booking_reason_unreadable"
    sentence = gettext_noop(
        "The reason contains a character that cannot be stored. Type it again instead of pasting it."
    )


class ReasonMissing(Refusal):
    """Staff and whoever refuses something say why."""

    code = "booking_reason_missing"
    sentence = gettext_noop("Say why, in at most {most} letters. Nothing was done.")


def check_reason(reason: str, *, is_needed: bool = True) -> str:
    """The reason without its margins. Raises ReasonMissing for none and for one that is too long, ReasonUnreadable."""
    cleaned = reason.strip()
    if not can_be_stored(cleaned):
        raise ReasonUnreadable
    if len(cleaned) > LONGEST_REASON or (is_needed and not cleaned):
        raise ReasonMissing(most=LONGEST_REASON)
    return cleaned
