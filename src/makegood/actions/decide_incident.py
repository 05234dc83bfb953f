"""A reviewer decides an incident: keep, reduce, waive or void, with a reason."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop

from makegood.actions import messages
from makegood.actions.decision_steps import DecisionPreview, get_decidable, make_preview
from makegood.actions.lesson_credits import fit_credits
from makegood.actions.lesson_locks import lock_with_people
from makegood.actions.settlement import Cause, Settlement, amount_values, settle
from makegood.actions.transactions import in_one_transaction
from makegood.domain.incidents import checks
from makegood.domain.incidents import operations as incidents
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.queries import find_by_reference
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline import requests
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.quantities import Money
from makegood.refusal import Refusal
from makegood.rules.facts import Decision
from makegood.rules.sentences import Value
from makegood.rules.storing import values_to_json

ROUTE = "decide_incident"


class FactsChanged(Refusal):
    """Something was recorded since the preview; `preview` shows what the decision would do now."""

    code = "facts_changed"
    sentence = gettext_noop(
        "Something changed since you looked. Nothing was decided. Look at the new effects, then decide."
    )

    def __init__(self, *, preview: DecisionPreview) -> None:
        super().__init__()
        self.preview = preview


class OutsideCatalog(Refusal):
    """The policy's catalog does not provide for this outcome."""

    code = "outside_catalog"
    sentence = gettext_noop(
        "The policy does not provide for this decision with the reason given for the incident. "
        "Confirm that it is an exception, and say why."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentDecided:
    """The decision is recorded and settled; `is_replay`: the form had been sent before."""

    reference: str
    decision: Decision
    is_replay: bool = False


def decide_incident(
    *,
    school: School,
    actor: Membership,
    reference: str,
    decision: Decision,
    reason: str,
    seen: str,
    is_exception: bool,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
    announce: bool = True,
) -> IncidentDecided:
    """Decide a case as previewed; `seen` comes from the preview, `reason` is what the teacher reads.

    In one transaction, in this order: lock teacher, student and lesson; answer a replay; compare the facts with those
    previewed; record the decision; assess the history, supersede, reverse and post (what belongs to a closed month goes
    to the next open one, D20); consequences; timeline; outbox (unless not `announce`, for history that is made up); the
    student's credits (`lesson_credits` says which decision changes them).

    Raises CaseNotFound, OwnCase, CannotDecide, AnotherCaseStands, NoDecisionReason, NoteTooLong, NoteUnreadable,
    OutsideCatalog, DifferentRequest, CreditSpentSince, and FactsChanged with a new preview.
    """
    reason = checks.check_decision_reason(reason)

    def work() -> IncidentDecided:
        content = {"reference": reference, "decision": str(decision), "reason": reason}
        found = find_by_reference(school_id=school.pk, reference=reference)
        if found is None:
            raise incidents.CaseNotFound
        locked = lock_with_people(school_id=school.pk, lesson_id=found.lesson_id)
        teacher = locked.teacher
        answer = requests.find_answer(
            school_id=school.pk, person_id=actor.person_id, route=ROUTE, key=request_id, content=content
        )
        if answer is not None:
            return IncidentDecided(reference=reference, decision=Decision(answer["decision"]), is_replay=True)
        incident = get_decidable(school=school, actor=actor, reference=reference)
        preview = make_preview(school=school, incident=incident, decision=decision, now=now)
        if preview.seen != seen:
            raise FactsChanged(preview=preview)
        if preview.needs_exception and not is_exception:
            raise OutsideCatalog
        incidents.decide(
            incident=incident,
            decision=decision,
            reason=reason,
            decided_by=actor,
            door=door,
            request_id=request_id,
            now=now,
        )
        _settle_and_tell(school, actor, teacher, incident, decision, reason, door, now, announce=announce)
        fit_credits(school=school, lesson=locked.lesson, now=now)
        requests.record_answer(
            school_id=school.pk,
            person_id=actor.person_id,
            route=ROUTE,
            key=request_id,
            content=content,
            answer={"decision": str(decision)},
            now=now,
        )
        return IncidentDecided(reference=reference, decision=decision)

    return in_one_transaction(school.pk, work)


def _settle_and_tell(
    school: School,
    actor: Membership,
    teacher: Membership,
    incident: Incident,
    decision: Decision,
    reason: str,
    door: Door,
    now: datetime,
    *,
    announce: bool,
) -> None:
    cause = Cause(incident_id=incident.pk, actor_id=actor.person_id, door=door)
    settlement = settle(
        school=school,
        teacher_id=teacher.pk,
        timetable=get_timetable(school_id=school.pk),
        cause=cause,
        why=incident.reference,
        now=now,
    )
    amounts = _amounts(settlement, incident)
    event = timeline.record(
        school_id=school.pk,
        kind=EventKind.INCIDENT_DECIDED,
        at=now,
        door=door,
        actor_id=actor.person_id,
        reason=reason,
        lesson_id=incident.lesson_id,
        incident_id=incident.pk,
        values=values_to_json({"decision": messages.DECISION_WORDS[decision], **amounts}),
    )
    if announce:
        messages.tell_of_decision(
            event=event,
            incident=incident,
            teacher=teacher,
            decision=decision,
            reason=reason,
            amounts=amounts,
            settlement=settlement,
            now=now,
        )


def _amounts(settlement: Settlement, incident: Incident) -> dict[str, Value]:
    """Before and after in money; equal when the decision changed nothing, empty under a policy without money."""
    change = next((found for found in settlement.changes if found.after.incident_id == incident.pk), None)
    if change is not None:
        return amount_values(change)
    live = settlement.live[incident.pk]
    if live.currency is None:
        return {}
    amount = Money(live.penalty_minor, live.currency)
    return {"before": amount, "amount": amount}
