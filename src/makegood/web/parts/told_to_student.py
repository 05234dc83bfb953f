"""What the page of a lesson says to its student, who is "you" there; what they deny is no fact to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from makegood.rules.facts import Kind, RequestedBy
from makegood.web.parts.words import happened_words

_BY_YOU: Final[Mapping[Kind, Promise]] = {
    Kind.CANCELLED: _("Cancelled at your wish"),
    Kind.RESCHEDULED: _("Moved because you asked"),
    Kind.NO_SHOW: _("You were not there"),
    Kind.CUT_SHORT: _("Ended early by you"),
    Kind.LATE: _("Started late because of you"),
}
SENTENCES: Final[Mapping[EventKind, str]] = {
    EventKind.PROPOSAL_ACCEPTED: gettext_noop("You accepted the proposal."),
    EventKind.CANCELLED_FOR_STUDENT: gettext_noop("Cancelled for you. How you asked, as it was recorded: {asked_by}."),
    EventKind.CANCELLED_FOR_SCHOOL: gettext_noop(
        "Cancelled for the school. You have the lesson back, and nothing is counted."
    ),
    EventKind.CANCELLED_BY_STUDENT: gettext_noop("Cancelled by you in time. The lesson is free."),
    EventKind.CANCELLED_LATE_BY_STUDENT: gettext_noop(
        "Cancelled by you after the free time. The lesson is used and the teacher is paid."
    ),
    EventKind.NOT_ASKED: gettext_noop("You said: I did not ask for this."),
    EventKind.NOT_AGREED: gettext_noop("You said: I did not agree to this move."),
    EventKind.CANCELLATION_CORRECTED: gettext_noop(
        "Corrected by the scheduling desk: you had not asked, so the teacher cancelled the lesson."
    ),
    EventKind.MOVED_BY_STUDENT: gettext_noop("Moved by you from {former_starts_at} to {starts_at}."),
    EventKind.MOVED_FOR_STUDENT: gettext_noop(
        "Moved for you from {former_starts_at} to {starts_at}. How you asked, as it was recorded: {asked_by}."
    ),
    EventKind.MOVED_FOR_TEACHER: gettext_noop(
        "Moved for the teacher from {former_starts_at} to {starts_at}. How you agreed, as it was recorded: {asked_by}."
    ),
    EventKind.MOVED_FOR_SCHOOL: gettext_noop(
        "Moved for the school from {former_starts_at} to {starts_at}. How you agreed, as it was recorded: {asked_by}."
    ),
    EventKind.MOVE_REQUESTED: gettext_noop(
        "You want to move it from {former_starts_at} to {starts_at}. The school has until {until}."
    ),
    EventKind.MOVE_APPROVED: gettext_noop(
        "The school approved what you wanted: from {former_starts_at} to {starts_at}."
    ),
    EventKind.MOVE_AGREED: gettext_noop("You agreed: moved from {former_starts_at} to {starts_at}."),
    EventKind.MOVE_REFUSED: gettext_noop("You keep the time {former_starts_at}."),
    EventKind.MOVE_WITHDRAWN: gettext_noop("You no longer ask for another time. It stays at {former_starts_at}."),
}
DENIED: Final[Mapping[EventKind, str]] = {
    EventKind.CANCELLED_FOR_STUDENT: gettext_noop(
        "Cancelled for you. It was recorded that you asked {asked_by}; you say that you did not."
    ),
    EventKind.MOVED_FOR_STUDENT: gettext_noop(
        "Moved for you from {former_starts_at} to {starts_at}. It was recorded that you asked {asked_by}; you say that "
        "you did not."
    ),
    EventKind.MOVED_FOR_TEACHER: gettext_noop(
        "Moved for the teacher from {former_starts_at} to {starts_at}. It was recorded that you agreed {asked_by}; you "
        "say that you did not."
    ),
    EventKind.MOVED_FOR_SCHOOL: gettext_noop(
        "Moved for the school from {former_starts_at} to {starts_at}. It was recorded that you agreed {asked_by}; you "
        "say that you did not."
    ),
}
# What a denial is about: the last of these before it.
_DENIES: Final = {
    EventKind.NOT_ASKED: {EventKind.CANCELLED_FOR_STUDENT},
    EventKind.NOT_AGREED: DENIED.keys() - {EventKind.CANCELLED_FOR_STUDENT},
}


def what_happened(kind: Kind, requested_by: RequestedBy, *, is_used: bool, is_disputed: bool) -> str:
    """What is on record of the lesson, in the student's language; `is_disputed`: they say that they did not ask."""
    if requested_by is not RequestedBy.STUDENT:
        return happened_words(kind, requested_by, is_used=is_used)
    if is_disputed:
        return gettext("Cancelled, and disputed")
    if is_used and kind is Kind.CANCELLED:
        return gettext("Cancelled late by you")
    return str(_BY_YOU[kind])


def find_denied(events: Sequence[Event]) -> frozenset[int]:
    """The ids of what the student denies; the events by time."""
    found = set()
    for place, event in enumerate(events):
        denied = _DENIES.get(EventKind(event.kind), set())
        before = [one.pk for one in events[:place] if one.kind in denied]
        found.update(before[-1:])
    return frozenset(found)


def is_disputed(events: Sequence[Event]) -> bool:
    """Whether the student said that they did not ask, and nobody at the desk has answered; the events by time."""
    told = [event.kind for event in events if event.kind in {EventKind.NOT_ASKED, EventKind.DESK_CASE_ENDED}]
    return bool(told) and told[-1] == EventKind.NOT_ASKED
