"""What the facts say of a lesson is put on record: taught and paid, or an incident. Shared by the verbs and the job."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from makegood.actions.absence_messages import tell_of_absence
from makegood.actions.lesson_credits import settle_credits
from makegood.actions.lesson_locks import LockedLesson
from makegood.actions.lesson_pay import settle_lesson_pay
from makegood.actions.settlement import Cause, Settlement, settle
from makegood.domain.incidents import recording
from makegood.domain.incidents.models import Incident
from makegood.domain.lessons import desk_cases, teaching
from makegood.domain.lessons import operations as lessons
from makegood.domain.lessons.judging import Finding
from makegood.domain.lessons.models import DeskCase, Lesson
from makegood.domain.lessons.presence import Attendance
from makegood.domain.penalties.foreseeing import facts_of
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from makegood.rules.facts import Kind, RequestedBy


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who concludes: a person (None: the job), through which door, with which words."""

    actor_id: int | None
    door: Door
    event: EventKind = EventKind.INCIDENT_DETECTED
    note: str = ""
    announce: bool = True


def conclude(
    *, school: School, locked: LockedLesson, finding: Finding, attendance: Attendance, by: By, now: datetime
) -> Incident | None:
    """Put the finding about a locked lesson on record. Returns the incident, None for a lesson simply taught.

    In this order: the incident, what becomes of the lesson, the teacher's history and pay, the student's credits,
    timeline, outbox; the desk's cases about who was absent, which that answers unless each side says it of the other.
    The caller looked at the lesson's status under the lock.
    """
    incident = _record(school=school, locked=locked, finding=finding, attendance=attendance, by=by, now=now)
    desk_cases.end_cases_of(
        lesson=locked.lesson,
        kinds=[kind for kind in desk_cases.ABSENCES if kind != DeskCase.Kind.BOTH_CLAIM],
        outcome=finding,
        ended_by_id=by.actor_id,
        now=now,
    )
    return incident


def _record(
    *, school: School, locked: LockedLesson, finding: Finding, attendance: Attendance, by: By, now: datetime
) -> Incident | None:
    lesson = locked.lesson
    if finding is Finding.TAUGHT:
        put_as_taught(school=school, lesson=lesson, attendance=attendance, by=by, now=now)
        return None
    learned = facts_of(lesson=lesson, attendance=attendance, finding=finding, note=by.note, learned_by_id=by.actor_id)
    incident = recording.record_learned(
        lesson=lesson,
        teacher=locked.teacher,
        learned=learned,
        request_id=uuid.uuid4(),
        door=by.door,
    )
    if finding is Finding.LATE:
        teaching.put_as_taught(lesson=lesson, taught_minutes=attendance.taught_minutes)
    else:
        lessons.mark(lesson=lesson, kind=learned.kind)
    settlement = settle_incident(school=school, locked=locked, incident=incident, by=by, now=now)
    event = timeline.record(
        school_id=school.pk,
        kind=by.event,
        at=now,
        door=by.door,
        actor_id=by.actor_id,
        reason=by.note,
        lesson_id=lesson.pk,
        incident_id=incident.pk,
    )
    if by.announce:
        tell_of_absence(school=school, locked=locked, incident=incident, settlement=settlement, event=event, now=now)
    return incident


def put_as_taught(*, school: School, lesson: Lesson, attendance: Attendance, by: By, now: datetime) -> Event:
    """A locked lesson was taught: its minutes, its pay, an event, which is returned."""
    teaching.put_as_taught(lesson=lesson, taught_minutes=attendance.taught_minutes)
    settle_lesson_pay(school=school, lesson_ids=[lesson.pk], now=now)
    return timeline.record(
        school_id=school.pk,
        kind=EventKind.LESSON_TAUGHT,
        at=now,
        door=by.door,
        actor_id=by.actor_id,
        reason=by.note,
        lesson_id=lesson.pk,
        values={"minutes": attendance.taught_minutes},
    )


def settle_incident(*, school: School, locked: LockedLesson, incident: Incident, by: By, now: datetime) -> Settlement:
    """Settle the teacher's history after an incident of a locked lesson, and give the student's credits back (D29).

    They stay used where the student caused it and the lesson is paid, and where the lesson was taught after all.
    """
    settlement = settle(
        school=school,
        teacher_id=locked.teacher.pk,
        timetable=get_timetable(school_id=school.pk),
        cause=Cause(incident_id=incident.pk, actor_id=by.actor_id, door=by.door),
        why=incident.reference,
        now=now,
    )
    settle_credits(
        school=school,
        lesson=locked.lesson,
        kind=Kind(incident.kind),
        requested_by=RequestedBy(incident.requested_by),
        is_paid=settlement.live[incident.pk].paid,
        now=now,
    )
    return settlement
