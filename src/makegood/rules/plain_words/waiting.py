"""How long people wait: for each other, and for what becomes of a lesson that nobody told about."""

from __future__ import annotations

from makegood.rules.plain_words.durations import say_count, say_minutes
from makegood.rules.plain_words.shapes import Line, Section, bullets
from makegood.rules.policy import Policy
from makegood.rules.sentences import Sentence, Wording, gettext_noop


def write_waiting(policy: Policy) -> Section:
    """From when one is late, how long one waits, and until when one can say what happened.

    Published rules say at most what being late costs, and from when; the rest is our own reading.
    """
    marked = bool(policy.source)
    lines = (
        Line(_say_late(policy), marked and not policy.late.source),
        Line(_say_wait(policy), marked),
        Line(_say_confirming(policy), marked),
    )
    return Section(
        code="waiting",
        heading=Sentence(gettext_noop("When somebody is late or does not come")),
        parts=(bullets(lines),),
    )


def _say_late(policy: Policy) -> Sentence:
    return say_count(
        Wording(
            gettext_noop("Who comes {count} minute after the start or later is late."),
            gettext_noop("Who comes {count} minutes after the start or later is late."),
        ),
        policy.waiting.late_minutes,
    )


def _say_wait(policy: Policy) -> Sentence:
    return say_count(
        Wording(
            gettext_noop(
                "Wait {count} minute for the other, or a third of the lesson where that is shorter; then say that "
                "nobody came."
            ),
            gettext_noop(
                "Wait {count} minutes for the other, or a third of the lesson where that is shorter; then say that "
                "nobody came."
            ),
        ),
        policy.waiting.wait_minutes,
    )


def _say_confirming(policy: Policy) -> Sentence:
    if not policy.waiting.confirm_minutes:
        return Sentence(gettext_noop("What the lesson's page saw is recorded as soon as the lesson is over."))
    return say_minutes(
        policy.waiting.confirm_minutes,
        in_hours=Wording(
            gettext_noop(
                "For {count} hour after the lesson's end you can say what happened. Then what its page saw is recorded."
            ),
            gettext_noop(
                "For {count} hours after the lesson's end you can say what happened. Then what its page saw is "
                "recorded."
            ),
        ),
        in_minutes=Wording(
            gettext_noop(
                "For {count} minute after the lesson's end you can say what happened. Then what its page saw is "
                "recorded."
            ),
            gettext_noop(
                "For {count} minutes after the lesson's end you can say what happened. Then what its page saw is "
                "recorded."
            ),
        ),
    )
