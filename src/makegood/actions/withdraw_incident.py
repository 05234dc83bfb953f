"""A teacher takes back a report made by mistake, within the undo minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError

from makegood.actions import messages
from makegood.actions.lesson_credits import use_again
from makegood.actions.lesson_locks import lock_with_people, refuse_if_one_left
from makegood.actions.settlement import Cause, settle
from makegood.actions.transactions import in_one_transaction
from makegood.domain.incidents import operations as incidents
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.permissions import may_withdraw
from makegood.domain.incidents.queries import find_by_reference, is_withdrawn
from makegood.domain.ledger.credits import NotEnoughCredits
from makegood.domain.lessons import operations as lessons
from makegood.domain.lessons.operations import TimeTakenSince, TooLateToUndo
from makegood.domain.lessons.other_times import refuse_if_it_stands
from makegood.domain.lessons.room import refuse_without_room
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import holds_role
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.quantities import Interval


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

    In one transaction, in this order: lock teacher, student and lesson; record the withdrawal, which has the effect of
    voiding (D16); the lesson is booked again; assess the history, supersede, reverse, end what it caused; the student's
    credits; timeline; outbox. A second tap gets the first answer.

    Raises CaseNotFound (also for somebody else's case), WithdrawnTooLate, NotWithdrawable, TimeTakenSince, FullSince,
    ClosedSince, OtherTimeStands, StudentLeftSince when there is nobody for whom the lesson could take place, and
    TooLateToUndo when the credit that came back was spent.
    """
    try:
        return in_one_transaction(school.pk, lambda: _withdraw(school, actor, reference, door, now))
    except IntegrityError as error:
        if "no_overlapping_live_lessons" in str(error):
            raise TimeTakenSince from error
        raise


def _find_own_report(school: School, actor: Membership, reference: str) -> Incident:
    """What the actor may take back, as a teacher of the school. Raises CaseNotFound."""
    incident = find_by_reference(school_id=school.pk, reference=reference)
    if (
        incident is None
        or not may_withdraw(member=actor, incident=incident)
        or not holds_role(school_id=school.pk, membership_id=actor.pk, roles=(Role.TEACHER,))
    ):
        raise incidents.CaseNotFound
    return incident


def _withdraw(school: School, actor: Membership, reference: str, door: Door, now: datetime) -> IncidentWithdrawn:
    locked = lock_with_people(school_id=school.pk, lesson_id=_find_own_report(school, actor, reference).lesson_id)
    teacher, lesson = locked.teacher, locked.lesson
    # Read again: somebody may have withdrawn or decided it while we waited for the locks.
    incident = _find_own_report(school, actor, reference)
    if is_withdrawn(incident):
        return IncidentWithdrawn(reference=reference, lesson_id=incident.lesson_id, is_replay=True)
    refuse_if_one_left(locked=locked)
    refuse_if_it_stands(lesson=lesson)
    timetable = get_timetable(school_id=school.pk)
    undo_minutes = timetable.get_at(lesson.starts_at).policy.reporting.undo_minutes
    incidents.withdraw(
        incident=incident, withdrawn_by_id=teacher.person_id, door=door, undo_minutes=undo_minutes, now=now
    )
    times = [Interval(lesson.starts_at, lesson.ends_at)]
    since = incident.reported_at or now
    refuse_without_room(school=school, teacher=teacher, student_id=lesson.student_id, times=times, since=since)
    lessons.return_to_booked(lesson=lesson)
    cause = Cause(incident_id=incident.pk, actor_id=teacher.person_id, door=door)
    settle(school=school, teacher_id=teacher.pk, timetable=timetable, cause=cause, why=reference, now=now)
    try:
        use_again(school=school, lesson=lesson, now=now)
    except NotEnoughCredits as error:
        # The credit came back and was spent on another lesson since.
        raise TooLateToUndo(minutes=undo_minutes) from error
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
