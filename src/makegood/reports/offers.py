"""What a school offers and pays, with what it offered and paid before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from makegood.domain.lessons import offering
from makegood.domain.lessons.models import LessonType, PayRate
from makegood.domain.lessons.offering import Offer
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferHistory:
    """A kind of lesson as it is offered now, and as it was set, the last time first."""

    offer: Offer
    settings: tuple[LessonType, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RateHistory:
    """What a lesson of this kind and length pays now, what it will pay, and what it paid before, the last first.

    `rate` is None where the first rate is still to begin; `planned` come in order of their days. A planned rate for
    which another one was set for the same day is neither.
    """

    name: str
    lesson_type: str
    teacher: Membership | None
    minutes: int
    rate: PayRate | None
    planned: tuple[PayRate, ...]
    past: tuple[PayRate, ...]


def list_offer_histories(*, school: School) -> tuple[OfferHistory, ...]:
    """Every kind of lesson, those that students can book first. Two statements."""
    rows = sorted(offering.list_type_history(school_id=school.pk), key=lambda row: (row.code, -row.number))
    settings = {code: tuple(own) for code, own in groupby(rows, key=lambda row: row.code)}
    offers = sorted(offering.list_offers(school_id=school.pk), key=lambda offer: (not offer.is_offered, offer.name))
    return tuple(OfferHistory(offer=offer, settings=settings.get(offer.code, ())) for offer in offers)


def list_rate_histories(*, school: School, offers: Sequence[Offer], now: datetime) -> tuple[RateHistory, ...]:
    """Every rate as of `now`: the school's own first, then by teacher; by kind and length. One statement."""
    names = {offer.code: offer.name for offer in offers}
    rows = sorted(
        offering.list_rate_history(school_id=school.pk),
        key=lambda row: (
            row.teacher is not None,
            row.teacher.display_name if row.teacher else "",
            row.teacher_id or 0,
            names.get(row.lesson_type, row.lesson_type),
            row.minutes,
        ),
    )
    found = []
    for (_teacher, lesson_type, _minutes), own in groupby(
        rows, key=lambda row: (row.teacher_id, row.lesson_type, row.minutes)
    ):
        found.append(_history(list(own), names.get(lesson_type, lesson_type), school.zone, now))
    return tuple(found)


def _history(rates: Sequence[PayRate], name: str, zone: str, now: datetime) -> RateHistory:
    begins = {rate.pk: offering.begins_at(rate, zone=zone) for rate in rates}
    # The last word about a day comes first; what was planned for the same day before never held.
    latest = sorted(rates, key=lambda rate: (begins[rate.pk], rate.number), reverse=True)
    planned = {begins[rate.pk]: rate for rate in reversed(latest) if begins[rate.pk] > now}
    begun = [rate for rate in latest if begins[rate.pk] <= now]
    return RateHistory(
        name=name,
        lesson_type=rates[0].lesson_type,
        teacher=rates[0].teacher,
        minutes=rates[0].minutes,
        rate=begun[0] if begun else None,
        planned=tuple(planned.values()),
        past=tuple(begun[1:]),
    )
