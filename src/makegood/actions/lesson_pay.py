"""The pay of lessons: what is posted is made what is due. Shared by the verbs that change what became of a lesson."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from makegood.domain.incidents.queries import find_live_of_lessons
from makegood.domain.ledger import operations as ledger
from makegood.domain.ledger.models import TransferKind
from makegood.domain.ledger.operations import Posting, Reversal
from makegood.domain.ledger.periods import month_of
from makegood.domain.ledger.queries import find_paid_lessons
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.queries import list_with_pay
from makegood.domain.lessons.statuses import OPEN
from makegood.domain.penalties.operations import find_live
from makegood.domain.schools.models import School
from makegood.quantities import Money

_BATCH: Final = 5000


def settle_lesson_pay(*, school: School, lesson_ids: Collection[int], now: datetime) -> None:
    """Post the pay of locked lessons that is due and not posted; take back what is posted and no longer due.

    Due is the pay of a lesson that was taught; where an incident is live, its live assessment says whether (D27, D29,
    D31), once the lesson is over or will not be. Doing it twice changes nothing. Each posting and reversal belongs to
    the month of the lesson, or to the next open one (D20). Settle the assessments first.
    """
    if not school.pays_teachers:
        return
    reversals: list[Reversal] = []
    postings: list[Posting] = []
    ids = sorted(set(lesson_ids))
    for start in range(0, len(ids), _BATCH):
        lessons = list_with_pay(school_id=school.pk, lesson_ids=ids[start : start + _BATCH])
        paid_by_incident = _find_assessed(school.pk, lessons)
        posted = find_paid_lessons(school_id=school.pk, lesson_ids=[lesson.pk for lesson in lessons])
        for lesson in lessons:
            is_due = is_pay_due(status=LessonStatus(lesson.status), is_assessed_paid=paid_by_incident.get(lesson.pk))
            month_on = month_of(at=lesson.starts_at, zone=school.zone)
            if is_due and lesson.pk not in posted:
                postings.append(_posting(lesson, month_on))
            elif lesson.pk in posted and not is_due:
                reversals.append(Reversal(kind=TransferKind.LESSON_PAY, source=lesson.pk, month_on=month_on))
    ledger.settle(school_id=school.pk, reversals=reversals, postings=postings, now=now)


def is_pay_due(*, status: LessonStatus, is_assessed_paid: bool | None) -> bool:
    """Whether a lesson is to be paid. `is_assessed_paid` is what the assessment of its live incident says, if any.

    A lesson that is booked or under way has a live incident only when the teacher came late; it is not over yet.
    """
    if is_assessed_paid is None:
        return status == LessonStatus.TAUGHT
    return is_assessed_paid and status not in OPEN


def _find_assessed(school_id: int, lessons: Sequence[Lesson]) -> Mapping[int, bool]:
    """Of each lesson with a live incident, whether its live assessment leaves it paid."""
    incidents = find_live_of_lessons(school_id=school_id, lesson_ids=[lesson.pk for lesson in lessons])
    assessed = find_live(school_id=school_id, incident_ids=[incident.pk for incident in incidents.values()])
    return {lesson_id: assessed[incident.pk].paid for lesson_id, incident in incidents.items()}


def _posting(lesson: Lesson, month_on: date) -> Posting:
    assert lesson.pay_minor is not None, "only lessons with pay are read"
    assert lesson.currency is not None, "pay has a currency"
    return Posting(
        kind=TransferKind.LESSON_PAY,
        source=lesson.pk,
        membership_id=lesson.teacher_id,
        amount=Money(lesson.pay_minor, lesson.currency),
        month_on=month_on,
    )
