"""Staff put an incident on record that the school learned of in another way than by an emergency report."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from makegood.actions.kept_times import free_with_lesson
from makegood.actions.lesson_credits import settle_credits
from makegood.actions.lesson_locks import lock_with_people
from makegood.actions.settlement import Cause, settle
from makegood.actions.transactions import in_one_transaction
from makegood.domain.incidents import recording
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.operations import AlreadyReported
from makegood.domain.incidents.queries import find_live_of_lesson
from makegood.domain.incidents.recording import LearnedFacts
from makegood.domain.lessons import operations as lessons
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.lessons.statuses import OPEN
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import holds_role
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind

RECORDING_ROLES: Final = (Role.DESK, Role.SUPPORT)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRecorded:
    """The case, and whether the teacher is paid for the lesson all the same."""

    incident: Incident
    is_paid: bool


def record_incident(
    *,
    school: School,
    actor: Membership,
    lesson_id: int,
    learned: LearnedFacts,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
) -> IncidentRecorded:
    """Record what the desk or tech support learned of a lesson: a no-show, a student's call, a teacher who came late.

    In one transaction, in this order: lock teacher, student and lesson; record the incident and what becomes of the
    lesson; assess the teacher's history, supersede, reverse, post; consequences; the student's credits; timeline; the
    times kept for it. Nobody is sent a message, but the desk where it was to approve one of those times.

    Raises LessonNotFound (also for whoever may not record), AlreadyReported, NoPolicyInForce, CreditSpentSince.
    """

    def work() -> IncidentRecorded:
        found = find_lesson(school_id=school.pk, lesson_id=lesson_id)
        if found is None or not holds_role(school_id=school.pk, membership_id=actor.pk, roles=RECORDING_ROLES):
            raise LessonNotFound
        locked = lock_with_people(school_id=school.pk, lesson_id=lesson_id)
        teacher, lesson = locked.teacher, locked.lesson
        live = find_live_of_lesson(school_id=school.pk, lesson_id=lesson.pk)
        if live is not None:
            raise AlreadyReported(reference=live.reference)
        incident = recording.record_learned(
            lesson=lesson, teacher=teacher, learned=learned, request_id=request_id, door=door
        )
        lessons.mark(lesson=lesson, kind=learned.kind)
        settlement = settle(
            school=school,
            teacher_id=teacher.pk,
            timetable=get_timetable(school_id=school.pk),
            cause=Cause(incident_id=incident.pk, actor_id=actor.person_id, door=door),
            why=incident.reference,
            now=now,
        )
        is_paid = settlement.live[incident.pk].paid
        settle_credits(
            school=school,
            lesson=lesson,
            kind=learned.kind,
            requested_by=learned.requested_by,
            is_paid=is_paid,
            now=now,
        )
        timeline.record(
            school_id=school.pk,
            kind=EventKind.INCIDENT_RECORDED,
            at=now,
            door=door,
            actor_id=actor.person_id,
            reason=learned.reason,
            lesson_id=lesson.pk,
            incident_id=incident.pk,
        )
        if lesson.status not in OPEN:
            free_with_lesson(lesson=lesson, teacher=teacher, by_id=actor.person_id, door=door, now=now)
        return IncidentRecorded(incident=incident, is_paid=is_paid)

    return in_one_transaction(school.pk, work)
