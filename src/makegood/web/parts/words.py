"""The words for codes that pages show: what happened, bands, decisions, consequences and the doors of a school."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from makegood.domain.timeline.doors import Door
from makegood.rules.facts import Band, ConsequenceKind, Decision, Kind, RequestedBy
from makegood.rules.policy import Policy
from makegood.rules.sentences import Sentence

BANDS: Final[Mapping[Band, Promise]] = {
    Band.ADVANCE_NOTICE: _("Advance notice"),
    Band.WITH_NOTICE: _("With notice"),
    Band.WITHOUT_NOTICE: _("Without notice"),
    Band.IN_TIME_TROUBLE: _("Trouble told in time"),
}
KINDS: Final[Mapping[Kind, Promise]] = {
    Kind.CANCELLED: _("Could not be taught"),
    Kind.RESCHEDULED: _("Moved by the teacher"),
    Kind.NO_SHOW: _("Teacher was not there"),
    Kind.CUT_SHORT: _("Ended early"),
    Kind.LATE: _("Started late"),
}
# Not the teacher's doing; who is answerable for it is part of the words.
_BY_OTHERS: Final[Mapping[tuple[Kind, RequestedBy], Promise]] = {
    (Kind.CANCELLED, RequestedBy.STUDENT): _("Cancelled at the student's wish"),
    (Kind.CANCELLED, RequestedBy.COMPANY): _("Cancelled by the school"),
    (Kind.CANCELLED, RequestedBy.PLATFORM): _("Cancelled because the website failed"),
    (Kind.RESCHEDULED, RequestedBy.STUDENT): _("Moved because the student asked"),
    (Kind.RESCHEDULED, RequestedBy.COMPANY): _("Moved by the school"),
    (Kind.RESCHEDULED, RequestedBy.PLATFORM): _("Moved because the website failed"),
    (Kind.NO_SHOW, RequestedBy.STUDENT): _("Student was not there"),
    (Kind.NO_SHOW, RequestedBy.COMPANY): _("Did not take place because of the school"),
    (Kind.NO_SHOW, RequestedBy.PLATFORM): _("Did not take place because the website failed"),
    (Kind.CUT_SHORT, RequestedBy.STUDENT): _("Ended early by the student"),
    (Kind.CUT_SHORT, RequestedBy.COMPANY): _("Ended early by the school"),
    (Kind.CUT_SHORT, RequestedBy.PLATFORM): _("Ended early because the website failed"),
    (Kind.LATE, RequestedBy.STUDENT): _("Started late because of the student"),
    (Kind.LATE, RequestedBy.COMPANY): _("Started late because of the school"),
    (Kind.LATE, RequestedBy.PLATFORM): _("Started late because the website failed"),
}
DECISIONS: Final[Mapping[Decision, Promise]] = {
    Decision.UPHELD: pgettext_lazy("decision", "Kept"),
    Decision.REDUCED: pgettext_lazy("decision", "Reduced"),
    Decision.WAIVED: pgettext_lazy("decision", "Waived"),
    Decision.VOIDED: pgettext_lazy("decision", "Voided"),
}
DOORS: Final[Mapping[Door, Promise]] = {
    Door.WEB: _("On this website"),
    Door.IMPORT: _("Imported from a file"),
    Door.COMMAND: _("By a command"),
    Door.API: _("By another system"),
    Door.PHONE: _("By phone"),
    Door.CHAT: _("In live chat"),
    Door.EMAIL: _("By e-mail"),
    Door.SMS: _("By text message"),
    Door.JOB: _("By the system itself"),
}
WITHDRAWN: Final = pgettext_lazy("state of a case", "Withdrawn")
OPEN: Final = pgettext_lazy("state of a case", "Open")

_UNTIL: Final = {
    ConsequenceKind.PAUSE_ACCOUNT: gettext_noop("Account paused until {until}: no new bookings in that time."),
    ConsequenceKind.HOLD_SCHEDULE: gettext_noop("Schedule closed for new bookings until {until}."),
    ConsequenceKind.DEPRIORITIZE: gettext_noop("New students are proposed to other teachers first, until {until}."),
    ConsequenceKind.PAUSE_MATCHING: gettext_noop("No new students are proposed until {until}."),
    ConsequenceKind.REMATCH_STUDENT: gettext_noop("The student is matched with another teacher, until {until}."),
    ConsequenceKind.WARN: gettext_noop("A warning that stands until {until}."),
    ConsequenceKind.REVIEW_FOR_TERMINATION: gettext_noop(
        "A person talks with the teacher about the agreement, by {until}."
    ),
}
_OPEN_END: Final = {
    ConsequenceKind.PAUSE_ACCOUNT: gettext_noop("Account paused until the scheduling desk opens it again."),
    ConsequenceKind.HOLD_SCHEDULE: gettext_noop(
        "Schedule closed for new bookings until the teacher answers the scheduling desk."
    ),
    ConsequenceKind.DEPRIORITIZE: gettext_noop("New students are proposed to other teachers first."),
    ConsequenceKind.PAUSE_MATCHING: gettext_noop("No new students are proposed."),
    ConsequenceKind.REMATCH_STUDENT: gettext_noop("The student is matched with another teacher."),
    ConsequenceKind.WARN: gettext_noop("A warning."),
    ConsequenceKind.REVIEW_FOR_TERMINATION: gettext_noop("A person looks at the agreement and talks with the teacher."),
}
# To the teacher whom it is about.
_TO_THE_TEACHER: Final = {
    _OPEN_END[ConsequenceKind.HOLD_SCHEDULE]: gettext_noop(
        "Schedule closed for new bookings until you answer the scheduling desk."
    ),
    _OPEN_END[ConsequenceKind.REVIEW_FOR_TERMINATION]: gettext_noop(
        "A person of the school looks at the agreement and talks with you."
    ),
    _UNTIL[ConsequenceKind.REVIEW_FOR_TERMINATION]: gettext_noop(
        "A person of the school talks with you about the agreement, by {until}."
    ),
}


def band_words(band: Band | None) -> str:
    """The band in the reader's language, nothing for none."""
    return str(BANDS[band]) if band is not None else ""


def happened_words(kind: Kind, requested_by: RequestedBy, *, is_used: bool) -> str:
    """What happened and at whose request, in the reader's language; `is_used`: the student gave it up too late."""
    if is_used and (kind, requested_by) == (Kind.CANCELLED, RequestedBy.STUDENT):
        return gettext("Cancelled late by the student")
    return str(_BY_OTHERS.get((kind, requested_by), KINDS[kind]))


def reason_words(code: str, *, policy: Policy | None, is_own: bool) -> str:
    """The reason in the reader's language and for this reader, nothing for none; `is_own`: the teacher who gave it.

    A reason that the policy does not list stands as it was recorded.
    """
    line = policy.find_reason(code) if policy is not None and code else None
    return gettext(line.title_for(is_own=is_own)) if line is not None else code


def consequence_words(kind: ConsequenceKind, *, ends_at: datetime | None, is_own: bool = False) -> Sentence:
    """What follows, and until when (UTC); `ends_at` None: until somebody releases it; `is_own`: told to the teacher."""
    text = _OPEN_END[kind] if ends_at is None else _UNTIL[kind]
    text = _TO_THE_TEACHER.get(text, text) if is_own else text
    return Sentence(text) if ends_at is None else Sentence(text, {"until": ends_at})


def state_words(*, decision: Decision | None, is_withdrawn: bool, requested_by: RequestedBy) -> str:
    """Where a case stands, in the reader's language."""
    if is_withdrawn:
        return str(WITHDRAWN)
    if decision is not None:
        return str(DECISIONS[decision])
    return str(OPEN) if requested_by is RequestedBy.TEACHER else gettext("Counts for nothing")
