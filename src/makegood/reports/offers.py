"""What a school offers and pays, with what it offered and paid before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from makegood.domain.lessons import offering
from makegood.domain.lessons.models import LessonType, PayRate
from makegood.domain.lessons.offering import Offer
from makegood.domain.schools.models import School


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferHistory:
    """A kind of lesson as it is offered now, and as it was set, the last time first."""

    offer: Offer
    settings: tuple[LessonType, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RateHistory:
    """What a lesson of this kind and length pays now, and what it paid before, the last first."""

    name: str
    rate: PayRate
    past: tuple[PayRate, ...]


def list_offer_histories(*, school: School) -> tuple[OfferHistory, ...]:
    """Every kind of lesson, those that students can book first. Two statements."""
    rows = sorted(offering.list_type_history(school_id=school.pk), key=lambda row: (row.code, -row.number))
    settings = {code: tuple(own) for code, own in groupby(rows, key=lambda row: row.code)}
    offers = sorted(offering.list_offers(school_id=school.pk), key=lambda offer: (not offer.is_offered, offer.name))
    return tuple(OfferHistory(offer=offer, settings=settings.get(offer.code, ())) for offer in offers)


def list_rate_histories(*, school: School, offers: Sequence[Offer]) -> tuple[RateHistory, ...]:
    """Every rate: the school's own first, then by teacher; by kind and length. One statement."""
    names = {offer.code: offer.name for offer in offers}
    rows = sorted(
        offering.list_rate_history(school_id=school.pk),
        key=lambda row: (
            row.teacher is not None,
            row.teacher.display_name if row.teacher else "",
            row.teacher_id or 0,
            names.get(row.lesson_type, row.lesson_type),
            row.minutes,
            -row.number,
        ),
    )
    found = []
    for _key, own in groupby(rows, key=lambda row: (row.teacher_id, row.lesson_type, row.minutes)):
        last, *past = own
        found.append(RateHistory(name=names.get(last.lesson_type, last.lesson_type), rate=last, past=tuple(past)))
    return tuple(found)
