"""The price of an incident before it is recorded: the same computation as the charge."""

from __future__ import annotations

import dataclasses
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from makegood.domain.incidents import operations as incidents
from makegood.domain.incidents import queries as incident_rows
from makegood.domain.incidents import recording
from makegood.domain.incidents.operations import Report
from makegood.domain.incidents.recording import LearnedFacts
from makegood.domain.incidents.situations import Claim
from makegood.domain.lessons.models import Lesson
from makegood.domain.penalties.history import History, Outcome, assess_history
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import Timetable
from makegood.domain.timeline.doors import Door
from makegood.quantities import Money
from makegood.rules import facts, results
from makegood.rules.deadlines import EvidenceDeadline, evidence_deadline
from makegood.rules.facts import Kind, RequestedBy
from makegood.rules.policy import Policy
from makegood.rules.quote import price_reported, quote

# The id of the incident-to-be; recorded ones have numbers. Two incidents of one start are refused, so it breaks no tie.
NEW: Final = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofDeadlines:
    """Until when proof is accepted: `general`, and the latest the catalog gives to a reason of its own, if later."""

    general: EvidenceDeadline
    longest: EvidenceDeadline | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What a claim costs, its own penalty as money (None: a policy without money), and the deadlines for proof."""

    quote: results.Price
    penalty: Money | None
    deadlines: ProofDeadlines


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced(Charge):
    """The same with everything that a page says before it is confirmed, and the pay that the claim loses."""

    quote: results.Quote
    pay_not_received: Money | None


def price_claim(
    *, lesson: Lesson, teacher: Membership, claim: Claim, history: History, timetable: Timetable, now: datetime
) -> Priced | None:
    """What reporting `claim` for the lesson at `now` would cost, None for a claim that cannot be true yet.

    The policy is the one in force at the lesson's start (D23). Raises NoPolicyInForce.
    """
    if claim.kind is Kind.CUT_SHORT and now < lesson.starts_at:
        return None
    return _price(_claimed_facts(lesson, teacher, claim, now), history, timetable, now)


def charge_claim(
    *, lesson: Lesson, teacher: Membership, claim: Claim, history: History, timetable: Timetable, now: datetime
) -> Charge | None:
    """What reporting it at `now` costs: what `price_claim` says, without what would come later. Raises the same."""
    if claim.kind is Kind.CUT_SHORT and now < lesson.starts_at:
        return None
    incident = _claimed_facts(lesson, teacher, claim, now)
    policy = timetable.get_at(incident.lesson_starts_at).policy
    price = (
        price_reported(history=history.incidents, policy=policy, incident=incident)
        if _is_of_one_version(history, timetable, policy)
        else _price_across_versions(history, incident, timetable)
    )
    currency = price.assessment.currency
    return Charge(
        quote=price,
        penalty=Money(price.assessment.penalty_minor, currency) if currency else None,
        deadlines=find_deadlines(incident, policy),
    )


def price_move(
    *, lesson: Lesson, teacher: Membership, history: History, timetable: Timetable, asked_at: datetime
) -> Priced:
    """What moving the lesson away at the teacher's wish costs (D32), asked for at `asked_at`; the lesson goes on.

    Raises NoPolicyInForce.
    """
    row = recording.build_learned(
        lesson=lesson,
        teacher=teacher,
        learned=move_facts(asked_at=asked_at, note="", asked_by_id=teacher.person_id),
        request_id=uuid.UUID(int=0),
        door=Door.WEB,
    )
    incident = dataclasses.replace(incident_rows.to_facts(row), incident=NEW)
    return dataclasses.replace(_price(incident, history, timetable, asked_at), pay_not_received=None)


def move_facts(*, asked_at: datetime, note: str, asked_by_id: int) -> LearnedFacts:
    """What is recorded of a lesson that moves at its teacher's wish. `asked_by_id` is a person."""
    return LearnedFacts(
        kind=Kind.RESCHEDULED,
        requested_by=RequestedBy.TEACHER,
        reported_at=asked_at,
        taught_minutes=0,
        reason="",
        note=note,
        reported_by_id=asked_by_id,
    )


def _price(incident: facts.Incident, history: History, timetable: Timetable, now: datetime) -> Priced:
    policy = timetable.get_at(incident.lesson_starts_at).policy
    price = _quote_across_versions(history, incident, timetable, policy, now)
    currency = price.assessment.currency
    pay = incident.lesson_pay
    return Priced(
        quote=price,
        penalty=Money(price.assessment.penalty_minor, currency) if currency else None,
        pay_not_received=None if price.assessment.paid else pay,
        deadlines=find_deadlines(incident, policy),
    )


def find_deadlines(incident: facts.Incident, policy: Policy) -> ProofDeadlines:
    """The deadlines for proof of an incident that was reported (D18)."""
    general = evidence_deadline(incident=dataclasses.replace(incident, reason=None), policy=policy)
    own = [
        evidence_deadline(incident=incident, policy=policy, reason=reason.code)
        for reason in policy.reasons
        if reason.deadline is not None
    ]
    longest = max(own, key=lambda found: found.closes_at, default=None)
    is_later = longest is not None and longest.closes_at > general.closes_at
    return ProofDeadlines(general=general, longest=longest if is_later else None)


def _claimed_facts(lesson: Lesson, teacher: Membership, claim: Claim, now: datetime) -> facts.Incident:
    row = incidents.build(
        lesson=lesson,
        teacher=teacher,
        report=Report(
            claim=claim,
            reason="",
            note="",
            request_id=uuid.UUID(int=0),
            door=Door.WEB,
            reported_by_id=teacher.person_id,
            reported_at=now,
        ),
    )
    return dataclasses.replace(incident_rows.to_facts(row), incident=NEW)


def _quote_across_versions(
    history: History, incident: facts.Incident, timetable: Timetable, policy: Policy, now: datetime
) -> results.Quote:
    """The library's quote; effects on incidents under other versions are priced by those versions."""
    unreported = dataclasses.replace(incident, reported_at=None)
    price = quote(history=history.incidents, policy=policy, incident=unreported, now=now)
    if _is_of_one_version(history, timetable, policy):
        return price
    own = _price_across_versions(history, incident, timetable)
    return dataclasses.replace(
        price,
        assessment=own.assessment,
        effects=own.effects,
        change_minor=own.change_minor,
        consequences=own.consequences,
    )


def _is_of_one_version(history: History, timetable: Timetable, policy: Policy) -> bool:
    return all(timetable.get_at(found.lesson_starts_at).policy is policy for found in history.incidents)


def _price_across_versions(history: History, incident: facts.Incident, timetable: Timetable) -> results.Price:
    before = assess_history(history=history, timetable=timetable)
    after = assess_history(history=history.with_incident(incident), timetable=timetable)
    effects = _effects(history, before, after)
    own = after.assessments[NEW][1]
    return results.Price(
        assessment=own,
        effects=effects,
        change_minor=own.penalty_minor + sum(effect.after_minor - effect.before_minor for effect in effects),
        consequences=tuple(found for found in after.consequences if found not in before.consequences),
    )


def _effects(history: History, before: Outcome, after: Outcome) -> tuple[results.Effect, ...]:
    effects = []
    for incident in history.incidents:
        before_minor = before.assessments[incident.incident][1].penalty_minor
        after_minor = after.assessments[incident.incident][1].penalty_minor
        if before_minor != after_minor:
            effects.append(
                results.Effect(incident=incident.incident, before_minor=before_minor, after_minor=after_minor)
            )
    return tuple(effects)
