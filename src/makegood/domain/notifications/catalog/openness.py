"""What teachers are told of how far ahead they are open, and of what follows when that is too little."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_noop

from makegood.domain.notifications.kinds import MessageKind, Template
from makegood.domain.notifications.leaving import AfterLeaving
from makegood.domain.notifications.models import Topic

_PAGE: Final = "teacher:availability"
_STAYS: Final = gettext_noop("Your students can still book you, and what is booked stays booked.")

OPENNESS: Final[Mapping[MessageKind, Template]] = {
    MessageKind.AVAILABILITY_RUNS_OUT: Template(
        gettext_noop("Your availability ends on {until_on}"),
        (
            gettext_noop(
                "Your Teaching Calendar is filled until {until_on}. Students cannot book you after that day, "
                "so please set the next weeks."
            ),
            gettext_noop(
                "If nothing is set by then, matching pauses from {pauses_on} to {resumes_on}: new students cannot "
                "book you."
            ),
        ),
        page=_PAGE,
        topic=Topic.AVAILABILITY,
        after_leaving=AfterLeaving.NEVER,
    ),
    MessageKind.AVAILABILITY_TOO_SHORT: Template(
        gettext_noop("Open more of your calendar before {pauses_at}, or matching pauses"),
        (
            gettext_noop(
                "Too little of your Teaching Calendar is open: each week up to {needed_days} days ahead needs some "
                "open time."
            ),
            gettext_noop(
                "If it stays so, matching pauses on {pauses_at}: new students then cannot book you until "
                "{paused_until}. One open time in each of these weeks is enough to prevent it."
            ),
            _STAYS,
        ),
        page=_PAGE,
        topic=Topic.AVAILABILITY,
        after_leaving=AfterLeaving.NEVER,
    ),
    MessageKind.MATCHING_PAUSED: Template(
        gettext_noop("Matching pauses until {paused_until}"),
        (
            gettext_noop(
                "Some week up to {needed_days} days ahead has had no open time since we warned you on {warned_at}. "
                "So new students cannot book you until {paused_until}."
            ),
            _STAYS,
            gettext_noop(
                "If there was a good reason, tell the scheduling desk, which can end the pause: {desk_email}, "
                "{desk_phone}."
            ),
        ),
        page=_PAGE,
        topic=Topic.AVAILABILITY,
        after_leaving=AfterLeaving.NEVER,
    ),
    MessageKind.MATCHING_PAUSE_LIFTED: Template(
        gettext_noop("New students can book you again"),
        (
            gettext_noop(
                "The scheduling desk ended the pause of matching that would have lasted until {paused_until}."
            ),
            gettext_noop("The reason given: {reason}"),
        ),
        page=_PAGE,
        topic=Topic.AVAILABILITY,
        after_leaving=AfterLeaving.NEVER,
    ),
}
