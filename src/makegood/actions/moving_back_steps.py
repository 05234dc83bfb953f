"""The move back, when whoever moved a lesson or agreed to its move takes that back. Shared by the verbs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from makegood.actions.lesson_locks import LockedLesson, has_one_left
from makegood.actions.settlement import Cause, settle
from makegood.domain.incidents import operations as incidents
from makegood.domain.lessons import moving
from makegood.domain.lessons.models import Lesson, LessonMove
from makegood.domain.lessons.moving import Move
from makegood.domain.lessons.room import refuse_without_room
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from makegood.quantities import Interval, Money
from makegood.rules.facts import RequestedBy
from makegood.rules.storing import values_to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedBack:
    """The event that tells of it, and the penalty that is taken back with it; None where there was none."""

    event: Event
    penalty: Money | None


def move_back(
    *,
    school: School,
    actor: Membership,
    locked: LockedLesson,
    made: LessonMove,
    buffer_minutes: int,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
) -> MovedBack:
    """Give the locked lesson the time it had before its last move, and withdraw the incident that the move counts by.

    Never the teacher's doing, which alone counts: the student takes an own wish or answer back, the desk what it did
    itself, for the school and on behalf of whom it had done it. The caller tells both. Raises NotWithdrawable when the
    incident was decided, FullSince, ClosedSince, TimeTakenSince.
    """
    refuse_without_room(
        school=school,
        teacher=locked.teacher,
        student_id=locked.lesson.student_id,
        times=[Interval(made.from_starts_at, made.from_ends_at)],
        since=made.moved_at,
        moves=locked.lesson.pk,
    )
    is_by_student = locked.student is not None and actor.pk == locked.student.pk
    on_behalf_of_id = None if is_by_student else made.on_behalf_of_id
    moving.move(
        lesson=locked.lesson,
        to=Move(
            to_starts_at=made.from_starts_at,
            to_ends_at=made.from_ends_at,
            requested_by=RequestedBy.STUDENT if is_by_student else RequestedBy.COMPANY,
            moved_by_id=actor.person_id,
            on_behalf_of_id=on_behalf_of_id,
            door=door,
            reason="",
            request_id=request_id,
            undoes_id=made.pk,
        ),
        buffer_minutes=buffer_minutes,
        now=now,
    )
    penalty = _withdraw(school, actor, locked, made, door, now)
    event = timeline.record(
        school_id=school.pk,
        kind=EventKind.MOVE_UNDONE,
        at=now,
        door=door,
        actor_id=actor.person_id,
        on_behalf_of_id=on_behalf_of_id,
        lesson_id=locked.lesson.pk,
        incident_id=made.incident_id,
        values=values_to_json({"starts_at": locked.lesson.starts_at}),
    )
    return MovedBack(event=event, penalty=penalty)


def can_move_back(*, lesson: Lesson, made: LessonMove) -> bool:
    """Whether both people are still there, and nobody decided what the move counts by."""
    if has_one_left(lesson=lesson):
        return False
    return made.incident_id is None or incidents.is_withdrawable(school_id=made.school_id, incident_id=made.incident_id)


def _withdraw(
    school: School, actor: Membership, locked: LockedLesson, made: LessonMove, door: Door, now: datetime
) -> Money | None:
    """The effect of voiding (D16), where the move counts; returns the penalty that it had."""
    if made.incident_id is None:
        return None
    incident = incidents.withdraw_move(move=made, withdrawn_by_id=actor.person_id, door=door, now=now)
    settlement = settle(
        school=school,
        teacher_id=locked.teacher.pk,
        timetable=get_timetable(school_id=school.pk),
        cause=Cause(incident_id=incident.pk, actor_id=actor.person_id, door=door),
        why=incident.reference,
        now=now,
    )
    former = settlement.changes_of(incident.pk).before
    if former is None or former.currency is None or not former.penalty_minor:
        return None
    return Money(former.penalty_minor, former.currency)
