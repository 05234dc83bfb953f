"""A lesson is off: what was kept for it is free again, which its record says, and the desk hears if it was asked."""

from __future__ import annotations

from datetime import datetime

from makegood.actions.change_messages import tell_desk_of_being_off
from makegood.actions.lesson_locks import LockedLesson
from makegood.domain.lessons.keeping import let_go_with_lesson
from makegood.domain.lessons.models import Lesson, WaitsFor
from makegood.domain.people.models import Membership
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind


def free_with_lesson(
    *, lesson: Lesson, teacher: Membership, by_id: int | None, door: Door, now: datetime, is_told: bool = True
) -> None:
    """Release every time kept for a locked lesson that does not take place, and end who asked to move it there.

    `by_id` is the person who took the lesson off. In this order: the releases and answers; an event on the lesson and
    on each time; a message to the desk where it was to approve one (unless not `is_told`).
    """
    freed = let_go_with_lesson(lesson=lesson, by_id=by_id, door=door, now=now)
    if not freed:
        return
    events = timeline.record_for_lessons(
        school_id=lesson.school_id,
        kind=EventKind.OTHER_TIME_FREED,
        at=now,
        door=door,
        actor_id=by_id,
        lesson_ids=[lesson.pk, *(one.pk for one in freed)],
    )
    asked_for = next((one for one in freed if one.waits_for == WaitsFor.SCHOOL), None)
    if asked_for is not None and is_told:
        locked = LockedLesson(lesson=lesson, teacher=teacher, student=lesson.student)
        tell_desk_of_being_off(event=events[0], locked=locked, kept=asked_for, now=now)
