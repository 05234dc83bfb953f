"""A student chooses another time for an own lesson: it is kept for some minutes, and the lesson stays where it is."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import Parties, in_one_booking, refuse_unless_free
from makegood.actions.meeting_steps import refuse_before_meeting
from makegood.actions.moving_steps import find_own, lock_movable, terms_of
from makegood.domain.lessons.booking import LessonState
from makegood.domain.lessons.keeping import hold_for_move, let_go_of_kept
from makegood.domain.lessons.models import LessonStatus
from makegood.domain.lessons.move_requests import refuse_while_asked
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.lessons.permissions import is_student_of
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door

ROUTE: Final = "keep_new_time"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTimeKept:
    """The time is kept until `held_until`; `is_replay`: by the same request as before."""

    hold_id: int
    held_until: datetime
    is_replay: bool = False


def keep_new_time(
    *,
    school: School,
    actor: Membership,
    lesson_id: int,
    starts_at: datetime,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
) -> NewTimeKept:
    """Keep a free time of the teacher for the actor's own lesson; an earlier choice for it is let go.

    In one transaction, in the order of `in_one_booking`. Raises LessonNotFound (also for somebody else's lesson),
    LessonNotOpen, MoveIsAsked, TimeRefused with the nearest free times, TeacherPaused, TeacherNotFound,
    StudentNotFound, DifferentRequest.
    """
    found = find_own(school=school, actor=actor, lesson_id=lesson_id)
    if not is_student_of(membership_id=actor.pk, lesson=found):
        raise LessonNotFound
    asked = BookingOrder.about(found, school=school, actor=actor, request_id=request_id, door=door, now=now)

    def work(parties: Parties) -> dict[str, Any]:
        lesson = lock_movable(asked=asked, parties=parties, lesson_id=lesson_id).lesson
        refuse_while_asked(lesson=lesson, now=now)
        let_go_of_kept(lesson=lesson, released_by_id=actor.person_id, door=door, now=now)
        terms = terms_of(lesson=lesson, parties=parties)
        refuse_before_meeting(
            asked=asked, parties=parties, lesson_type=lesson.lesson_type, starts_at=starts_at, moves=lesson
        )
        refuse_unless_free(asked=asked, parties=parties, terms=terms, starts_at=starts_at, moves=lesson.pk)
        until = min(starts_at, lesson.starts_at, now + timedelta(minutes=parties.rules.hold_minutes))
        held = hold_for_move(
            lesson=lesson,
            starts_at=starts_at,
            buffer_minutes=parties.rules.buffer_minutes,
            state=LessonState(status=LessonStatus.HELD, held_until=until),
        )
        return {"hold_id": held.pk, "held_until": until.isoformat()}

    content = {"lesson": lesson_id, "starts_at": starts_at.isoformat()}
    answer, is_replay = in_one_booking(asked=asked, route=ROUTE, content=content, work=work)
    return NewTimeKept(
        hold_id=answer["hold_id"], held_until=datetime.fromisoformat(answer["held_until"]), is_replay=is_replay
    )
