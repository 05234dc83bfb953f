"""The school approves or refuses that a student's lesson moves, where it approves what students book."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Final

from makegood.actions import booking_messages
from makegood.actions.booking_steps import (
    BookingOrder,
    Parties,
    TeacherPaused,
    in_one_booking,
    is_paused,
    refuse_unless_desk,
    tell_timeline,
)
from makegood.actions.lesson_locks import LockedLesson
from makegood.actions.moving_steps import free_minutes_of, lock_movable, move_there
from makegood.actions.waiting_lessons import Answered, NothingToAnswer, naming_who_left
from makegood.domain.lessons.keeping import NewTimeNotKept, get_kept
from makegood.domain.lessons.marks import is_in_time
from makegood.domain.lessons.models import Lesson, LessonStatus, ReleaseReason
from makegood.domain.lessons.operations import LessonNotFound, LessonNotOpen
from makegood.domain.lessons.releasing import release
from makegood.domain.notifications.kinds import MessageKind
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from makegood.domain.timeline.queries import find_last_of_lesson

ROUTE: Final = "approve_move"
ROUTE_OF_REFUSALS: Final = "decline_move"


def approve_move(
    *, school: School, actor: Membership, kept: Lesson, request_id: uuid.UUID, door: Door, now: datetime
) -> Answered:
    """Move the lesson that `kept` keeps a time for, at the price of when the student asked; both are told.

    In one transaction, after the steps of `in_one_booking`: lock the lesson; the kept time ends as used; the move, or
    where it was not free any more when it was asked, what `reschedule_lesson` does then. Raises NotTheDesk,
    LessonNotFound, NothingToAnswer, TeacherLeft, StudentLeft, TeacherPaused, NotEnoughCredits, DifferentRequest,
    NoPolicyInForce.
    """
    lesson_id, request = _find_request(school, actor, kept)
    asked = _asked(school, actor, kept, request.reason, request_id, door, now)

    def work(parties: Parties) -> dict[str, Any]:
        locked, held = _lock(asked, parties, lesson_id, kept.pk)
        former_starts_at = locked.lesson.starts_at
        if is_paused(asked=asked, parties=parties, starts_at=held.starts_at):
            raise TeacherPaused
        release(lessons=[held], why=ReleaseReason.USED, released_by_id=actor.person_id, door=door, now=now)
        values = {"former_starts_at": former_starts_at, "starts_at": held.starts_at}
        tell_timeline(asked=asked, kind=EventKind.MOVE_APPROVED, lessons=[locked.lesson], values=values)
        minutes = free_minutes_of(school=school, starts_at=former_starts_at)
        is_free = is_in_time(starts_at=former_starts_at, minutes=minutes, now=request.at)
        at_new_time = move_there(asked=asked, parties=parties, locked=locked, held=held, is_free=is_free)
        return {"lesson_id": at_new_time.pk}

    with naming_who_left():
        answer, is_replay = in_one_booking(asked=asked, route=ROUTE, content={"kept": kept.pk}, work=work)
    return Answered(lesson_ids=(answer["lesson_id"],), status=LessonStatus.BOOKED, is_replay=is_replay)


def decline_move(
    *, school: School, actor: Membership, kept: Lesson, reason: str, request_id: uuid.UUID, door: Door, now: datetime
) -> Answered:
    """Let the lesson stay where it is: the kept time is free again, and the student is told why; also if one left.

    Raises NotTheDesk, LessonNotFound, NothingToAnswer, DifferentRequest.
    """
    lesson_id, _request = _find_request(school, actor, kept)
    asked = _asked(school, actor, kept, reason, request_id, door, now)

    def work(parties: Parties) -> dict[str, Any]:
        locked, held = _lock(asked, parties, lesson_id, kept.pk)
        lesson = locked.lesson
        release(
            lessons=[held],
            why=ReleaseReason.DECLINED,
            released_by_id=actor.person_id,
            door=door,
            now=now,
            note=asked.reason,
        )
        values = {"former_starts_at": lesson.starts_at}
        event = tell_timeline(asked=asked, kind=EventKind.MOVE_NOT_APPROVED, lessons=[lesson], values=values)
        booking_messages.tell_student(
            asked=asked,
            event=event,
            parties=parties,
            lesson=held,
            kind=MessageKind.BOOKING_REFUSED,
            more={
                "former_starts_at": lesson.starts_at,
                "desk_email": school.desk_email,
                "desk_phone": school.desk_phone,
            },
        )
        return {}

    content = {"kept": kept.pk, "reason": reason}
    _answer, is_replay = in_one_booking(asked=asked, route=ROUTE_OF_REFUSALS, content=content, work=work, ends=True)
    return Answered(lesson_ids=(kept.pk,), status=LessonStatus.RELEASED, is_replay=is_replay)


def _find_request(school: School, actor: Membership, kept: Lesson) -> tuple[int, Event]:
    """The lesson that is to move, and the student's word; both stay as they are. Raises NotTheDesk, LessonNotFound."""
    with in_school(school.pk):
        refuse_unless_desk(school=school, actor=actor)
        lesson_id = kept.keeps_time_for_id
        if lesson_id is None:
            raise LessonNotFound
        request = find_last_of_lesson(school_id=school.pk, lesson_id=lesson_id, kinds=[EventKind.MOVE_REQUESTED])
    # What is kept for a choice that was not sent, or for what a teacher asks, is not the school's to answer.
    if request is None:
        raise LessonNotFound
    return lesson_id, request


def _lock(asked: BookingOrder, parties: Parties, lesson_id: int, kept_id: int) -> tuple[LockedLesson, Lesson]:
    """The lesson and the time that waits for it, locked. Raises NothingToAnswer when it does not wait any more."""
    try:
        locked = lock_movable(asked=asked, parties=parties, lesson_id=lesson_id)
        held = get_kept(lesson=locked.lesson, hold_id=kept_id, now=asked.now, status=LessonStatus.REQUESTED)
    except (LessonNotOpen, NewTimeNotKept) as error:
        raise NothingToAnswer from error
    return locked, held


def _asked(
    school: School, actor: Membership, kept: Lesson, reason: str, request_id: uuid.UUID, door: Door, now: datetime
) -> BookingOrder:
    assert kept.student_id is not None, "somebody chose the time"
    return BookingOrder(
        school=school,
        actor=actor,
        teacher_id=kept.teacher_id,
        student_id=kept.student_id,
        request_id=request_id,
        door=door,
        now=now,
        reason=reason,
    )
