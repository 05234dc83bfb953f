"""A teacher reports an emergency: one transaction from the fact to the messages."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.utils.translation import gettext_noop

from makegood.actions import messages
from makegood.actions.emergency_steps import EmergencyQuote, make_quote
from makegood.actions.kept_times import free_with_lesson
from makegood.actions.lesson_credits import settle_credits
from makegood.actions.own_lessons import refuse_unless_teaches
from makegood.actions.settlement import Cause, Settlement, amount_values, settle
from makegood.actions.transactions import in_one_transaction
from makegood.domain.incidents import checks
from makegood.domain.incidents import operations as incidents
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.operations import Report
from makegood.domain.incidents.situations import Claim, Situation, make_claim
from makegood.domain.lessons import operations as lessons
from makegood.domain.lessons.attending import find_attendance, find_beginning, list_lessons_seen
from makegood.domain.lessons.models import Lesson
from makegood.domain.penalties import pricing, quotes
from makegood.domain.penalties.history import gather_facts
from makegood.domain.people.models import Membership
from makegood.domain.people.roster import lock_member
from makegood.domain.policies.queries import InForce, Timetable, get_timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline import requests
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.quantities import Money
from makegood.refusal import Refusal
from makegood.rules.facts import Kind, RequestedBy
from makegood.rules.sentences import Value
from makegood.rules.storing import values_from_json, values_to_json

ROUTE = "report_emergency"


class PriceChanged(Refusal):
    """The price is no longer the one shown; `quote` is the new one. Nothing was recorded."""

    code = "price_changed"
    sentence = gettext_noop(
        "The price changed while you were here. Nothing was sent. Look at the new price, then decide."
    )

    def __init__(self, *, quote: EmergencyQuote, claim: Claim) -> None:
        super().__init__()
        self.quote = quote
        self.claim = claim


class HadNotBegun(Refusal):
    """The lesson page saw that both were never there together."""

    code = "had_not_begun"
    sentence = gettext_noop(
        "The lesson page did not see this session begin: you and your student were not there together. Nothing was "
        "sent. Choose “No, it never began” and look at its price. If the page is wrong, ask the scheduling desk."
    )
    field = "lesson_begun"


class HadBegun(Refusal):
    """The lesson page saw the lesson begin."""

    code = "had_begun"
    sentence = gettext_noop(
        "The lesson page saw that this session had begun. Nothing was sent. Choose “Yes, we had begun” and look at its "
        "price. If the page is wrong, ask the scheduling desk."
    )
    field = "lesson_begun"


class _PriceMoved(Exception):
    """Inside the transaction: what was shown is not what holds now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyReported:
    """The confirmation. `penalty` is None under a policy without money; `is_replay`: the form had been sent before.

    `proof_by` and `longer_proof_by` are exclusive ends in UTC.
    """

    incident_id: int
    reference: str
    lesson_id: int
    reported_at: datetime
    undo_until: datetime
    penalty: Money | None
    change_minor: int
    proof_by: datetime
    longer_proof_by: datetime | None
    is_replay: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What was sent, checked. `content` is what a replay must repeat."""

    lesson_id: int
    claim: Claim
    reason: str
    note: str
    request_id: uuid.UUID
    door: Door

    @property
    def content(self) -> Mapping[str, object]:
        """Everything a person chose; the price token is left out, because the same choice may be asked about twice."""
        return {
            "lesson_id": self.lesson_id,
            "situation": int(self.claim.situation),
            "lesson_begun": self.claim.lesson_begun,
            "reason": self.reason,
            "note": self.note,
        }


def report_emergency(
    *,
    school: School,
    actor: Membership,
    lesson_id: int,
    situation: int,
    lesson_begun: bool,
    reason: str,
    note: str,
    quote_token: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
    announce: bool = True,
) -> EmergencyReported:
    """Record that the actor cannot teach an own lesson, charge what the signed quote says, and tell everybody.

    In one transaction, in this order: lock teacher and lesson; answer a replay with the first result; check what was
    sent; price it again and compare with the quote; record the incident and what becomes of the lesson; assess the
    teacher's history, supersede, reverse, post; consequences; the student's credits; timeline; the times kept for it;
    outbox (unless not `announce`, for history that is made up); the answer for replays. Run again as a whole after a
    deadlock.

    Raises LessonNotFound (also for somebody else's lesson), AlreadyReported, LessonIsOver, SituationDoesNotFit,
    HadBegun and HadNotBegun when the lesson page saw otherwise, NoSituation, UnknownReason, NoteTooLong,
    NoteUnreadable, QuoteUnreadable, DifferentRequest, NoPolicyInForce, and PriceChanged with a new quote when the price
    or its effects differ from what the quote promised.
    """
    chosen = checks.read_situation(situation)
    checked_note = checks.check_note(note)

    def work() -> EmergencyReported:
        teacher = lock_member(school_id=school.pk, membership_id=actor.pk)
        lesson = lessons.lock_lesson(school_id=school.pk, lesson_id=lesson_id)
        refuse_unless_teaches(lesson=lesson, actor=teacher)
        form = Form(
            lesson_id=lesson_id,
            claim=make_claim(situation=chosen, lesson_begun=lesson_begun, starts_at=lesson.starts_at, now=now),
            reason=reason,
            note=checked_note,
            request_id=request_id,
            door=door,
        )
        answer = requests.find_answer(
            school_id=school.pk, person_id=teacher.person_id, route=ROUTE, key=request_id, content=form.content
        )
        if answer is not None:
            return _from_answer(answer)
        return _report(school, teacher, lesson, form, quote_token, announce=announce, now=now)

    try:
        return in_one_transaction(school.pk, work)
    except _PriceMoved:
        # The refused attempt is undone; the page needs a quote that is stored.
        look = partial(make_quote, school=school, teacher=actor, lesson_id=lesson_id, now=now)
        quote = in_one_transaction(school.pk, look)
        claim = make_claim(situation=chosen, lesson_begun=lesson_begun, starts_at=quote.lesson.starts_at, now=now)
        raise PriceChanged(quote=quote, claim=claim) from None


def _report(
    school: School, teacher: Membership, lesson: Lesson, form: Form, quote_token: str, *, announce: bool, now: datetime
) -> EmergencyReported:
    incidents.refuse_unless_reportable(lesson=lesson, now=now)
    timetable = get_timetable(school_id=school.pk)
    version = timetable.get_at(lesson.starts_at)
    checks.check_reason(form.reason, known={reason.code for reason in version.policy.reasons})
    _refuse_against_facts(lesson, form.claim, now)
    priced, quote_id = _check_price(lesson, teacher, form, version, timetable, quote_token, now)

    incident = incidents.record(
        lesson=lesson,
        teacher=teacher,
        report=Report(
            claim=_as_seen(lesson, form.claim, now),
            reason=form.reason,
            note=form.note,
            request_id=form.request_id,
            door=form.door,
            reported_by_id=teacher.person_id,
            reported_at=now,
        ),
    )
    lessons.mark(lesson=lesson, kind=Kind(incident.kind))
    cause = Cause(incident_id=incident.pk, actor_id=teacher.person_id, door=form.door, quote_id=quote_id)
    settlement = settle(
        school=school, teacher_id=teacher.pk, timetable=timetable, cause=cause, why=incident.reference, now=now
    )
    _assert_charged_as_quoted(settlement, incident, priced)
    _return_credits(school, lesson, incident, settlement, now)

    event = timeline.record(
        school_id=school.pk,
        kind=EventKind.EMERGENCY_REPORTED,
        at=now,
        door=form.door,
        actor_id=teacher.person_id,
        reason=form.reason,
        lesson_id=lesson.pk,
        incident_id=incident.pk,
        values=values_to_json(
            amount_values(settlement.changes_of(incident.pk))
            | _effect_on_others(priced)
            | _claimed(incident, form.claim.taught_minutes)
        ),
    )
    free_with_lesson(lesson=lesson, teacher=teacher, by_id=teacher.person_id, door=form.door, now=now, is_told=announce)
    reported = _confirm(incident, priced, version, now)
    if announce:
        messages.tell_of_report(
            school=school,
            event=event,
            incident=incident,
            lesson=lesson,
            teacher=teacher,
            priced=priced,
            settlement=settlement,
            undo_until=reported.undo_until,
            now=now,
        )
    requests.record_answer(
        school_id=school.pk,
        person_id=teacher.person_id,
        route=ROUTE,
        key=form.request_id,
        content=form.content,
        answer=_to_answer(reported),
        now=now,
    )
    return reported


def _refuse_against_facts(lesson: Lesson, claim: Claim, now: datetime) -> None:
    """Facts win over claims: having begun costs nothing (D12), so it is not taken on somebody's word where it was seen.

    Where the page saw nobody, or does not say, what the teacher says is recorded.
    """
    if claim.situation is not Situation.DURING_THE_LESSON or now < lesson.starts_at:
        return
    has_begun = find_beginning(lesson=lesson, now=now)
    if claim.lesson_begun and has_begun is False:
        raise HadNotBegun
    if not claim.lesson_begun and has_begun:
        raise HadBegun


def _as_seen(lesson: Lesson, claim: Claim, now: datetime) -> Claim:
    """The claim with the minutes that the lesson page saw, where it saw anybody; in time they cost nothing (D12)."""
    if claim.kind is not Kind.CUT_SHORT or not list_lessons_seen(school_id=lesson.school_id, lesson_ids=[lesson.pk]):
        return claim
    return dataclasses.replace(claim, taught_minutes=find_attendance(lesson=lesson, now=now).taught_minutes)


def _claimed(incident: Incident, claimed_minutes: int) -> dict[str, Value]:
    """What the teacher said where facts say otherwise; both are kept."""
    return {"claimed_minutes": claimed_minutes} if claimed_minutes != incident.taught_minutes else {}


def _effect_on_others(priced: pricing.Charge) -> dict[str, Value]:
    """By how much the teacher's earlier penalties change; empty when they do not."""
    if priced.penalty is None or priced.quote.change_minor == priced.penalty.amount_minor:
        return {}
    return {"others": Money(priced.quote.change_minor, priced.penalty.currency) - priced.penalty}


def _confirm(incident: Incident, priced: pricing.Charge, version: InForce, now: datetime) -> EmergencyReported:
    return EmergencyReported(
        incident_id=incident.pk,
        reference=incident.reference,
        lesson_id=incident.lesson_id,
        reported_at=now,
        undo_until=now + timedelta(minutes=version.policy.reporting.undo_minutes),
        penalty=priced.penalty,
        change_minor=priced.quote.change_minor,
        proof_by=priced.deadlines.general.closes_at,
        longer_proof_by=priced.deadlines.longest.closes_at if priced.deadlines.longest else None,
    )


def _check_price(
    lesson: Lesson,
    teacher: Membership,
    form: Form,
    version: InForce,
    timetable: Timetable,
    quote_token: str,
    now: datetime,
) -> tuple[pricing.Charge, uuid.UUID]:
    """Price the claim again. A signed quote that promised the same is good however old it is (docs/decisions/0002)."""
    stored = quotes.read_token(
        school_id=lesson.school_id, token=quote_token, lesson_id=lesson.pk, teacher_id=teacher.pk
    )
    mark_minutes = version.policy.reporting.mark_minutes
    promised = stored.prices.get(form.claim.code)
    history = gather_facts(school_id=lesson.school_id, teacher_id=teacher.pk, names_rows=False)
    priced = pricing.charge_claim(
        lesson=lesson, teacher=teacher, claim=form.claim, history=history, timetable=timetable, now=now
    )
    if promised is not None and priced is not None and quotes.make_promise(priced.quote, lesson=lesson) != promised:
        raise _PriceMoved
    incidents.refuse_unless_fitting(lesson=lesson, situation=form.claim.situation, mark_minutes=mark_minutes, now=now)
    if priced is None or promised is None:
        # The page was opened before the lesson began, and this claim had no price then.
        raise _PriceMoved
    return priced, stored.pk


def _return_credits(school: School, lesson: Lesson, incident: Incident, settlement: Settlement, now: datetime) -> None:
    settle_credits(
        school=school,
        lesson=lesson,
        kind=Kind(incident.kind),
        requested_by=RequestedBy.TEACHER,
        is_paid=settlement.changes_of(incident.pk).after.paid,
        now=now,
    )


def _assert_charged_as_quoted(settlement: Settlement, incident: Incident, priced: pricing.Charge) -> None:
    charged = settlement.changes_of(incident.pk).after.penalty_minor
    assert charged == priced.quote.assessment.penalty_minor, "the charge differs from the quote"
    assert sum(change.change_minor for change in settlement.changes) == priced.quote.change_minor, (
        "the effects on other incidents differ from the quote"
    )


_PLAIN = ("incident_id", "reference", "lesson_id", "change_minor")
_VALUES = ("reported_at", "undo_until", "penalty", "proof_by", "longer_proof_by")


def _to_answer(reported: EmergencyReported) -> dict[str, Any]:
    values = {name: getattr(reported, name) for name in _VALUES}
    stored = values_to_json({name: value for name, value in values.items() if value is not None})
    return {"plain": {name: getattr(reported, name) for name in _PLAIN}, "values": stored}


def _from_answer(answer: Mapping[str, Any]) -> EmergencyReported:
    fields: dict[str, Any] = dict.fromkeys(_VALUES) | answer["plain"] | values_from_json(answer["values"])
    return EmergencyReported(**fields, is_replay=True)
