"""The teacher finishes a lesson."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from makegood.actions.lesson_conclusion import By, conclude
from makegood.actions.lesson_locks import lock_with_people
from makegood.actions.own_lessons import refuse_unless_teaches
from makegood.actions.transactions import in_one_transaction
from makegood.domain.lessons import attending
from makegood.domain.lessons.attending import NotStarted, NotUnderWay
from makegood.domain.lessons.judging import Finding
from makegood.domain.lessons.models import LessonStatus, PresenceFact, Side
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.penalties.foreseeing import find_out
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonFinished:
    """What the facts say. `is_recorded`: it stands; otherwise it waits for the scheduled end and for people."""

    finding: Finding
    taught_minutes: int
    is_recorded: bool


def finish_lesson(*, school: School, actor: Membership, lesson_id: int, door: Door, now: datetime) -> LessonFinished:
    """Finish an own lesson. Taught (or late and made up): recorded and paid at once. Anything else stays open.

    What is short can still be reported as trouble until the scheduled end (D12), or taken up again; after it the job
    that watches lessons goes on. In one transaction, in this order: lock the people and the lesson; the fact; what
    follows from all facts; event. Finishing what was finished changes nothing.

    Raises LessonNotFound (also for somebody else's lesson, and for the student), NotStarted, NotUnderWay.
    """

    def work() -> LessonFinished:
        found = find_lesson(school_id=school.pk, lesson_id=lesson_id)
        if found is None:
            raise LessonNotFound
        refuse_unless_teaches(lesson=found, actor=actor)
        locked = lock_with_people(school_id=school.pk, lesson_id=lesson_id)
        lesson = locked.lesson
        if lesson.status == LessonStatus.TAUGHT:
            return LessonFinished(finding=Finding.TAUGHT, taught_minutes=lesson.taught_minutes or 0, is_recorded=True)
        if lesson.status == LessonStatus.BOOKED:
            raise NotStarted
        if lesson.status != LessonStatus.IN_PROGRESS:
            raise NotUnderWay
        attending.record(lesson=lesson, side=Side.TEACHER, kind=PresenceFact.Kind.FINISHED, door=door, at=now)
        attendance = attending.find_attendance(lesson=lesson, now=now)
        finding = find_out(lesson=lesson, attendance=attendance, timetable=get_timetable(school_id=school.pk))
        timeline.record(
            school_id=school.pk,
            kind=EventKind.LESSON_FINISHED,
            at=now,
            door=door,
            actor_id=actor.person_id,
            lesson_id=lesson.pk,
        )
        is_recorded = finding in (Finding.TAUGHT, Finding.LATE)
        if is_recorded:
            by = By(actor_id=None, door=door)
            conclude(school=school, locked=locked, finding=finding, attendance=attendance, by=by, now=now)
        return LessonFinished(finding=finding, taught_minutes=attendance.taught_minutes, is_recorded=is_recorded)

    return in_one_transaction(school.pk, work)
