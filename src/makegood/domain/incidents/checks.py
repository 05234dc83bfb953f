"""What a person typed about an incident, checked; each refusal names the field."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.utils.translation import gettext_noop

from makegood.database.texts import can_be_stored
from makegood.domain.incidents.situations import Situation
from makegood.refusal import Refusal

NOTE_LENGTH: Final = 2000


class NoSituation(Refusal):
    """The situation is missing or unknown."""

    code = "no_situation"
    sentence = gettext_noop("Choose what is happening.")
    field = "situation"


class UnknownReason(Refusal):
    """The reason is not in the policy's catalog."""

    code = "unknown_reason"
    sentence = gettext_noop("This reason is not on the list. Choose one from the list, or leave it empty.")
    field = "reason"


class NoteTooLong(Refusal):
    """The note does not fit."""

    code = "note_too_long"
    sentence = gettext_noop("The note has {length} characters. The most is {longest}. Shorten it and try again.")
    field = "note"


class NoteUnreadable(Refusal):
    """The note has a character that cannot be stored."""

    code = "note_unreadable"
    sentence = gettext_noop("The note contains a character that cannot be stored. Type it again instead of pasting it.")
    field = "note"


class NoDecisionReason(Refusal):
    """A decision needs a reason."""

    code = "no_decision_reason"
    sentence = gettext_noop("Say why you decide this. The teacher will read it.")
    field = "reason"


def read_situation(number: object) -> Situation:
    """The situation with this number. Raises NoSituation."""
    try:
        return Situation(int(str(number)))
    except ValueError as error:
        raise NoSituation from error


def check_reason(reason: str, *, known: Collection[str]) -> str:
    """The reason's code; empty is none given. Raises UnknownReason."""
    if reason and reason not in known:
        raise UnknownReason
    return reason


def check_note(note: str) -> str:
    """The note without surrounding spaces. Raises NoteTooLong, NoteUnreadable (NUL, lone surrogates)."""
    note = note.strip()
    if len(note) > NOTE_LENGTH:
        raise NoteTooLong(length=len(note), longest=NOTE_LENGTH)
    if not can_be_stored(note):
        raise NoteUnreadable
    return note


def check_decision_reason(reason: str) -> str:
    """The reason of a decision. Raises NoDecisionReason when it is empty, NoteTooLong, NoteUnreadable."""
    reason = check_note(reason)
    if not reason:
        raise NoDecisionReason
    return reason
