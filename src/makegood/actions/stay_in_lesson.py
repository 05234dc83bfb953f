"""A sign of life from the lesson page."""

from __future__ import annotations

from datetime import datetime

from makegood.actions.own_lessons import find_own_side
from makegood.actions.transactions import in_one_transaction
from makegood.domain.lessons import attending
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door


def stay_in_lesson(*, school: School, actor: Membership, lesson_id: int, door: Door, now: datetime) -> bool:
    """Record that the actor is still in an own lesson. Returns False for somebody who has not come or has left.

    Takes no lock: a fact more or less changes nothing about the others, and a page must never wait for one.
    Raises LessonNotFound (also for somebody else's lesson), TooEarlyToJoin, NotUnderWay.
    """

    def work() -> bool:
        lesson = find_lesson(school_id=school.pk, lesson_id=lesson_id)
        side = find_own_side(lesson=lesson, actor=actor) if lesson is not None else None
        if lesson is None or side is None:
            raise LessonNotFound
        attending.refuse_unless_open(lesson=lesson, now=now)
        return attending.record_sign_of_life(lesson=lesson, side=side, door=door, at=now)

    return in_one_transaction(school.pk, work)
