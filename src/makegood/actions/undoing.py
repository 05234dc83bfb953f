"""What undoing an answer has in common: for how long, by whom, what is refused and how. Shared by the verbs.

An answer that is undone was given all the same: its record stays, and what it ended waits again as new rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils.translation import gettext_noop

from makegood.actions.availability_changes import TeacherNotFound
from makegood.actions.booking_steps import UNDO_WITHIN, StudentNotFound
from makegood.domain.ledger.credits import NotEnoughCredits
from makegood.domain.lessons.coming_back import StudentLeftSince, TeacherLeftSince
from makegood.domain.lessons.operations import TimeTakenSince
from makegood.domain.lessons.time_checks import SlotTaken, StudentDoubleBooked
from makegood.refusal import Refusal


class AnswerNotYours(Refusal):
    """Somebody else gave the answer."""

    code = "answer_not_yours"
    sentence = gettext_noop("Somebody else answered this, so only they can undo it. Nothing was changed.")


class AnswerUndoTooLate(Refusal):
    """The minutes are over, or something came of the answer, or it was undone already."""

    code = "undo_answer_too_late"
    sentence = gettext_noop(
        "This answer cannot be undone any more: that is for the first 5 minutes, once, while nothing else happened. "
        "Nothing was changed. Look at where it stands now."
    )


class CreditsSpentSince(Refusal):
    """What was refused gave its lesson credits back, and they were used for something else."""

    code = "credits_spent_since"
    sentence = gettext_noop(
        "The student got the lesson credits back and used them since, so this cannot be undone. Nothing was changed."
    )


class AnswerUsedTheLesson(Refusal):
    """An approved move after the free time: one lesson is used and paid, and another one is booked."""

    code = "answer_used_the_lesson"
    sentence = gettext_noop(
        "It was too late to move this free of charge, so the old lesson is used and another one is booked. That is not "
        "undone in one step. Nothing was changed. Cancel the new lesson for the student, and ask a reviewer about the "
        "old one."
    )


def end_of_undo(*, answered_at: datetime, waits_until: datetime, now: datetime) -> datetime | None:
    """Until when an answer can be undone, None when it no longer can.

    The undo minutes, their last instant included; and not beyond the time until which an answer was waited for.
    """
    if now > answered_at + UNDO_WITHIN or now >= waits_until:
        return None
    return min(answered_at + UNDO_WITHIN, waits_until)


@contextmanager
def saying_what_came_since() -> Iterator[None]:
    """Say of what cannot be undone what came in between.

    Raises TimeTakenSince, TeacherLeftSince, StudentLeftSince, CreditsSpentSince.
    """
    try:
        yield
    except (SlotTaken, StudentDoubleBooked) as error:
        raise TimeTakenSince from error
    except TeacherNotFound as error:
        raise TeacherLeftSince from error
    except StudentNotFound as error:
        raise StudentLeftSince from error
    except NotEnoughCredits as error:
        raise CreditsSpentSince from error
