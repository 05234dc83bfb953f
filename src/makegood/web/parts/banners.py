"""What holds for a teacher now, above the dashboard and the calendar: what it is, and what is still possible."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from makegood.domain.people.models import Membership
from makegood.reports.cases import ConsequenceView, list_live_consequences
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
# What keeps everybody from booking the teacher, and what matters to new students alone.
_CLOSES: Final = frozenset({ConsequenceKind.PAUSE_ACCOUNT, ConsequenceKind.HOLD_SCHEDULE})
_OF_BOOKINGS: Final = _CLOSES | {ConsequenceKind.PAUSE_MATCHING, ConsequenceKind.DEPRIORITIZE}
# To the teacher, where the refusal itself speaks to whoever books them.
TAKES_NO_BOOKINGS: Final = _("You take no bookings at this time. Your student was not asked. Choose another time.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """What holds, the case that it follows from, and what is still possible, or nothing.

    `is_own`: told to the teacher, not to the desk. `is_about_cases`: proof for any of the teacher's cases may matter.
    `answer_on_lesson_id`: the lesson on whose page the teacher may say what happened, which ends it.
    """

    words: Sentence
    reference: str
    still: str
    is_own: bool
    is_about_cases: bool
    answer_on_lesson_id: int | None


def make_banner(consequence: ConsequenceView, *, is_own: bool = True) -> Banner:
    """The banner of something that holds now."""
    is_held = consequence.kind is ConsequenceKind.HOLD_SCHEDULE
    return Banner(
        words=consequence_words(consequence.kind, ends_at=consequence.ends_at, is_own=is_own),
        reference=consequence.reference,
        still=str(_STILL.get(consequence.kind, "")) if is_own else "",
        is_own=is_own,
        is_about_cases=is_own and not is_held,
        answer_on_lesson_id=consequence.lesson_id if is_own and is_held else None,
    )


def list_banners(*, teacher: Membership, now: datetime, is_own: bool) -> Sequence[Banner]:
    """What above a calendar says how the teacher can be booked now. One statement."""
    return [make_banner(one, is_own=is_own) for one in _list_live(teacher, now, _OF_BOOKINGS)]


def tell_closed(*, teacher: Membership, now: datetime) -> Mapping[str, Any]:
    """What stands before a form in which a teacher asks for a time, as context of a page. One statement.

    `banners`: what keeps the teacher from being booked now; `closed_until`: when all of it ends, None: nobody knows.
    """
    live = _list_live(teacher, now, _CLOSES)
    ends = [one.ends_at for one in live if one.ends_at is not None]
    return {
        "banners": [make_banner(one) for one in live],
        "closed_until": max(ends) if live and len(ends) == len(live) else None,
    }


def _list_live(teacher: Membership, now: datetime, kinds: Collection[ConsequenceKind]) -> Sequence[ConsequenceView]:
    live = list_live_consequences(school_id=teacher.school_id, teacher_id=teacher.pk, now=now)
    return [one for one in live if one.kind in kinds]
