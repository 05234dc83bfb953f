"""What becomes of a lesson's credits when it does not go as booked, and when that is taken back."""

from __future__ import annotations

from datetime import datetime

from makegood.domain.ledger.credits import give_back, has_standing_use, use
from makegood.domain.ledger.periods import month_of
from makegood.domain.lessons.models import Lesson
from makegood.domain.schools.models import School
from makegood.rules.facts import Kind, RequestedBy


def settle_credits(
    *, school: School, lesson: Lesson, kind: Kind, requested_by: RequestedBy, is_paid: bool, now: datetime
) -> int:
    """Give the locked student's credits back, unless the lesson is used by the student's own doing or goes on (D29).

    A lesson that the school pays without the student having caused it is not used. Returns how many were given back.
    """
    goes_on = kind in {Kind.LATE, Kind.RESCHEDULED}
    if goes_on or (requested_by is RequestedBy.STUDENT and is_paid):
        return 0
    month_on = month_of(at=lesson.starts_at, zone=school.zone)
    return give_back(school_id=school.pk, lesson_ids=[lesson.pk], month_on=month_on, now=now)


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
        month_on=month_of(at=lesson.starts_at, zone=school.zone),
        now=now,
    )
