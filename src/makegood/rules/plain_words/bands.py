"""The bands of notice: their names, and from when to when a report falls into each."""

from __future__ import annotations

from typing import Final

from makegood.rules.facts import Band
from makegood.rules.plain_words.durations import say_count, say_minutes
from makegood.rules.policy import Policy
from makegood.rules.sentences import Sentence, Wording, gettext_noop
from makegood.rules.settings.pricing import Measure, Notice

_TITLES: Final = {
    Band.ADVANCE_NOTICE: gettext_noop("Advance notice"),
    Band.WITH_NOTICE: gettext_noop("With notice"),
    Band.WITHOUT_NOTICE: gettext_noop("Without notice"),
    Band.IN_TIME_TROUBLE: gettext_noop("Trouble during the lesson, reported in time"),
}
_HOURS_OR_MORE = Wording(
    gettext_noop("You tell us {count} hour or more before the start."),
    gettext_noop("You tell us {count} hours or more before the start."),
)
_MINUTES_OR_MORE = Wording(
    gettext_noop("You tell us {count} minute or more before the start."),
    gettext_noop("You tell us {count} minutes or more before the start."),
)
_HOURS_OR_LESS = Wording(
    gettext_noop("You tell us before the start, but less than {count} hour before."),
    gettext_noop("You tell us before the start, but less than {count} hours before."),
)
_MINUTES_OR_LESS = Wording(
    gettext_noop("You tell us before the start, but less than {count} minute before."),
    gettext_noop("You tell us before the start, but less than {count} minutes before."),
)
_DAYS_OR_MORE = Wording(
    gettext_noop("You tell us {count} day or more before the lesson's date."),
    gettext_noop("You tell us {count} days or more before the lesson's date."),
)


def say_band(band: Band) -> Sentence:
    """The band's name."""
    return Sentence(_TITLES[band])


def list_priced_bands(policy: Policy) -> tuple[Band, ...]:
    """The bands that have a rate, from the mildest to the hardest."""
    return tuple(rate.band for rate in policy.charge.rates) if policy.charge else ()


def say_when(policy: Policy, band: Band) -> tuple[Sentence, ...]:
    """When a report falls into the band."""
    notice = policy.notice
    if notice is None:
        return ()
    sentences = list(_say_marks(notice, band))
    if notice.at_or_after_start is band and notice.never is band:
        sentences.append(Sentence(gettext_noop("You tell us at the lesson's start or later, or not at all.")))
    elif notice.at_or_after_start is band:
        sentences.append(Sentence(gettext_noop("You tell us at the lesson's start or later.")))
    elif notice.never is band:
        sentences.append(Sentence(gettext_noop("You never tell us.")))
    if policy.begun.too_little_band is band and policy.begun.enough_minutes:
        sentences.append(
            say_count(
                Wording(
                    gettext_noop(
                        "Or the lesson stops before {count} minute is taught and you do not tell us before its end."
                    ),
                    gettext_noop(
                        "Or the lesson stops before {count} minutes are taught and you do not tell us before its end."
                    ),
                ),
                policy.begun.enough_minutes,
            )
        )
    return tuple(sentences)


def _say_marks(notice: Notice, band: Band) -> tuple[Sentence, ...]:
    said = []
    for position, mark in enumerate(notice.bands):
        if mark.band is not band:
            continue
        longer = notice.bands[position - 1] if position else None
        if notice.measure is Measure.CALENDAR_DAYS and mark.from_days:
            said.append(say_count(_DAYS_OR_MORE, mark.from_days))
        elif mark.from_minutes:
            said.append(say_minutes(mark.from_minutes, in_hours=_HOURS_OR_MORE, in_minutes=_MINUTES_OR_MORE))
        elif longer is not None and longer.from_minutes:
            said.append(say_minutes(longer.from_minutes, in_hours=_HOURS_OR_LESS, in_minutes=_MINUTES_OR_LESS))
        else:
            said.append(Sentence(gettext_noop("You tell us later than that, but before the start.")))
    return tuple(said)
