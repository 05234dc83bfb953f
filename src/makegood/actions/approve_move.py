"""The school approves or refuses that a student's lesson moves, where it approves what students book."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from makegood.actions import booking_messages
from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import Parties, in_one_booking, refuse_if_paused, refuse_unless_desk, tell_timeline
from makegood.actions.desk_lessons import refuse_own_answer
from makegood.actions.lesson_locks import LockedLesson
from makegood.actions.moving_steps import free_minutes_of, lock_movable, move_there
from makegood.actions.reasons import check_reason
from makegood.actions.waiting_lessons import naming_who_left
from makegood.domain.lessons import move_requests
from makegood.domain.lessons.keeping import end_request
from makegood.domain.lessons.marks import is_in_time
from makegood.domain.lessons.models import MoveAnswer, MoveRequest, WaitsFor
from makegood.domain.lessons.move_requests import MoveRequestEnded, MoveRequestNotFound, find_move_request
from makegood.domain.notifications.kinds import MessageKind
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.rules.sentences import Value

ROUTE: Final = "approve_move"
ROUTE_OF_REFUSALS: Final = "decline_move"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveDecided:
    """`lesson_id` is the lesson that the student has now: the same one, or another one where that was used."""

    lesson_id: int
    is_replay: bool = False


def approve_move(
    *, school: School, actor: Membership, move_request_id: int, request_id: uuid.UUID, door: Door, now: datetime
) -> MoveDecided:
    """Move the lesson as its student asked, at the price of when they asked; both are told.

    In one transaction, after the steps of `in_one_booking`: lock the lesson; the answer, with which the kept time ends;
    the move, or where it was not free any more when it was asked, what `reschedule_lesson` does then. Raises
    NotTheDesk, OwnLesson, MoveRequestNotFound, MoveRequestEnded, LessonNotOpen, TeacherLeft, StudentLeft,
    TeacherPaused, NotEnoughCredits, DifferentRequest, NoPolicyInForce.
    """
    request = _find_for_desk(school, actor, move_request_id)
    asked = _asked(school, actor, request, request.reason, request_id, door, now)

    def work(parties: Parties) -> dict[str, Any]:
        refuse_own_answer(parties=parties, actor=actor)
        locked = _lock(asked, parties, request)
        refuse_if_paused(asked=asked, parties=parties, starts_at=request.to_starts_at)
        held = end_request(
            asked=request,
            lesson=locked.lesson,
            outcome=MoveAnswer.Outcome.AGREED,
            by_id=actor.person_id,
            door=door,
            now=now,
        )
        values = {"former_starts_at": request.from_starts_at, "starts_at": request.to_starts_at}
        tell_timeline(asked=asked, kind=EventKind.MOVE_APPROVED, lessons=[locked.lesson], values=values)
        minutes = free_minutes_of(school=school, starts_at=request.from_starts_at)
        is_free = is_in_time(starts_at=request.from_starts_at, minutes=minutes, now=request.asked_at)
        at_new_time = move_there(
            asked=asked,
            parties=parties,
            locked=locked,
            starts_at=held.starts_at,
            is_free=is_free,
            asked_at=request.asked_at,
        )
        return {"lesson_id": at_new_time.pk}

    content = {"move_request": move_request_id}
    with naming_who_left():
        answer, is_replay = in_one_booking(asked=asked, route=ROUTE, content=content, work=work)
    return MoveDecided(lesson_id=answer["lesson_id"], is_replay=is_replay)


def decline_move(
    *,
    school: School,
    actor: Membership,
    move_request_id: int,
    reason: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
) -> MoveDecided:
    """Let the lesson stay where it is: the kept time is free again, and the student is told why; also if one left.

    Raises NotTheDesk, OwnLesson, ReasonMissing, MoveRequestNotFound, MoveRequestEnded, LessonNotOpen,
    DifferentRequest.
    """
    request = _find_for_desk(school, actor, move_request_id)
    asked = _asked(school, actor, request, check_reason(reason), request_id, door, now)

    def work(parties: Parties) -> dict[str, Any]:
        refuse_own_answer(parties=parties, actor=actor)
        locked = _lock(asked, parties, request)
        held = end_request(
            asked=request,
            lesson=locked.lesson,
            outcome=MoveAnswer.Outcome.REFUSED,
            by_id=actor.person_id,
            door=door,
            now=now,
            note=asked.reason,
        )
        stays: dict[str, Value] = {"former_starts_at": request.from_starts_at}
        event = tell_timeline(asked=asked, kind=EventKind.MOVE_NOT_APPROVED, lessons=[locked.lesson], values=stays)
        booking_messages.tell_student(
            asked=asked,
            event=event,
            parties=parties,
            lesson=held,
            kind=MessageKind.BOOKING_REFUSED,
            more={**stays, "desk_email": school.desk_email, "desk_phone": school.desk_phone},
        )
        return {}

    content = {"move_request": move_request_id, "reason": asked.reason}
    _answer, is_replay = in_one_booking(asked=asked, route=ROUTE_OF_REFUSALS, content=content, work=work, ends=True)
    return MoveDecided(lesson_id=request.lesson_id, is_replay=is_replay)


def _find_for_desk(school: School, actor: Membership, move_request_id: int) -> MoveRequest:
    """What a student asks the school, open or ended. Raises NotTheDesk, MoveRequestNotFound."""
    with in_school(school.pk):
        refuse_unless_desk(school=school, actor=actor)
        found = find_move_request(school_id=school.pk, move_request_id=move_request_id)
    if found is None or found.waits_for is not WaitsFor.SCHOOL:
        raise MoveRequestNotFound
    return found


def _lock(asked: BookingOrder, parties: Parties, request: MoveRequest) -> LockedLesson:
    """The lesson that is to move, locked. Raises MoveRequestEnded, LessonNotOpen."""
    if not move_requests.is_answerable(asked=request, now=asked.now):
        raise MoveRequestEnded
    return lock_movable(asked=asked, parties=parties, lesson_id=request.lesson_id)


def _asked(
    school: School,
    actor: Membership,
    request: MoveRequest,
    reason: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
) -> BookingOrder:
    return BookingOrder(
        school=school,
        actor=actor,
        teacher_id=request.lesson.teacher_id,
        student_id=request.asked_by_id,
        request_id=request_id,
        door=door,
        now=now,
        reason=reason,
    )
