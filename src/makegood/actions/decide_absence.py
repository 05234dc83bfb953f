"""The desk decides who was absent from a lesson: the facts' finding is confirmed, or corrected."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_noop

from makegood.actions import verdict_messages
from makegood.actions.absence_messages import tell_of_absence
from makegood.actions.lesson_conclusion import By, put_as_taught, settle_incident
from makegood.actions.lesson_credits import fit_credits
from makegood.actions.lesson_locks import LockedLesson, lock_with_people
from makegood.actions.transactions import in_one_transaction
from makegood.domain.incidents import operations as incidents
from makegood.domain.incidents import recording
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.queries import find_live_of_lesson
from makegood.domain.incidents.recording import LearnedFacts
from makegood.domain.lessons import attending, claiming, desk_cases
from makegood.domain.lessons import operations as lessons
from makegood.domain.lessons.desk_cases import DeskCaseNotFound
from makegood.domain.lessons.models import LessonStatus
from makegood.domain.lessons.presence import Attendance
from makegood.domain.lessons.statuses import OPEN
from makegood.domain.penalties.foreseeing import find_word_of_teacher
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import holds_role
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.refusal import Refusal
from makegood.rules.facts import Decision, Kind, RequestedBy

DECIDING_ROLES: Final = (Role.DESK, Role.SUPPORT)
ABSENCE_CASES: Final = desk_cases.ABSENCES


class Verdict(StrEnum):
    """What the desk found out. OUTAGE: our page or the video service did not work, and nobody is to blame."""

    TEACHER_ABSENT = "teacher_absent"
    STUDENT_ABSENT = "student_absent"
    CUT_SHORT = "cut_short"
    TAUGHT = "taught"
    OUTAGE = "outage"


class LessonNotOver(Refusal):
    """Nobody can know yet."""

    code = "lesson_not_over"
    sentence = gettext_noop("The session is not over yet. Decide this after its scheduled end.")


class NoGrounds(Refusal):
    """The decision has no reason."""

    code = "no_grounds"
    sentence = gettext_noop("Write what you know and from whom. Both sides may ask for it.")


_INCIDENTS: Final = {
    Verdict.TEACHER_ABSENT: (Kind.NO_SHOW, RequestedBy.TEACHER),
    Verdict.STUDENT_ABSENT: (Kind.NO_SHOW, RequestedBy.STUDENT),
    Verdict.CUT_SHORT: (Kind.CUT_SHORT, RequestedBy.TEACHER),
    Verdict.OUTAGE: (Kind.CANCELLED, RequestedBy.PLATFORM),
}


def decide_absence(
    *,
    school: School,
    actor: Membership,
    case_id: int,
    verdict: Verdict,
    note: str,
    door: Door,
    now: datetime,
    announce: bool = True,
) -> Incident | None:
    """Decide an open case about an absence. Returns the incident that stands afterwards, None: the lesson was taught.

    In one transaction, in this order: lock the people and the lesson; void a live incident that says otherwise (a
    student's late cancellation, too, when the teacher turns out to have been absent); record what the desk found; the
    teacher's history, pay and the student's credits; end all absence cases of the lesson; event; outbox, also where
    the desk found what is on record already.

    Raises DeskCaseNotFound (also for whoever may not decide), LessonNotOver, NoGrounds, ClaimNoteTooLong, OwnCase,
    and CreditSpentSince when the lesson is to be used again and its credit was spent.
    """
    grounds = claiming.check_note(note)
    if not grounds:
        raise NoGrounds

    def work() -> Incident | None:
        found = desk_cases.find_open_case(school_id=school.pk, case_id=case_id)
        may_decide = holds_role(school_id=school.pk, membership_id=actor.pk, roles=DECIDING_ROLES)
        if found is None or found.kind not in ABSENCE_CASES or not may_decide:
            raise DeskCaseNotFound
        locked = lock_with_people(school_id=school.pk, lesson_id=found.lesson_id)
        if not desk_cases.can_be_decided(lesson=locked.lesson, now=now):
            raise LessonNotOver
        if actor.pk in {locked.lesson.teacher_id, locked.lesson.student_id}:
            raise incidents.OwnCase
        desk_cases.end_case(case=found, outcome=verdict, ended_by_id=actor.person_id, now=now)
        desk_cases.end_cases_of(
            lesson=locked.lesson, kinds=ABSENCE_CASES, outcome=verdict, ended_by_id=actor.person_id, now=now
        )
        by = By(actor_id=actor.person_id, door=door, event=EventKind.ABSENCE_DECIDED, note=grounds, announce=announce)
        return _put_on_record(school, locked, actor, verdict, by, now)

    return in_one_transaction(school.pk, work)


def _put_on_record(
    school: School, locked: LockedLesson, actor: Membership, verdict: Verdict, by: By, now: datetime
) -> Incident | None:
    lesson = locked.lesson
    live = find_live_of_lesson(school_id=school.pk, lesson_id=lesson.pk)
    is_so_already = live is not None and (live.kind, live.requested_by) == _INCIDENTS.get(verdict)
    if is_so_already or (live is None and verdict is Verdict.TAUGHT and lesson.status == LessonStatus.TAUGHT):
        _confirm(school, locked, live, by, now)
        return live
    attendance = attending.find_attendance(lesson=lesson, now=now)
    if live is not None:
        incidents.decide(
            incident=live,
            decision=Decision.VOIDED,
            reason=by.note,
            decided_by=actor,
            door=by.door,
            request_id=uuid.uuid4(),
            now=now,
        )
    if verdict is Verdict.TAUGHT:
        _put_as_taught(school, locked, live, attendance, by, now)
        return None
    return _record(school, locked, verdict, attendance, live, by, now)


def _confirm(school: School, locked: LockedLesson, live: Incident | None, by: By, now: datetime) -> None:
    """It stands on record as the desk found it: nothing changes, and both sides hear that."""
    event = timeline.record(
        school_id=school.pk,
        kind=by.event,
        at=now,
        door=by.door,
        actor_id=by.actor_id,
        reason=by.note,
        lesson_id=locked.lesson.pk,
        incident_id=live.pk if live is not None else None,
    )
    if by.announce:
        verdict_messages.tell_that_it_stays(school=school, locked=locked, event=event, now=now)


def _put_as_taught(
    school: School, locked: LockedLesson, live: Incident | None, attendance: Attendance, by: By, now: datetime
) -> None:
    settlement = None
    if live is not None:
        settlement = settle_incident(school=school, locked=locked, incident=live, by=by, now=now)
    event = put_as_taught(school=school, lesson=locked.lesson, attendance=attendance, by=by, now=now)
    fit_credits(school=school, lesson=locked.lesson, now=now)
    if by.announce:
        verdict_messages.tell_that_it_was_taught(
            school=school,
            locked=locked,
            minutes=attendance.taught_minutes,
            former=live,
            settlement=settlement,
            event=event,
            now=now,
        )


def _record(
    school: School,
    locked: LockedLesson,
    verdict: Verdict,
    attendance: Attendance,
    former: Incident | None,
    by: By,
    now: datetime,
) -> Incident:
    lesson = locked.lesson
    kind, requested_by = _INCIDENTS[verdict]
    incident = recording.record_learned(
        lesson=lesson,
        teacher=locked.teacher,
        learned=LearnedFacts(
            kind=kind,
            requested_by=requested_by,
            reported_at=_reported_at(locked, verdict, attendance, now),
            taught_minutes=attendance.taught_minutes if verdict is Verdict.CUT_SHORT else 0,
            reason="platform_outage" if verdict is Verdict.OUTAGE else "",
            note=by.note,
            reported_by_id=by.actor_id,
        ),
        request_id=uuid.uuid4(),
        door=by.door,
    )
    # What was cancelled or missed before stays so: its status tells of an incident, and which one holds is another row.
    if lesson.status in (*OPEN, LessonStatus.TAUGHT):
        lessons.mark(lesson=lesson, kind=kind)
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
        tell: Callable[..., None] = verdict_messages.tell_of_outage if verdict is Verdict.OUTAGE else tell_of_absence
        tell(
            school=school, locked=locked, incident=incident, former=former, settlement=settlement, event=event, now=now
        )
    return incident


def _reported_at(locked: LockedLesson, verdict: Verdict, attendance: Attendance, now: datetime) -> datetime | None:
    if verdict is Verdict.CUT_SHORT:
        return claiming.find_first_report(lesson=locked.lesson)
    if verdict is Verdict.TEACHER_ABSENT:
        return find_word_of_teacher(lesson=locked.lesson, attendance=attendance)
    return now
