"""Whoever cancelled for the student or the school takes it back within the undo minutes, if nothing depends on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError

from makegood.actions.lesson_locks import lock_with_people, refuse_if_one_left
from makegood.actions.transactions import in_one_transaction
from makegood.actions.undoing_steps import is_own_cancellation, may_undo, take_back_cancellation
from makegood.domain.incidents.queries import find_last_of_lesson, is_withdrawn
from makegood.domain.lessons.models import LessonStatus
from makegood.domain.lessons.operations import LessonNotFound, TimeTakenSince
from makegood.domain.lessons.other_times import refuse_if_it_stands
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationUndone:
    """The lesson takes place as booked; `is_replay`: it had been taken back before."""

    lesson_id: int
    is_replay: bool = False


def undo_cancellation(
    *, school: School, actor: Membership, lesson_id: int, door: Door, now: datetime
) -> CancellationUndone:
    """Take back the actor's own cancellation of the lesson.

    In one transaction, in this order: lock teacher, student and lesson; refuse after the undo minutes, once the
    lesson should have begun, when somebody objected or decided, or when one of the two left the school; record the
    withdrawal (the effect of voiding, D16); the lesson is booked again; settle; credits; timeline; outbox. A second
    tap gets the first answer.

    Raises LessonNotFound (also for what somebody else cancelled), TooLateToUndo, TimeTakenSince, OtherTimeStands,
    TeacherLeftSince, StudentLeftSince.
    """
    try:
        return in_one_transaction(school.pk, lambda: _undo(school, actor, lesson_id, door, now))
    except IntegrityError as error:
        if "no_overlapping_live_lessons" in str(error):
            raise TimeTakenSince from error
        raise


def _undo(school: School, actor: Membership, lesson_id: int, door: Door, now: datetime) -> CancellationUndone:
    locked = lock_with_people(school_id=school.pk, lesson_id=lesson_id)
    incident = find_last_of_lesson(school_id=school.pk, lesson_id=lesson_id)
    is_own = incident is not None and is_own_cancellation(incident, actor)
    if incident is None or not is_own or not may_undo(locked.lesson, actor):
        raise LessonNotFound
    if is_withdrawn(incident) and locked.lesson.status == LessonStatus.BOOKED:
        return CancellationUndone(lesson_id=lesson_id, is_replay=True)
    refuse_if_one_left(locked=locked)
    refuse_if_it_stands(lesson=locked.lesson)
    take_back_cancellation(school=school, actor=actor, locked=locked, incident=incident, door=door, now=now)
    return CancellationUndone(lesson_id=lesson_id)
