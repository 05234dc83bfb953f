"""What a count brings once it is reached, for the teacher whose count it is and for everybody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_noop

from makegood.rules.facts import ConsequenceKind
from makegood.rules.plain_words.durations import say_hours
from makegood.rules.sentences import Sentence, Wording
from makegood.rules.settings.counting import ConsequenceRule, Release

_TO_ANYBODY: Final[Mapping[ConsequenceKind, str]] = {
    ConsequenceKind.DEPRIORITIZE: gettext_noop(
        "From number {limit} on, new students are proposed to other teachers first."
    ),
    ConsequenceKind.REMATCH_STUDENT: gettext_noop("At number {limit}, the student is matched with another teacher."),
    ConsequenceKind.WARN: gettext_noop("Number {limit} brings a warning."),
}
_TO_OTHERS: Final[Mapping[ConsequenceKind, str]] = {
    **_TO_ANYBODY,
    ConsequenceKind.PAUSE_ACCOUNT: gettext_noop("Number {limit} pauses the account for new bookings."),
    ConsequenceKind.HOLD_SCHEDULE: gettext_noop("Number {limit} closes the further schedule for new bookings."),
    ConsequenceKind.PAUSE_MATCHING: gettext_noop("From number {limit} on, no new students are proposed."),
    ConsequenceKind.REVIEW_FOR_TERMINATION: gettext_noop(
        "At number {limit}, a person looks at the agreement and talks with the teacher."
    ),
}
_TO_THE_TEACHER: Final[Mapping[ConsequenceKind, str]] = {
    **_TO_ANYBODY,
    ConsequenceKind.PAUSE_ACCOUNT: gettext_noop("Number {limit} pauses your account for new bookings."),
    ConsequenceKind.HOLD_SCHEDULE: gettext_noop("Number {limit} closes your further schedule for new bookings."),
    ConsequenceKind.PAUSE_MATCHING: gettext_noop("From number {limit} on, you are not matched with new students."),
    ConsequenceKind.REVIEW_FOR_TERMINATION: gettext_noop(
        "At number {limit}, a person of the school looks at your agreement and talks with you."
    ),
}
# What is over once it happened lasts no time.
_LASTING: Final = frozenset(
    {
        ConsequenceKind.PAUSE_ACCOUNT,
        ConsequenceKind.HOLD_SCHEDULE,
        ConsequenceKind.DEPRIORITIZE,
        ConsequenceKind.PAUSE_MATCHING,
    }
)
_DAYS: Final = Wording(gettext_noop("That lasts {count} day."), gettext_noop("That lasts {count} days."))
_HOURS: Final = Wording(gettext_noop("That lasts {count} hour."), gettext_noop("That lasts {count} hours."))


def say_threshold(rule: ConsequenceRule, *, is_own: bool) -> list[Sentence]:
    """What the count of `rule` brings, and for how long; `is_own`: told to the teacher."""
    said = [Sentence((_TO_THE_TEACHER if is_own else _TO_OTHERS)[rule.kind], {"limit": rule.at_count or 0})]
    if rule.kind not in _LASTING:
        return said
    if rule.lasts_hours is not None:
        return [*said, say_hours(rule.lasts_hours, in_days=_DAYS, in_hours=_HOURS)]
    if rule.release is not Release.ANSWER:
        return [*said, Sentence(gettext_noop("That lasts until the school ends it."))]
    if is_own:
        return [*said, Sentence(gettext_noop("That lasts until you answer the scheduling desk."))]
    return [*said, Sentence(gettext_noop("That lasts until the teacher answers the scheduling desk."))]
