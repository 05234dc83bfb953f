"""Whoever cancelled for the student or the school takes it back within the undo minutes, if nothing depends on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import IntegrityError

from makegood.actions import change_messages
from makegood.actions.lesson_credits import use_again
from makegood.actions.lesson_locks import LockedLesson, lock_with_people, refuse_if_one_left
from makegood.actions.own_lessons import find_own_side
from makegood.actions.settlement import Cause, settle
from makegood.actions.transactions import in_one_transaction
from makegood.domain.incidents import operations as incidents
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.operations import NotWithdrawable, WithdrawnTooLate
from makegood.domain.incidents.queries import find_last_of_lesson, is_withdrawn
from makegood.domain.ledger.credits import NotEnoughCredits
from makegood.domain.lessons import claims
from makegood.domain.lessons import operations as lessons
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.operations import LessonNotFound, TimeTakenSince, TooLateToUndo
from makegood.domain.lessons.other_times import refuse_if_it_stands
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import holds_role
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.rules.facts import Kind, RequestedBy

# A teacher's own cancelling is withdrawn as a report (`withdraw_incident`).
_CANCELLED_FOR: Final = (RequestedBy.STUDENT, RequestedBy.COMPANY)


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
    is_own = incident is not None and _is_own_cancellation(incident, actor)
    if incident is None or not is_own or not _may_undo(locked.lesson, actor):
        raise LessonNotFound
    if is_withdrawn(incident) and locked.lesson.status == LessonStatus.BOOKED:
        return CancellationUndone(lesson_id=lesson_id, is_replay=True)
    refuse_if_one_left(locked=locked)
    refuse_if_it_stands(lesson=locked.lesson)
    _take_back(school, actor, locked, incident, door, now)
    event = timeline.record(
        school_id=school.pk,
        kind=EventKind.CANCELLATION_UNDONE,
        at=now,
        door=door,
        actor_id=actor.person_id,
        lesson_id=lesson_id,
        incident_id=incident.pk,
    )
    change_messages.tell_of_undoing(event=event, locked=locked, now=now)
    return CancellationUndone(lesson_id=lesson_id)


def _may_undo(lesson: Lesson, actor: Membership) -> bool:
    """One of the two people, or the desk, which cancels for students and for the school."""
    return find_own_side(lesson=lesson, actor=actor) is not None or holds_role(
        school_id=lesson.school_id, membership_id=actor.pk, roles=(Role.DESK,)
    )


def _is_own_cancellation(incident: Incident, actor: Membership) -> bool:
    return (
        incident.kind == Kind.CANCELLED
        and incident.requested_by in _CANCELLED_FOR
        and incident.reported_by_id == actor.person_id
    )


def _take_back(
    school: School, actor: Membership, locked: LockedLesson, incident: Incident, door: Door, now: datetime
) -> None:
    lesson = locked.lesson
    timetable = get_timetable(school_id=school.pk)
    undo_minutes = timetable.get_at(lesson.starts_at).policy.reporting.undo_minutes
    until = incidents.find_undo_end(incident=incident, undo_minutes=undo_minutes)
    if claims.has_objection(school_id=school.pk, incident_id=incident.pk) or until is None or now > until:
        raise TooLateToUndo(minutes=undo_minutes)
    try:
        incidents.withdraw(
            incident=incident, withdrawn_by_id=actor.person_id, door=door, undo_minutes=undo_minutes, now=now
        )
    except (NotWithdrawable, WithdrawnTooLate) as error:
        raise TooLateToUndo(minutes=undo_minutes) from error
    lessons.return_to_booked(lesson=lesson)
    cause = Cause(incident_id=incident.pk, actor_id=actor.person_id, door=door)
    settle(
        school=school,
        teacher_id=locked.teacher.pk,
        timetable=timetable,
        cause=cause,
        why=incident.reference,
        now=now,
    )
    try:
        use_again(school=school, lesson=lesson, now=now)
    except NotEnoughCredits as error:
        # The credit came back and was spent on another lesson since.
        raise TooLateToUndo(minutes=undo_minutes) from error
