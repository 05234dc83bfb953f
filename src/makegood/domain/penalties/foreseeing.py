"""What the facts of a lesson will be put on record as, and what that will cost, before anything is recorded."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from makegood.domain.incidents import queries as incident_rows
from makegood.domain.incidents import recording
from makegood.domain.incidents.recording import LearnedFacts
from makegood.domain.lessons.claiming import find_first_report
from makegood.domain.lessons.judging import Finding, judge
from makegood.domain.lessons.models import Lesson, Side
from makegood.domain.lessons.presence import AWAY_AFTER, Attendance
from makegood.domain.lessons.statuses import OPEN
from makegood.domain.penalties.history import History, assess_history
from makegood.domain.penalties.pricing import NEW
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import Timetable
from makegood.domain.timeline.doors import Door
from makegood.quantities import Money
from makegood.rules.facts import Kind, RequestedBy
from makegood.rules.primitives.minutes_taught import find_enough_minutes

# What each finding is recorded as, and who is answerable; TAUGHT and UNCLEAR are no incidents.
_INCIDENTS: Final[Mapping[Finding, tuple[Kind, RequestedBy]]] = {
    Finding.LATE: (Kind.LATE, RequestedBy.TEACHER),
    Finding.TEACHER_ABSENT: (Kind.NO_SHOW, RequestedBy.TEACHER),
    Finding.STUDENT_ABSENT: (Kind.NO_SHOW, RequestedBy.STUDENT),
    Finding.CUT_SHORT: (Kind.CUT_SHORT, RequestedBy.TEACHER),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What is not on record yet of a lesson that its teacher finished early, or that is over.

    `is_over`: the scheduled end and the time to make up have passed; before that it can still be reported as trouble.
    `by_itself_at`: until then the desk decides first. `reported_at`: when either side first told of trouble in time.
    `penalty`: what it costs if nobody says more, None under a policy without money and for what is no incident.
    `penalty_if_reported`: the same if the teacher reported now, before the end. `has_met`: the two were there together;
    else the lesson counts as not begun, and reporting it is an emergency like any before its start.
    """

    lesson: Lesson
    finding: Finding
    taught_minutes: int
    is_over: bool
    by_itself_at: datetime
    reported_at: datetime | None
    penalty: Money | None
    penalty_if_reported: Money | None
    has_met: bool


def find_out(*, lesson: Lesson, attendance: Attendance, timetable: Timetable) -> Finding:
    """What the facts say of the lesson under the policy in force at its start. Raises NoPolicyInForce."""
    policy = timetable.get_at(lesson.starts_at).policy
    return judge(
        attendance=attendance,
        lesson_minutes=lesson.minutes,
        enough_minutes=find_enough_minutes(policy.begun, lesson_minutes=lesson.minutes),
        waiting=policy.waiting,
    )


def facts_of(
    *, lesson: Lesson, attendance: Attendance, finding: Finding, note: str = "", learned_by_id: int | None = None
) -> LearnedFacts:
    """What a finding that is an incident is recorded as. `learned_by_id` is a person, None: the product itself."""
    kind, requested_by = _INCIDENTS[finding]
    return LearnedFacts(
        kind=kind,
        requested_by=requested_by,
        reported_at=_reported_at(lesson, attendance, finding),
        taught_minutes=0 if finding is Finding.STUDENT_ABSENT else attendance.taught_minutes,
        reason="",
        note=note,
        reported_by_id=learned_by_id,
    )


def confirmed_until(*, lesson: Lesson, attendance: Attendance, timetable: Timetable) -> datetime:
    """Until then people say what happened; then what was seen is recorded by itself.

    By the policy in force at the start, and never before the lesson is over, with what can be made up.
    """
    confirmed_at = lesson.ends_at + timetable.waiting_at(lesson.starts_at).confirm_within
    return max(confirmed_at, lesson.ends_at + AWAY_AFTER, attendance.closes_at + AWAY_AFTER)


def may_be_foreseen(*, lesson: Lesson, attendance: Attendance, timetable: Timetable, now: datetime) -> bool:
    """Whether nothing is on record of the lesson although its teacher finished it, or it is over, and nobody decided.

    After the time for people to say something it is recorded, or waits for the desk alone.
    """
    if lesson.status not in OPEN or now >= confirmed_until(lesson=lesson, attendance=attendance, timetable=timetable):
        return False
    return _is_over(lesson, attendance, now) or attendance.finished_at is not None


def foresee(
    *,
    lesson: Lesson,
    teacher: Membership,
    attendance: Attendance,
    history: History,
    timetable: Timetable,
    now: datetime,
) -> Foreseen | None:
    """What would be recorded of a lesson of which `may_be_foreseen` holds; None for one that was taught, late or not.

    Priced by the same computation as the charge, of the same facts. Raises NoPolicyInForce.
    """
    finding = find_out(lesson=lesson, attendance=attendance, timetable=timetable)
    if finding in (Finding.TAUGHT, Finding.LATE):
        return None
    return foresee_as(
        finding,
        lesson=lesson,
        teacher=teacher,
        attendance=attendance,
        history=history,
        timetable=timetable,
        now=now,
    )


def foresee_as(
    finding: Finding,
    *,
    lesson: Lesson,
    teacher: Membership,
    attendance: Attendance,
    history: History,
    timetable: Timetable,
    now: datetime,
) -> Foreseen:
    """The same for a finding that somebody else made of the facts, also while the lesson goes on."""
    learned = facts_of(lesson=lesson, attendance=attendance, finding=finding) if finding in _INCIDENTS else None
    is_over = _is_over(lesson, attendance, now)
    can_report = learned is not None and finding is Finding.CUT_SHORT and learned.reported_at is None and not is_over

    def price(facts: LearnedFacts) -> Money | None:
        row = recording.build_learned(
            lesson=lesson, teacher=teacher, learned=facts, request_id=uuid.UUID(int=0), door=Door.JOB
        )
        incident = dataclasses.replace(incident_rows.to_facts(row), incident=NEW)
        outcome = assess_history(history=history.with_incident(incident), timetable=timetable)
        version, assessment = outcome.assessments[NEW]
        currency = version.policy.currency
        return Money(assessment.penalty_minor, currency) if currency is not None else None

    return Foreseen(
        lesson=lesson,
        finding=finding,
        taught_minutes=attendance.taught_minutes,
        is_over=is_over,
        by_itself_at=confirmed_until(lesson=lesson, attendance=attendance, timetable=timetable),
        reported_at=learned.reported_at if learned is not None and finding is Finding.CUT_SHORT else None,
        penalty=price(learned) if learned is not None else None,
        penalty_if_reported=price(dataclasses.replace(learned, reported_at=now)) if learned and can_report else None,
        has_met=attendance.has_begun is not False,
    )


def _is_over(lesson: Lesson, attendance: Attendance, now: datetime) -> bool:
    if attendance.finished_at is not None:
        return now >= lesson.ends_at
    return now >= max(lesson.ends_at, attendance.closes_at) + AWAY_AFTER


def _reported_at(lesson: Lesson, attendance: Attendance, finding: Finding) -> datetime | None:
    """When word first reached us: a reported problem in time (D12), or the teacher's own coming, late as it was."""
    if finding is Finding.CUT_SHORT:
        return find_first_report(lesson=lesson)
    if finding is Finding.STUDENT_ABSENT:
        return None
    return find_word_of_teacher(lesson=lesson, attendance=attendance)


def find_word_of_teacher(*, lesson: Lesson, attendance: Attendance) -> datetime | None:
    """When a teacher who was absent first showed up, None: never. Who came early and went gave no notice by coming."""
    came_at = attendance.first_at(Side.TEACHER)
    return None if came_at is None else max(came_at, lesson.starts_at)
