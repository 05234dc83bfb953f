"""Undo an answer to who asked for another time, while nothing depends on it: the lesson is back, and it waits again."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from makegood.actions import undoing_messages
from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import Parties, in_one_booking, tell_timeline
from makegood.actions.lesson_locks import LockedLesson, has_one_left
from makegood.actions.moving_back_steps import MovedBack, can_move_back, move_back
from makegood.actions.moving_steps import lock_movable
from makegood.actions.own_lessons import find_own_side
from makegood.actions.undoing import (
    AnswerNotYours,
    AnswerUndoTooLate,
    AnswerUsedTheLesson,
    end_of_undo,
    saying_what_came_since,
)
from makegood.domain.incidents.operations import NotWithdrawable
from makegood.domain.lessons import move_requests
from makegood.domain.lessons import operations as lessons
from makegood.domain.lessons.asking_again import ask_again
from makegood.domain.lessons.booking import LessonState
from makegood.domain.lessons.keeping import hold_for_move, let_go_of_kept
from makegood.domain.lessons.models import (
    LessonMove,
    LessonStatus,
    MoveAnswer,
    MoveRequest,
    Side,
    WaitsFor,
)
from makegood.domain.lessons.move_requests import MoveRequestNotFound, find_move_request
from makegood.domain.lessons.moving import find_last_move
from makegood.domain.lessons.taken import refuse_if_either_is_busy
from makegood.domain.penalties import quotes
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import holds_role
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.quantities import Interval

ROUTE: Final = "undo_move_answer"
_ANSWERS: Final = frozenset({MoveAnswer.Outcome.AGREED, MoveAnswer.Outcome.REFUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveAnswerUndone:
    """The lesson is where it was, and `move_request_id` waits for its answer in place of the answered one."""

    lesson_id: int
    move_request_id: int
    is_replay: bool = False


def undo_move_answer(
    *, school: School, actor: Membership, move_request_id: int, request_id: uuid.UUID, door: Door, now: datetime
) -> MoveAnswerUndone:
    """Undo the actor's own yes or no to another time: the student's to the teacher, or the desk's to the student.

    In one transaction, after the steps of `in_one_booking`: lock the lesson; refuse after the undo minutes and when
    anything came of it; what the student is choosing is let go; where the lesson had moved, the move back, and the
    withdrawal of the incident that it counted by, with its settlement; the new time is kept and asked for as before;
    timeline; outbox: whoever was told of the answer.

    Raises MoveRequestNotFound (also for what is not the actor's to answer), AnswerNotYours, AnswerUndoTooLate,
    AnswerUsedTheLesson, LessonNotOpen, TimeTakenSince, TeacherLeftSince, StudentLeftSince, DifferentRequest.
    """
    with in_school(school.pk):
        request = find_move_request(school_id=school.pk, move_request_id=move_request_id)
        if request is None or request.lesson.student_id is None or not _may_answer(request, actor):
            raise MoveRequestNotFound
        answer = move_requests.find_answer(asked=request)
        if answer is None or answer.outcome not in _ANSWERS:
            raise AnswerUndoTooLate
        if answer.answered_by_id != actor.person_id:
            raise AnswerNotYours
    asked = BookingOrder.about(request.lesson, school=school, actor=actor, request_id=request_id, door=door, now=now)

    def work(parties: Parties) -> dict[str, Any]:
        # Read under its lock: it may be started while this waits.
        lessons.lock_lesson(school_id=school.pk, lesson_id=request.lesson_id)
        found = find_move_request(school_id=school.pk, move_request_id=move_request_id)
        assert found is not None, "requests stay"
        if _find_end(found, answer, now) is None:
            raise AnswerUsedTheLesson if _has_used(found, answer) else AnswerUndoTooLate
        locked = lock_movable(asked=asked, parties=parties, lesson_id=found.lesson_id)
        let_go_of_kept(lesson=locked.lesson, released_by_id=actor.person_id, door=door, now=now)
        again = _undo(asked, parties, locked, found, answer)
        return {"lesson_id": found.lesson_id, "move_request_id": again.pk}

    content = {"move_request": move_request_id}
    with saying_what_came_since():
        given, is_replay = in_one_booking(asked=asked, route=ROUTE, content=content, work=work)
    return MoveAnswerUndone(is_replay=is_replay, **given)


def find_move_undo_end(*, request: MoveRequest, actor: Membership, now: datetime) -> datetime | None:
    """Until when the actor can undo having answered a request; None when not, or not any more.

    What a page says with it, `undo_move_answer` does, unless somebody else took the time.
    """
    answer = move_requests.find_answer(asked=request)
    if answer is None or answer.answered_by_id != actor.person_id or not _may_answer(request, actor):
        return None
    until = _find_end(request, answer, now)
    if until is None:
        return None
    made = _find_move(request, answer)
    can_be = (
        not has_one_left(lesson=request.lesson) if made is None else can_move_back(lesson=request.lesson, made=made)
    )
    return until if can_be else None


def _may_answer(request: MoveRequest, actor: Membership) -> bool:
    """Whether it would be the actor's to answer if it waited."""
    if request.waits_for is WaitsFor.STUDENT:
        return find_own_side(lesson=request.lesson, actor=actor) is Side.STUDENT
    return holds_role(school_id=request.school_id, membership_id=actor.pk, roles=(Role.DESK,))


def _find_end(request: MoveRequest, answer: MoveAnswer, now: datetime) -> datetime | None:
    """Until when the answer can be undone, as long as nothing came of it: the lesson stands where it left it."""
    until = end_of_undo(answered_at=answer.answered_at, waits_until=request.expires_at, now=now)
    lesson = request.lesson
    if until is None or answer.outcome not in _ANSWERS or lesson.status != LessonStatus.BOOKED:
        return None
    if not move_requests.is_last_of_lesson(asked=request):
        return None
    if answer.outcome == MoveAnswer.Outcome.REFUSED:
        return until if lesson.starts_at == request.from_starts_at else None
    return until if _find_move(request, answer) is not None else None


def _find_move(request: MoveRequest, answer: MoveAnswer) -> LessonMove | None:
    """The move that the answer made, while it is the last thing that happened to the lesson."""
    last = find_last_move(school_id=request.school_id, lesson_id=request.lesson_id)
    if last is None or last.lesson_version != request.lesson.version or last.undoes_id is not None:
        return None
    return last if last.moved_at == answer.answered_at and last.to_starts_at == request.to_starts_at else None


def _has_used(request: MoveRequest, answer: MoveAnswer) -> bool:
    """Whether agreeing used the lesson, as it was asked for too late to be free, and booked another one."""
    if answer.outcome != MoveAnswer.Outcome.AGREED or request.lesson.status != LessonStatus.CANCELLED:
        return False
    last = find_last_move(school_id=request.school_id, lesson_id=request.lesson_id)
    return last is None or last.moved_at != answer.answered_at


def _undo(
    asked: BookingOrder, parties: Parties, locked: LockedLesson, request: MoveRequest, answer: MoveAnswer
) -> MoveRequest:
    """Returns what is asked again."""
    values = {"until": request.expires_at}
    event = tell_timeline(asked=asked, kind=EventKind.ANSWER_UNDONE, lessons=[locked.lesson], values=values)
    made = _find_move(request, answer) if answer.outcome == MoveAnswer.Outcome.AGREED else None
    back = None if made is None else _move_back(asked, parties, locked, made)
    refuse_if_either_is_busy(
        school_id=asked.school.pk,
        teacher_id=asked.teacher_id,
        student_id=asked.student_id,
        times=[Interval(request.to_starts_at, request.to_ends_at)],
        break_minutes=parties.rules.buffer_minutes,
    )
    state = LessonState(status=LessonStatus.REQUESTED, held_until=request.expires_at, waits_for=request.waits_for)
    hold = hold_for_move(
        lesson=locked.lesson,
        starts_at=request.to_starts_at,
        buffer_minutes=parties.rules.buffer_minutes,
        state=state,
    )
    if request.waits_for is WaitsFor.STUDENT:
        # What the teacher was told it costs; the student's next answer is priced by it.
        quotes.store_again(school_id=asked.school.pk, quote_id=request.request_id, again_id=asked.request_id)
    again = ask_again(former=request, hold=hold, request_id=asked.request_id)
    if back is None:
        undoing_messages.tell_of_refusal(asked=asked, event=event, locked=locked, again=again)
    else:
        undoing_messages.tell_of_move(asked=asked, event=back.event, locked=locked, again=again, penalty=back.penalty)
    return again


def _move_back(asked: BookingOrder, parties: Parties, locked: LockedLesson, made: LessonMove) -> MovedBack:
    try:
        return move_back(
            school=asked.school,
            actor=asked.actor,
            locked=locked,
            made=made,
            buffer_minutes=parties.rules.buffer_minutes,
            request_id=asked.request_id,
            door=asked.door,
            now=asked.now,
        )
    except NotWithdrawable as error:
        raise AnswerUndoTooLate from error
