"""What looking at the price of an emergency and reporting it have in common: the quote. Shared by the verbs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from makegood.actions.own_lessons import refuse_unless_teaches
from makegood.domain.incidents import operations as incidents
from makegood.domain.incidents.situations import Claim, Situation, find_fitting, list_claims
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.penalties import pricing, quotes
from makegood.domain.penalties.history import gather_facts
from makegood.domain.people.models import Membership
from makegood.domain.people.roster import lock_member
from makegood.domain.policies.queries import InForce, get_timetable
from makegood.domain.schools.models import School
from makegood.quantities import Money
from makegood.rules.results import Quote


@dataclass(frozen=True, slots=True, kw_only=True)
class SituationOffer:
    """One situation: what it would be recorded as, whether it fits now, and its price (None: it cannot be now).

    `penalty` is None under a policy without money. `pay_not_received` is the lesson's pay when reporting loses it.
    `proof_by` is the general deadline for proof, `longer_proof_by` the one for accident, hospital and death when it is
    later; both are exclusive ends in UTC.
    """

    claim: Claim
    fits: bool
    price: Quote | None
    penalty: Money | None
    pay_not_received: Money | None
    proof_by: datetime | None
    longer_proof_by: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyQuote:
    """A stored quote for one lesson; `token` goes into the form. `fitting` is the situation that fits the time."""

    quote_id: uuid.UUID
    token: str
    made_at: datetime
    valid_until: datetime
    lesson: Lesson
    version: InForce
    fitting: Situation
    offers: tuple[SituationOffer, ...]

    def get_offer(self, code: str) -> SituationOffer:
        """The offer of a claim's code: `1_begun`, `1_not_begun`, `2`, `3`."""
        return next(offer for offer in self.offers if offer.claim.code == code)

    @property
    def fitting_offers(self) -> tuple[SituationOffer, ...]:
        """The offers that can be reported now."""
        return tuple(offer for offer in self.offers if offer.fits)


def make_quote(*, school: School, teacher: Membership, lesson_id: int, now: datetime) -> EmergencyQuote:
    """Lock the teacher, price every situation, store and sign the prices, in the caller's transaction.

    Raises LessonNotFound (also for somebody else's lesson), AlreadyReported, LessonIsOver, NoPolicyInForce.
    """
    lock_member(school_id=school.pk, membership_id=teacher.pk)
    lesson = find_lesson(school_id=school.pk, lesson_id=lesson_id)
    if lesson is None:
        raise LessonNotFound
    refuse_unless_teaches(lesson=lesson, actor=teacher)
    incidents.refuse_unless_reportable(lesson=lesson, now=now)
    timetable = get_timetable(school_id=school.pk)
    version = timetable.get_at(lesson.starts_at)
    fitting = find_fitting(
        starts_at=lesson.starts_at,
        ends_at=lesson.ends_at,
        mark_minutes=version.policy.reporting.mark_minutes,
        now=now,
    )
    if fitting is None:
        raise incidents.LessonIsOver
    history = gather_facts(school_id=school.pk, teacher_id=teacher.pk, names_rows=False)
    offers = tuple(
        _offer(claim, fitting, pricing.price_claim(
            lesson=lesson, teacher=teacher, claim=claim, history=history, timetable=timetable, now=now
        ))
        for claim in list_claims(starts_at=lesson.starts_at, now=now)
    )  # fmt: skip
    valid_until = min(offer.price.valid_until for offer in offers if offer.price is not None)
    stored = quotes.store(
        lesson=lesson,
        teacher_id=teacher.pk,
        version=version.version,
        history=history,
        prices={offer.claim.code: offer.price for offer in offers if offer.price is not None},
        now=now,
        valid_until=valid_until,
    )
    return EmergencyQuote(
        quote_id=stored.pk,
        token=quotes.sign(stored.pk),
        made_at=now,
        valid_until=valid_until,
        lesson=lesson,
        version=version,
        fitting=fitting,
        offers=offers,
    )


def _offer(claim: Claim, fitting: Situation, priced: pricing.Priced | None) -> SituationOffer:
    if priced is None:
        return SituationOffer(
            claim=claim,
            fits=False,
            price=None,
            penalty=None,
            pay_not_received=None,
            proof_by=None,
            longer_proof_by=None,
        )
    return SituationOffer(
        claim=claim,
        fits=claim.situation is fitting,
        price=priced.quote,
        penalty=priced.penalty,
        pay_not_received=priced.pay_not_received,
        proof_by=priced.deadlines.general.closes_at,
        longer_proof_by=priced.deadlines.longest.closes_at if priced.deadlines.longest else None,
    )
