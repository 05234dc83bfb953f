"""What happened, as an entry of a timeline (`parts/timeline.html`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from makegood.domain.timeline.kinds import SENTENCES, EventKind
from makegood.domain.timeline.models import Event
from makegood.rules.sentences import Sentence
from makegood.rules.storing import values_from_json
from makegood.web.parts import components as c

# The words where there is no price, in a school without money.
_WITHOUT_PRICE: Final = {
    EventKind.EMERGENCY_REPORTED: gettext_noop("Emergency reported."),
    EventKind.INCIDENT_DECIDED: gettext_noop("Decision: {decision}."),
}
# The words for both sides of a lesson: what it costs the teacher is no business of the student's.
_FOR_BOTH_SIDES: Final = {EventKind.EMERGENCY_REPORTED: gettext_noop("The teacher reported that it cannot be taught.")}
_NOTHING: Final[Mapping[EventKind, str]] = {}
_REASONED: Final = frozenset(
    {
        EventKind.INCIDENT_DECIDED,
        EventKind.CANCELLED_FOR_SCHOOL,
        EventKind.CANCELLATION_CORRECTED,
        EventKind.MOVED_FOR_STUDENT,
        EventKind.MOVED_FOR_TEACHER,
        EventKind.MOVED_FOR_SCHOOL,
        EventKind.DESK_CASE_ENDED,
    }
)
# Words of ours inside a sentence, as `domain.notifications.texts` translates them for messages.
_TRANSLATED: Final = ("decision", "asked_by", "outcome")


def make_moment(event: Event, *, for_both_sides: bool = False, words: Mapping[EventKind, str] = _NOTHING) -> c.Moment:
    """The entry, with the reason where people read it and with who did it; `for_both_sides` leaves prices out.

    `words` are what this reader is told instead of the usual sentences.
    """
    kind = EventKind(event.kind)
    values = values_from_json(event.values)
    text = SENTENCES[kind]
    if "amount" not in values:
        text = _WITHOUT_PRICE.get(kind, text)
    if for_both_sides:
        text = _FOR_BOTH_SIDES.get(kind, text)
    text = words.get(kind, text)
    values |= {name: _(str(values[name])) for name in _TRANSLATED if name in values}
    reason = event.reason if kind in _REASONED else ""
    return c.Moment(
        at=event.at,
        title=Sentence(text, values),
        text=Sentence("{reason}", {"reason": reason}) if reason else "",
        by=actor_of(event),
    )


def actor_of(event: Event) -> str:
    """Who did it, nothing for the product itself."""
    return event.actor.full_name if event.actor is not None else ""
