"""What becomes of a lesson's credits when it does not go as booked, when that is taken back, and when it is decided.

One rule says whether a lesson uses its credits (D29): it does while it is to come, goes on or was taught; and when it
is off by the student's own doing and paid all the same (cancelled late, or missed). In every other case they are the
student's again. Decisions change credits only through that rule:

- *kept*, *reduced*, *waived* speak of the teacher's penalty and change nothing, whoever caused it: who is answerable
  and whether the lesson is paid for by the student stay as recorded.
- *voided* says that it never happened (D16). A student's late cancellation or absence that never happened used no
  lesson, so the credits come back. A teacher's had given them back already.
- A decision after a voided one brings the incident back, and with it the use of a student's.
- The desk on absences: *taught* uses the lesson again where an incident had given it back; *the student was absent*
  uses it; *the teacher was absent*, *cut short* and *outage* give it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.utils.translation import gettext_noop

from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.queries import find_live_of_lesson
from makegood.domain.ledger.credits import (
    NotEnoughCredits,
    count_standing_use,
    count_usable_again,
    give_back,
    has_standing_use,
    has_use,
    use,
)
from makegood.domain.ledger.periods import month_of
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.statuses import OPEN
from makegood.domain.penalties.operations import find_live
from makegood.domain.schools.models import School
from makegood.refusal import Refusal
from makegood.rules.facts import Kind, RequestedBy

_GOES_ON: Final = frozenset({*OPEN, LessonStatus.TAUGHT})
_OFF: Final = frozenset({LessonStatus.CANCELLED, LessonStatus.MISSED, LessonStatus.CUT_SHORT})


class CreditSpentSince(Refusal):
    """The lesson is to be used again, and its credit was spent on another one meanwhile."""

    code = "credit_spent_since"
    sentence = gettext_noop(
        "The student got this lesson’s credit back and spent it since, so the lesson cannot be used again. Nothing was "
        "recorded. Add a lesson credit for the student first, then decide."
    )


def settle_credits(
    *, school: School, lesson: Lesson, kind: Kind, requested_by: RequestedBy, is_paid: bool, now: datetime
) -> int:
    """Give back the credits of a locked lesson, unless it is used by the student's own doing or goes on (D29).

    A lesson that the school pays without the student having caused it is not used. Returns how many were given back.
    Where a lesson that had given them back may be used after all, the student is locked, too. Raises CreditSpentSince.
    """
    goes_on = kind in {Kind.LATE, Kind.RESCHEDULED}
    if goes_on or (requested_by is RequestedBy.STUDENT and is_paid):
        _use_as_decided(school, lesson, now)
        return 0
    return _give_back(school, lesson, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditsAfter:
    """What becomes of a lesson's credits. `change` is what the student has more then; less than nought, it is used.

    `is_used`: the lesson holds its credits afterwards. `is_short`: the student spent them since, so it cannot be.
    """

    change: int
    is_used: bool
    is_short: bool


def fit_credits(*, school: School, lesson: Lesson, now: datetime) -> None:
    """Let the locked student's credits follow what stands about the locked lesson, after a decision was settled.

    Raises CreditSpentSince.
    """
    live = find_live_of_lesson(school_id=school.pk, lesson_id=lesson.pk)
    is_paid = False
    if live is not None and lesson.status in _OFF:
        is_paid = find_live(school_id=school.pk, incident_ids=[live.pk])[live.pk].paid
    after = find_credits_after(lesson=lesson, live=live, is_paid=is_paid, now=now)
    if after is None or not after.change:
        return
    if after.change > 0:
        _give_back(school, lesson, now)
    else:
        _use_as_decided(school, lesson, now)


def find_credits_after(*, lesson: Lesson, live: Incident | None, is_paid: bool, now: datetime) -> CreditsAfter | None:
    """What becomes of the credits of a lesson about which `live` stands, and which the school pays or not.

    None for a lesson that never took any: an imported one, or one given for nothing.
    """
    if lesson.student_id is None or not lesson.credits or not has_use(school_id=lesson.school_id, lesson_id=lesson.pk):
        return None
    holds = count_standing_use(school_id=lesson.school_id, lesson_id=lesson.pk)
    if lesson.status in _GOES_ON:
        is_used = True
    elif lesson.status in _OFF:
        is_used = live is not None and live.requested_by == RequestedBy.STUDENT and is_paid
    else:
        is_used = holds > 0
    if is_used and not holds:
        left = count_usable_again(
            school_id=lesson.school_id,
            student_id=lesson.student_id,
            lesson_id=lesson.pk,
            amount=lesson.credits,
            now=now,
        )
        return CreditsAfter(change=-lesson.credits, is_used=True, is_short=left < lesson.credits)
    return CreditsAfter(change=0 if is_used else holds, is_used=is_used, is_short=False)


def use_again(*, school: School, lesson: Lesson, now: datetime) -> None:
    """Take the credits of a locked lesson that takes place after all. Raises NotEnoughCredits."""
    if lesson.student_id is None or not lesson.credits:
        return
    if has_standing_use(school_id=school.pk, lesson_id=lesson.pk):
        return
    use(
        school_id=school.pk,
        student_id=lesson.student_id,
        credits_of_lessons={lesson.pk: lesson.credits},
        month_on=_month_of(school, lesson),
        now=now,
    )


def _use_as_decided(school: School, lesson: Lesson, now: datetime) -> None:
    """Only of a lesson that took credits when it was booked: an imported one, or one given for nothing, took none."""
    if not lesson.credits or not has_use(school_id=school.pk, lesson_id=lesson.pk):
        return
    try:
        use_again(school=school, lesson=lesson, now=now)
    except NotEnoughCredits as error:
        raise CreditSpentSince from error


def _give_back(school: School, lesson: Lesson, now: datetime) -> int:
    return give_back(school_id=school.pk, lesson_ids=[lesson.pk], month_on=_month_of(school, lesson), now=now)


def _month_of(school: School, lesson: Lesson) -> date:
    return month_of(at=lesson.starts_at, zone=school.zone)
