"""Lesson credits end on their last day, every night."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from makegood.actions.credit_steps import tell_of_expiry
from makegood.actions.one_by_one import one_by_one
from makegood.actions.transactions import in_one_transaction
from makegood.domain.ledger import credits as lesson_credits
from makegood.domain.ledger.periods import month_of
from makegood.domain.people.roster import lock_member
from makegood.domain.schools.days import today_in
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind


def expire_credits(*, school: School, now: datetime) -> int:
    """Take what is left of grants whose last day is over, student by student. Returns how many credits that were.

    However long ago that was: what a job that was down left behind is taken when it comes back, posted in the present
    month. Each student is told once.
    """
    students = in_one_transaction(
        school.pk,
        partial(
            lesson_credits.list_students_with_expired,
            school_id=school.pk,
            today_on=today_in(school=school, now=now),
            now=now,
        ),
    )
    return sum(
        one_by_one(
            (
                f"student {student_id} of school {school.slug}",
                partial(in_one_transaction, school.pk, partial(_expire, school, student_id, now)),
            )
            for student_id in students
        )
    )


def _expire(school: School, student_id: int, now: datetime) -> int:
    student = lock_member(school_id=school.pk, membership_id=student_id)
    found = lesson_credits.list_expired(school_id=school.pk, student_id=student_id, now=now)
    month_on = month_of(at=now, zone=school.zone)
    for given, left in found:
        lesson_credits.expire(school_id=school.pk, given=given, credits_left=left, month_on=month_on, now=now)
    expired = sum(left for _given, left in found)
    if expired:
        event = timeline.record(
            school_id=school.pk,
            kind=EventKind.CREDITS_EXPIRED,
            at=now,
            door=Door.JOB,
            actor_id=None,
            on_behalf_of_id=student_id,
            values={"student": student.display_name, "count": expired},
        )
        tell_of_expiry(
            school=school,
            event=event,
            student_id=student_id,
            count=expired,
            ends={given.expires_on for given, _left in found if given.expires_on is not None},
            left=lesson_credits.count_left(school_id=school.pk, student_id=student_id, now=now),
            now=now,
        )
    return expired
