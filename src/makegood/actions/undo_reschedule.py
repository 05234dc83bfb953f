"""Whoever moved a lesson takes it back, within the undo minutes and while the old time is free."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError

from makegood.actions import change_messages, move_messages
from makegood.actions.lesson_locks import LockedLesson, lock_with_people, refuse_if_one_left
from makegood.actions.moving_back_steps import can_move_back, move_back
from makegood.actions.own_lessons import find_own_side
from makegood.actions.transactions import in_one_transaction
from makegood.domain.availability.queries import get_rules
from makegood.domain.incidents.operations import NotWithdrawable
from makegood.domain.lessons.keeping import let_go_of_kept
from makegood.domain.lessons.models import Lesson, LessonMove, LessonStatus, Side
from makegood.domain.lessons.move_requests import find_open, refuse_while_asked
from makegood.domain.lessons.moving import find_last_move, find_undo_end
from makegood.domain.lessons.operations import LessonNotFound, TimeTakenSince, TooLateToUndo, refuse_unless_booked
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import holds_role
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import MOVED_BY_DESK
from makegood.domain.timeline.queries import find_last_of_lesson


@dataclass(frozen=True, slots=True, kw_only=True)
class RescheduleUndone:
    """The lesson is at its former time; `is_replay`: it had been taken back before."""

    lesson_id: int
    is_replay: bool = False


def undo_reschedule(
    *, school: School, actor: Membership, lesson_id: int, door: Door, now: datetime
) -> RescheduleUndone:
    """Move a lesson back to where it was before the actor's own move: the student's, or the desk's for somebody.

    In one transaction, in this order: lock teacher, student and lesson; a second tap gets the first answer; refuse
    after the undo minutes, when the last move was not the actor's own, and when the teacher left the school; let go
    of what is being chosen; the move back; what a teacher's wish was counted by is withdrawn, and settled; timeline;
    outbox.
    The record of the first move stays.

    Raises LessonNotFound (also for somebody else's lesson), LessonNotOpen, MoveIsAsked, TooLateToUndo, TimeTakenSince,
    TeacherLeftSince, StudentLeftSince.
    """

    def work() -> RescheduleUndone:
        locked = lock_with_people(school_id=school.pk, lesson_id=lesson_id)
        if not _may_undo(locked.lesson, actor):
            raise LessonNotFound
        last = find_last_move(school_id=school.pk, lesson_id=lesson_id)
        if last is not None and last.undoes_id is not None and last.moved_by_id == actor.person_id:
            return RescheduleUndone(lesson_id=lesson_id, is_replay=True)
        refuse_unless_booked(lesson=locked.lesson, now=now)
        refuse_while_asked(lesson=locked.lesson, now=now)
        refuse_if_one_left(locked=locked)
        undo_minutes = _undo_minutes(school, locked.lesson)
        until = _find_end(locked.lesson, actor, last, undo_minutes)
        if last is None or until is None or now > until:
            raise TooLateToUndo(minutes=undo_minutes)
        _take_back(school, actor, locked, last, door, now)
        return RescheduleUndone(lesson_id=lesson_id)

    try:
        return in_one_transaction(school.pk, work)
    except IntegrityError as error:
        if "no_overlapping_live_lessons" in str(error):
            raise TimeTakenSince from error
        raise


def find_end_at_desk(*, school: School, lesson: Lesson, actor: Membership, now: datetime) -> datetime | None:
    """Until when (included) somebody at the desk takes back the own move of a lesson; None: not, or not any more.

    What a page says with it, `undo_reschedule` does, unless somebody else took the time.
    """
    if lesson.status != LessonStatus.BOOKED or lesson.starts_at <= now:
        return None
    last = find_last_move(school_id=school.pk, lesson_id=lesson.pk)
    until = _find_end(lesson, actor, last, _undo_minutes(school, lesson))
    if last is None or until is None or now > until:
        return None
    if find_open(school_id=school.pk, lesson_id=lesson.pk, now=now) is not None:
        return None
    return until if can_move_back(lesson=lesson, made=last) else None


def _may_undo(lesson: Lesson, actor: Membership) -> bool:
    """The student, or the desk, which moves for others."""
    if find_own_side(lesson=lesson, actor=actor) is Side.STUDENT:
        return True
    return holds_role(school_id=lesson.school_id, membership_id=actor.pk, roles=(Role.DESK,))


def _undo_minutes(school: School, lesson: Lesson) -> int:
    return get_timetable(school_id=school.pk).get_at(lesson.starts_at).policy.reporting.undo_minutes


def _find_end(lesson: Lesson, actor: Membership, last: LessonMove | None, undo_minutes: int) -> datetime | None:
    is_by_desk = last is not None and _is_by_desk(lesson, last)
    return find_undo_end(last=last, person_id=actor.person_id, undo_minutes=undo_minutes, is_by_desk=is_by_desk)


def _is_by_desk(lesson: Lesson, last: LessonMove) -> bool:
    told = find_last_of_lesson(school_id=lesson.school_id, lesson_id=lesson.pk, kinds=MOVED_BY_DESK)
    return told is not None and (told.at, told.actor_id) == (last.moved_at, last.moved_by_id)


def _take_back(
    school: School, actor: Membership, locked: LockedLesson, last: LessonMove, door: Door, now: datetime
) -> None:
    lesson = locked.lesson
    is_by_desk = _is_by_desk(lesson, last)
    # A time that is being chosen again must not stand in the way, least of all the former one.
    let_go_of_kept(lesson=lesson, released_by_id=actor.person_id, door=door, now=now)
    former_starts_at = lesson.starts_at
    try:
        back = move_back(
            school=school,
            actor=actor,
            locked=locked,
            made=last,
            buffer_minutes=get_rules(school_id=school.pk).buffer_minutes,
            request_id=uuid.uuid4(),
            door=door,
            now=now,
        )
    except NotWithdrawable as error:
        raise TooLateToUndo(minutes=_undo_minutes(school, lesson)) from error
    if is_by_desk:
        move_messages.tell_of_undoing_by_desk(
            event=back.event, locked=locked, former_starts_at=former_starts_at, now=now
        )
    else:
        change_messages.tell_of_moving(
            event=back.event, locked=locked, former_starts_at=former_starts_at, reason="", now=now
        )
