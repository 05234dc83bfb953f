"""How long after a lesson's start something was reported, in the units people use.

What is stored is one sentence with whole minutes, so that an assessment stays what it is; who reads it reads hours and
minutes from an hour on.
"""

from __future__ import annotations

from typing import Final

from makegood.rules.facts import Band
from makegood.rules.sentences import Sentence, gettext_noop

_HOUR: Final = 60


# For one minute, for several, and how it reads from an hour on.
AFTER_THE_START: Final = {
    Band.ADVANCE_NOTICE: (
        gettext_noop("Reported {minutes} minute after the start. Advance notice costs {amount}."),
        gettext_noop("Reported {minutes} minutes after the start. Advance notice costs {amount}."),
        gettext_noop("Reported {hours} h {minutes} min after the start. Advance notice costs {amount}."),
    ),
    Band.WITH_NOTICE: (
        gettext_noop("Reported {minutes} minute after the start. With notice costs {amount}."),
        gettext_noop("Reported {minutes} minutes after the start. With notice costs {amount}."),
        gettext_noop("Reported {hours} h {minutes} min after the start. With notice costs {amount}."),
    ),
    Band.WITHOUT_NOTICE: (
        gettext_noop("Reported {minutes} minute after the start. Without notice costs {amount}."),
        gettext_noop("Reported {minutes} minutes after the start. Without notice costs {amount}."),
        gettext_noop("Reported {hours} h {minutes} min after the start. Without notice costs {amount}."),
    ),
    Band.IN_TIME_TROUBLE: (
        gettext_noop("Reported {minutes} minute after the start. Trouble in lesson time costs {amount}."),
        gettext_noop("Reported {minutes} minutes after the start. Trouble in lesson time costs {amount}."),
        gettext_noop("Reported {hours} h {minutes} min after the start. Trouble in lesson time costs {amount}."),
    ),
}
_IN_HOURS: Final = {several: longer for _one, several, longer in AFTER_THE_START.values()}


def in_hours(sentence: Sentence) -> Sentence:
    """The sentence as it reads: an hour and more after the start in hours and minutes, any other as it is."""
    text = _IN_HOURS.get(sentence.plural or "")
    minutes = sentence.values.get("minutes")
    if text is None or not isinstance(minutes, int) or minutes < _HOUR:
        return sentence
    return Sentence(text, {**sentence.values, "hours": minutes // _HOUR, "minutes": minutes % _HOUR})
