"""A teacher takes back a report made by mistake, within the undo minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError

from makegood.actions import messages
from makegood.actions.lesson_credits import use_again
from makegood.actions.settlement import Cause, settle
from makegood.actions.transactions import in_one_transaction
from makegood.domain.incidents import operations as incidents
from makegood.domain.incidents.queries import find_by_reference, is_withdrawn
from makegood.domain.lessons import operations as lessons
from makegood.domain.lessons.operations import TimeTakenSince
from makegood.domain.people.models import Membership
from makegood.domain.people.roster import lock_member
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentWithdrawn:
    """The lesson takes place again; `is_replay`: it had been withdrawn before."""

    reference: str
    lesson_id: int
    is_replay: bool = False


def withdraw_incident(
    *, school: School, actor: Membership, reference: str, door: Door, now: datetime
) -> IncidentWithdrawn:
    """Withdraw the actor's own report.

    In one transaction, in this order: lock teacher and lesson; record the withdrawal, which has the effect of voiding
    (D16); the lesson is booked again; assess the history, supersede, reverse, end what it caused; timeline; outbox.
    A second tap gets the first answer.

    Raises CaseNotFound (also for somebody else's case), WithdrawnTooLate, NotWithdrawable, TimeTakenSince.
    """
    try:
        return in_one_transaction(school.pk, lambda: _withdraw(school, actor, reference, door, now))
    except IntegrityError as error:
        if "no_overlapping_live_lessons" in str(error):
            raise TimeTakenSince from error
        raise


def _withdraw(school: School, actor: Membership, reference: str, door: Door, now: datetime) -> IncidentWithdrawn:
    teacher = lock_member(school_id=school.pk, membership_id=actor.pk)
    incident = find_by_reference(school_id=school.pk, reference=reference)
    is_own = incident is not None and incident.teacher_id == teacher.pk
    # What the student or the desk put on record is not the teacher's to take back.
    if incident is None or not is_own or incident.reported_by_id != teacher.person_id:
        raise incidents.CaseNotFound
    if is_withdrawn(incident):
        return IncidentWithdrawn(reference=reference, lesson_id=incident.lesson_id, is_replay=True)
    lesson = lessons.lock_lesson(school_id=school.pk, lesson_id=incident.lesson_id)
    timetable = get_timetable(school_id=school.pk)
    incidents.withdraw(
        incident=incident,
        withdrawn_by_id=teacher.person_id,
        door=door,
        undo_minutes=timetable.get_at(lesson.starts_at).policy.reporting.undo_minutes,
        now=now,
    )
    lessons.return_to_booked(lesson=lesson)
    cause = Cause(incident_id=incident.pk, actor_id=teacher.person_id, door=door)
    settle(school=school, teacher_id=teacher.pk, timetable=timetable, cause=cause, why=reference, now=now)
    use_again(school=school, lesson=lesson, now=now)
    event = timeline.record(
        school_id=school.pk,
        kind=EventKind.INCIDENT_WITHDRAWN,
        at=now,
        door=door,
        actor_id=teacher.person_id,
        lesson_id=lesson.pk,
        incident_id=incident.pk,
    )
    messages.tell_of_withdrawal(school=school, event=event, incident=incident, lesson=lesson, teacher=teacher, now=now)
    return IncidentWithdrawn(reference=reference, lesson_id=lesson.pk)
