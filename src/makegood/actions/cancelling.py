"""What all cancellations at a student's wish have in common. Shared by the verbs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from makegood.actions.kept_times import free_with_lesson
from makegood.actions.lesson_credits import settle_credits
from makegood.actions.lesson_locks import LockedLesson
from makegood.actions.settlement import Cause, settle
from makegood.domain.incidents import recording
from makegood.domain.incidents.asking import REASON
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.recording import LearnedFacts
from makegood.domain.lessons import operations as lessons
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import Timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.rules.facts import Kind, RequestedBy


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedCancellation:
    """The incident, and whether the lesson is used and paid all the same."""

    incident: Incident
    is_used: bool


def record_cancellation(
    *,
    school: School,
    locked: LockedLesson,
    timetable: Timetable,
    actor: Membership,
    note: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
    announce: bool,
    asked_at: datetime | None = None,
) -> RecordedCancellation:
    """Record that the student wants the locked lesson cancelled; settle; credits; free the times kept for it.

    `asked_at` is when the student said so, where that was earlier than now.

    The desk is told where it was to approve one of them, unless not `announce`.

    Raises DifferentRequest, NoPolicyInForce.
    """
    lesson, teacher = locked.lesson, locked.teacher
    incident = recording.record_learned(
        lesson=lesson,
        teacher=teacher,
        learned=LearnedFacts(
            kind=Kind.CANCELLED,
            requested_by=RequestedBy.STUDENT,
            reported_at=asked_at or now,
            taught_minutes=0,
            reason=REASON,
            note=note,
            reported_by_id=actor.person_id,
        ),
        request_id=request_id,
        door=door,
    )
    lessons.mark(lesson=lesson, kind=Kind.CANCELLED)
    cause = Cause(incident_id=incident.pk, actor_id=actor.person_id, door=door)
    settlement = settle(
        school=school, teacher_id=teacher.pk, timetable=timetable, cause=cause, why=incident.reference, now=now
    )
    is_used = settlement.live[incident.pk].paid
    settle_credits(
        school=school, lesson=lesson, kind=Kind.CANCELLED, requested_by=RequestedBy.STUDENT, is_paid=is_used, now=now
    )
    free_with_lesson(lesson=lesson, teacher=teacher, by_id=actor.person_id, door=door, now=now, is_told=announce)
    return RecordedCancellation(incident=incident, is_used=is_used)
