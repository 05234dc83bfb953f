"""Recording incidents, decisions and withdrawals. Each is a new row; nothing is ever edited."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from makegood.database.one_row import add_row
from makegood.domain.incidents.models import Incident, IncidentDecision, IncidentWithdrawal
from makegood.domain.incidents.permissions import is_own_case
from makegood.domain.incidents.queries import find_live_of_lesson
from makegood.domain.incidents.references import make_reference
from makegood.domain.incidents.situations import Claim, Situation, find_fitting
from makegood.domain.lessons.models import Lesson, LessonMove
from makegood.domain.lessons.statuses import OPEN
from makegood.domain.people.models import Membership
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.requests import DifferentRequest
from makegood.refusal import Refusal
from makegood.rules.facts import Decision, RequestedBy

_REFERENCE_ATTEMPTS = 5


class CaseNotFound(Refusal):
    """No such case for this person: it does not exist, or it is none of theirs; the answer is the same."""

    code = "case_not_found"
    sentence = gettext_noop("We could not find this case. Open it again from your list.")


class AlreadyReported(Refusal):
    """The lesson has a live incident; `reference` names it."""

    code = "already_reported"
    sentence = gettext_noop("You already reported this session. The reference is {reference}.")


class LessonIsOver(Refusal):
    """The scheduled end has passed, or the lesson will not take place anyway."""

    code = "lesson_is_over"
    sentence = gettext_noop(
        "This session is over or was cancelled, so there is no emergency to report. If that is "
        "wrong, ask the scheduling desk."
    )


class SituationDoesNotFit(Refusal):
    """The chosen situation does not fit the time; `fitting` is the number of the one that does."""

    code = "situation_does_not_fit"
    sentence = gettext_noop(
        "Situation {chosen} does not fit the time of this session. Situation {fitting} is the right "
        "one now. Choose it and look at its price."
    )


class WithdrawnTooLate(Refusal):
    """The undo minutes have passed."""

    code = "withdrawn_too_late"
    sentence = gettext_noop(
        "A report can be undone for {minutes} minutes. That time has passed. Ask the scheduling desk instead."
    )


class NotWithdrawable(Refusal):
    """Something was built on the report already: a decision, or an earlier withdrawal."""

    code = "not_withdrawable"
    sentence = gettext_noop("This report was withdrawn or decided already. Nothing was changed.")


class CannotDecide(Refusal):
    """The decision is not possible."""

    code = "cannot_decide"
    sentence = gettext_noop("This report was withdrawn by the teacher, so there is nothing to decide.")


class OwnCase(Refusal):
    """Nobody decides an own case."""

    code = "own_case"
    sentence = gettext_noop("Nobody decides a case of their own. Another reviewer has to decide this one.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What somebody reports: the claim, why, and how it reached us."""

    claim: Claim
    reason: str
    note: str
    request_id: uuid.UUID
    door: Door
    reported_by_id: int
    reported_at: datetime


def refuse_unless_reportable(*, lesson: Lesson, now: datetime) -> None:
    """Raise AlreadyReported when the lesson has a live incident, LessonIsOver when it ended or is not open."""
    live = find_live_of_lesson(school_id=lesson.school_id, lesson_id=lesson.pk)
    if live is not None:
        raise AlreadyReported(reference=live.reference)
    if lesson.status not in OPEN or now >= lesson.ends_at:
        raise LessonIsOver


def refuse_unless_fitting(*, lesson: Lesson, situation: Situation, mark_minutes: int, now: datetime) -> None:
    """Raise SituationDoesNotFit when another situation is the right one now, LessonIsOver after the scheduled end."""
    fitting = find_fitting(starts_at=lesson.starts_at, ends_at=lesson.ends_at, mark_minutes=mark_minutes, now=now)
    if fitting is None:
        raise LessonIsOver
    if fitting is not situation:
        raise SituationDoesNotFit(chosen=int(situation), fitting=int(fitting))


def record(*, lesson: Lesson, teacher: Membership, report: Report) -> Incident:
    """Write the incident of a locked lesson of a locked teacher, under a reference no other case of the school has."""
    return save_under_a_reference(build(lesson=lesson, teacher=teacher, report=report))


def save_under_a_reference(incident: Incident) -> Incident:
    """Save a new incident of a locked lesson under a reference no other case of the school has.

    Raises DifferentRequest when somebody else of the school used the form's id.
    """
    for attempt in range(_REFERENCE_ATTEMPTS):
        incident.reference = make_reference()
        try:
            with transaction.atomic():
                add_row(incident)
        except IntegrityError as error:
            if "one_incident_per_request" in str(error):
                raise DifferentRequest from error
            if "incident_references_are_unique" not in str(error) or attempt == _REFERENCE_ATTEMPTS - 1:
                raise
        else:
            break
    return incident


def build(*, lesson: Lesson, teacher: Membership, report: Report) -> Incident:
    """The incident as it would be recorded, not saved and without a reference; a quote prices this."""
    return Incident(
        school_id=lesson.school_id,
        request_id=report.request_id,
        **copy_facts(lesson=lesson, teacher=teacher),
        kind=report.claim.kind,
        requested_by=RequestedBy.TEACHER,
        situation=int(report.claim.situation),
        reported_at=report.reported_at,
        taught_minutes=report.claim.taught_minutes,
        reason=report.reason,
        note=report.note,
        door=report.door,
        reported_by_id=report.reported_by_id,
    )


def copy_facts(*, lesson: Lesson, teacher: Membership) -> dict[str, Any]:
    """What an incident copies of its lesson and its teacher as they are now."""
    return {
        "lesson": lesson,
        "teacher": teacher,
        "lesson_starts_at": lesson.starts_at,
        "lesson_minutes": lesson.minutes,
        "lesson_type": lesson.lesson_type,
        "lesson_pay_minor": lesson.pay_minor,
        "currency": lesson.currency,
        "booked_at": lesson.booked_at,
        "engagement": teacher.engagement,
        "country": teacher.country,
    }


def withdraw(
    *, incident: Incident, withdrawn_by_id: int, door: Door, undo_minutes: int, now: datetime
) -> IncidentWithdrawal:
    """Take a report back, for whoever reported it (D16).

    Raises WithdrawnTooLate, or NotWithdrawable when it was withdrawn or decided.
    """
    if incident.reported_at is None or now > incident.reported_at + timedelta(minutes=undo_minutes):
        raise WithdrawnTooLate(minutes=undo_minutes)
    return _withdraw(incident, withdrawn_by_id, door, now)


def withdraw_move(*, move: LessonMove, withdrawn_by_id: int, door: Door, now: datetime) -> Incident:
    """Withdraw the incident by which a move counts, as who agreed to the move or made it undoes it; returns it.

    Raises NotWithdrawable when it was decided.
    """
    assert move.incident_id is not None, "it counts"
    incident = Incident.objects.get(school_id=move.school_id, pk=move.incident_id)
    _withdraw(incident, withdrawn_by_id, door, now)
    return incident


def is_withdrawable(*, school_id: int, incident_id: int) -> bool:
    """Whether nobody decided the incident or withdrew it by now."""
    rows = (IncidentDecision.objects, IncidentWithdrawal.objects)
    return not any(row.filter(school_id=school_id, incident_id=incident_id).exists() for row in rows)


def _withdraw(incident: Incident, withdrawn_by_id: int, door: Door, now: datetime) -> IncidentWithdrawal:
    if not is_withdrawable(school_id=incident.school_id, incident_id=incident.pk):
        raise NotWithdrawable
    return IncidentWithdrawal.objects.create(
        school_id=incident.school_id, incident=incident, withdrawn_at=now, withdrawn_by_id=withdrawn_by_id, door=door
    )


def find_undo_end(*, incident: Incident, undo_minutes: int) -> datetime | None:
    """Until when (included) a student's wish can be taken back by whoever recorded it; None: nobody reported it.

    Once the lesson should have begun nobody is there for it any more.
    """
    if incident.reported_at is None:
        return None
    return min(incident.reported_at + timedelta(minutes=undo_minutes), incident.lesson_starts_at)


def decide(
    *,
    incident: Incident,
    decision: Decision,
    reason: str,
    decided_by: Membership | None,
    door: Door,
    request_id: uuid.UUID,
    now: datetime,
) -> IncidentDecision:
    """Add the next decision of a locked teacher's incident. `decided_by` None: brought in with a history file.

    Raises OwnCase when the decider is the teacher or the student, CannotDecide when the report was withdrawn,
    DifferentRequest when somebody else of the school used the form's id.
    """
    if decided_by is not None and is_own_case(membership_id=decided_by.pk, incident=incident):
        raise OwnCase
    if IncidentWithdrawal.objects.filter(school_id=incident.school_id, incident=incident).exists():
        raise CannotDecide
    earlier = IncidentDecision.objects.filter(school_id=incident.school_id, incident=incident)
    last_number = earlier.order_by("-number").values_list("number", flat=True).first() or 0
    made = IncidentDecision(
        school_id=incident.school_id,
        incident=incident,
        number=last_number + 1,
        decision=decision,
        reason=reason,
        decided_at=now,
        decided_by=decided_by,
        door=door,
        request_id=request_id,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        if "one_decision_per_request" in str(error):
            raise DifferentRequest from error
        raise
    return made
