"""The teacher starts a lesson."""

from __future__ import annotations

from datetime import datetime

from makegood.actions.own_lessons import refuse_unless_teaches
from makegood.actions.transactions import in_one_transaction
from makegood.domain.lessons import attending, teaching
from makegood.domain.lessons.models import Lesson, LessonStatus, PresenceFact, Side
from makegood.domain.lessons.operations import lock_lesson
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind


def start_lesson(*, school: School, actor: Membership, lesson_id: int, door: Door, now: datetime) -> Lesson:
    """Put an own lesson under way; minutes count from here while both are there. Starting twice changes nothing.

    Raises LessonNotFound (also for somebody else's lesson, and for the student), TooEarlyToJoin, NotUnderWay.
    """

    def work() -> Lesson:
        lesson = lock_lesson(school_id=school.pk, lesson_id=lesson_id)
        refuse_unless_teaches(lesson=lesson, actor=actor)
        attending.refuse_unless_open(lesson=lesson, now=now)
        attending.record(lesson=lesson, side=Side.TEACHER, kind=PresenceFact.Kind.STARTED, door=door, at=now)
        if lesson.status == LessonStatus.BOOKED:
            teaching.put_under_way(lesson=lesson)
            timeline.record(
                school_id=school.pk,
                kind=EventKind.LESSON_STARTED,
                at=now,
                door=door,
                actor_id=actor.person_id,
                lesson_id=lesson.pk,
            )
        return lesson

    return in_one_transaction(school.pk, work)
