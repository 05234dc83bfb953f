"""What holds for a teacher now, above the dashboard: what it is, and what is still possible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from makegood.reports.cases import ConsequenceView
from makegood.rules.facts import ConsequenceKind
from makegood.rules.sentences import Sentence
from makegood.web.parts.words import consequence_words

_STILL: Final[Mapping[ConsequenceKind, Promise]] = {
    ConsequenceKind.PAUSE_ACCOUNT: _(
        "You teach what is booked unless the scheduling desk tells you otherwise, and you can still send proof."
    ),
    ConsequenceKind.HOLD_SCHEDULE: _(
        "Say on the page of the session what happened, and it is open again at once. Or call the desk, or write to it."
    ),
    ConsequenceKind.DEPRIORITIZE: _("You keep your students and what is booked."),
    ConsequenceKind.PAUSE_MATCHING: _("You keep your students and what is booked."),
    ConsequenceKind.REVIEW_FOR_TERMINATION: _("You teach what is booked, and you can say what happened before."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """What holds, the case that it follows from, and what is still possible, or nothing.

    `is_about_cases`: proof for any of the teacher's cases may matter. `answer_on_lesson_id`: the lesson on whose page
    the teacher may say what happened, which ends it.
    """

    words: Sentence
    reference: str
    still: str
    is_about_cases: bool
    answer_on_lesson_id: int | None


def make_banner(consequence: ConsequenceView) -> Banner:
    """The banner of something that holds now."""
    is_held = consequence.kind is ConsequenceKind.HOLD_SCHEDULE
    return Banner(
        words=consequence_words(consequence.kind, ends_at=consequence.ends_at, is_own=True),
        reference=consequence.reference,
        still=str(_STILL.get(consequence.kind, "")),
        is_about_cases=not is_held,
        answer_on_lesson_id=consequence.lesson_id if is_held else None,
    )
