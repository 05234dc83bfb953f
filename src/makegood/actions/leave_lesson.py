"""One of the two people of a lesson leaves."""

from __future__ import annotations

from datetime import datetime

from makegood.actions.own_lessons import find_own_side
from makegood.actions.transactions import in_one_transaction
from makegood.domain.lessons import attending
from makegood.domain.lessons.models import PresenceFact
from makegood.domain.lessons.operations import LessonNotFound, lock_lesson
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door


def leave_lesson(*, school: School, actor: Membership, lesson_id: int, door: Door, now: datetime) -> None:
    """Record that the actor left an own lesson; joining again is possible while it is open.

    Raises LessonNotFound (also for somebody else's lesson), TooEarlyToJoin, NotUnderWay.
    """

    def work() -> None:
        lesson = lock_lesson(school_id=school.pk, lesson_id=lesson_id)
        side = find_own_side(lesson=lesson, actor=actor)
        if side is None:
            raise LessonNotFound
        attending.refuse_unless_open(lesson=lesson, now=now)
        attending.record(lesson=lesson, side=side, kind=PresenceFact.Kind.LEFT, door=door, at=now)

    in_one_transaction(school.pk, work)
