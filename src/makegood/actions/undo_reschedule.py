"""A student takes back having moved a lesson, within the undo minutes, while the old time is free."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError

from makegood.actions import change_messages
from makegood.actions.lesson_locks import LockedLesson, lock_with_people, refuse_if_one_left
from makegood.actions.own_lessons import refuse_unless_takes
from makegood.actions.transactions import in_one_transaction
from makegood.domain.availability.queries import get_rules
from makegood.domain.lessons import moving
from makegood.domain.lessons.keeping import let_go_of_kept
from makegood.domain.lessons.models import LessonMove
from makegood.domain.lessons.move_requests import refuse_while_asked
from makegood.domain.lessons.moving import Move, find_last_move, find_undo_end
from makegood.domain.lessons.operations import TimeTakenSince, TooLateToUndo, refuse_unless_booked
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.rules.facts import RequestedBy
from makegood.rules.storing import values_to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class RescheduleUndone:
    """The lesson is at its former time; `is_replay`: it had been taken back before."""

    lesson_id: int
    is_replay: bool = False


def undo_reschedule(
    *, school: School, actor: Membership, lesson_id: int, door: Door, now: datetime
) -> RescheduleUndone:
    """Move the actor's own lesson back to where it was; the record of the first move stays.

    In one transaction, in this order: lock teacher, student and lesson; a second tap gets the first answer; refuse
    after the undo minutes, when the last move was not the actor's own, and when the teacher left the school; let go
    of what is being chosen; the move back; timeline; outbox.

    Raises LessonNotFound (also for somebody else's lesson), LessonNotOpen, MoveIsAsked, TooLateToUndo, TimeTakenSince,
    TeacherLeftSince.
    """

    def work() -> RescheduleUndone:
        locked = lock_with_people(school_id=school.pk, lesson_id=lesson_id)
        refuse_unless_takes(lesson=locked.lesson, actor=actor)
        last = find_last_move(school_id=school.pk, lesson_id=lesson_id)
        if last is not None and last.undoes_id is not None and last.moved_by_id == actor.person_id:
            return RescheduleUndone(lesson_id=lesson_id, is_replay=True)
        refuse_unless_booked(lesson=locked.lesson, now=now)
        refuse_while_asked(lesson=locked.lesson, now=now)
        refuse_if_one_left(locked=locked)
        _move_back(school, actor, locked, last, door, now)
        return RescheduleUndone(lesson_id=lesson_id)

    try:
        return in_one_transaction(school.pk, work)
    except IntegrityError as error:
        if "no_overlapping_live_lessons" in str(error):
            raise TimeTakenSince from error
        raise


def _move_back(
    school: School, actor: Membership, locked: LockedLesson, last: LessonMove | None, door: Door, now: datetime
) -> None:
    lesson = locked.lesson
    undo_minutes = get_timetable(school_id=school.pk).get_at(lesson.starts_at).policy.reporting.undo_minutes
    until = find_undo_end(last=last, person_id=actor.person_id, undo_minutes=undo_minutes)
    if last is None or until is None or now > until:
        raise TooLateToUndo(minutes=undo_minutes)
    # A time that is being chosen again must not stand in the way, least of all the former one.
    let_go_of_kept(lesson=lesson, released_by_id=actor.person_id, door=door, now=now)
    former_starts_at = lesson.starts_at
    moving.move(
        lesson=lesson,
        to=Move(
            to_starts_at=last.from_starts_at,
            to_ends_at=last.from_ends_at,
            requested_by=RequestedBy.STUDENT,
            moved_by_id=actor.person_id,
            on_behalf_of_id=None,
            door=door,
            reason="",
            request_id=uuid.uuid4(),
            undoes_id=last.pk,
        ),
        buffer_minutes=get_rules(school_id=school.pk).buffer_minutes,
        now=now,
    )
    event = timeline.record(
        school_id=school.pk,
        kind=EventKind.MOVE_UNDONE,
        at=now,
        door=door,
        actor_id=actor.person_id,
        lesson_id=lesson.pk,
        values=values_to_json({"starts_at": lesson.starts_at}),
    )
    change_messages.tell_of_moving(event=event, locked=locked, former_starts_at=former_starts_at, reason="", now=now)
