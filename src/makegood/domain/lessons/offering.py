"""What a school offers: kinds of lessons, their lengths and what they pay. Written once; the last one set holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_noop

from makegood.database.compiled import compiled
from makegood.database.texts import can_be_stored
from makegood.domain.availability import expansion
from makegood.domain.lessons.models import LessonType, PayRate
from makegood.quantities import Money
from makegood.refusal import Refusal

LONGEST_MINUTES: Final = 240
LENGTH_STEP_MINUTES: Final = 5
MOST_LENGTHS: Final = 12
MOST_CREDITS: Final = 20
_LONGEST_CODE: Final = 40
# Any number that nothing else here locks by; the second key is the school.
_OFFERS: Final = 1_719
_LONGEST_NAME: Final = 80


class TypeNotOffered(Refusal):
    """No such kind of lesson, or students cannot book it."""

    code = "type_not_offered"
    sentence = gettext_noop("This kind of lesson is not offered any more. Nothing was booked. Choose another one.")


class LengthNotOffered(Refusal):
    """The kind of lesson does not have this length."""

    code = "length_not_offered"
    sentence = gettext_noop(
        "“{name}” is not offered with {minutes} minutes. Nothing was booked. Choose one of its lengths: {offered}."
    )


class TypeUnusable(Refusal):
    """What was set for a kind of lesson cannot be kept."""

    code = "lesson_type_unusable"
    sentence = gettext_noop(
        "A lesson type needs a code of small letters, a name, and 1 to 12 lengths between 5 and 240 minutes, in steps "
        "of 5; it costs at most 20 credits. Nothing was changed."
    )


class RateUnusable(Refusal):
    """A pay rate is below zero or for a length that the kind of lesson does not have."""

    code = "pay_rate_unusable"
    sentence = gettext_noop(
        "A pay rate is an amount from zero up for a length that the lesson type has. Nothing was changed."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A kind of lesson as it is offered now. `number` 0: never set, one of the kinds every school starts with."""

    code: str
    name: str
    minutes: tuple[int, ...]
    credits: int = 1
    is_first: bool = False
    is_offered: bool = True
    number: int = 0


# The kind that is meant where none is named.
USUAL_CODE: Final = "regular"
# What a school offers until it sets its own kinds. Their names are words of ours, so the catalogs translate them.
FIRST_OFFERS: Final = (
    Offer(code="meet_your_teacher", name=gettext_noop("Meet your teacher"), minutes=(25,), credits=0, is_first=True),
    Offer(code=USUAL_CODE, name=gettext_noop("Lesson"), minutes=(25, 50)),
)
FIRST_NAMES: Final = frozenset(offer.name for offer in FIRST_OFFERS)


def list_offers(*, school_id: int) -> Sequence[Offer]:
    """Every kind of lesson as last set, by code; those that every school starts with where it set none."""
    return [_as_offer(row) for row in _last_types(school_id=school_id)] or list(FIRST_OFFERS)


@compiled
def _last_types(school_id: int) -> QuerySet[LessonType]:
    last = LessonType.objects.filter(school_id=school_id, code=OuterRef("code")).order_by("-number")
    rows = LessonType.objects.filter(school_id=school_id, number=Subquery(last.values("number")[:1]))
    return rows.order_by("code")


def find_first_offer(offers: Sequence[Offer]) -> Offer | None:
    """The kind for a first meeting that students can book, None where the school offers none."""
    return next((offer for offer in offers if offer.is_first and offer.is_offered), None)


def get_offer(*, school_id: int, code: str) -> Offer:
    """The kind of lesson as last set. Raises TypeNotOffered for one that never was."""
    found = next((offer for offer in list_offers(school_id=school_id) if offer.code == code), None)
    if found is None:
        raise TypeNotOffered
    return found


def check_offer(*, offer: Offer, minutes: int, by_student: bool) -> None:
    """Refuse a length the kind of lesson does not have, and to students what they cannot book themselves."""
    if by_student and not offer.is_offered:
        raise TypeNotOffered
    if minutes not in offer.minutes:
        raise LengthNotOffered(
            name=offer.name, minutes=minutes, offered=", ".join(str(length) for length in offer.minutes)
        )


def set_offer(*, school_id: int, offer: Offer, set_by_id: int | None, now: datetime) -> Offer:
    """Write the kind of lesson anew, with the next number of its code. Raises TypeUnusable."""
    _refuse_unless_usable(offer)
    if not LessonType.objects.filter(school_id=school_id).exists():
        # The kinds it started with stay offered beside its first own one.
        _write([kind for kind in FIRST_OFFERS if kind.code != offer.code], school_id, None, now)
    numbers = LessonType.objects.filter(school_id=school_id, code=offer.code).aggregate(last=Max("number"))
    (row,) = _write([offer], school_id, set_by_id, now, number=(numbers["last"] or 0) + 1)
    return _as_offer(row)


def list_type_history(*, school_id: int) -> Sequence[LessonType]:
    """Every kind of lesson as often as it was set, with who did."""
    return list(LessonType.objects.filter(school_id=school_id).select_related("set_by").order_by("code", "number"))


def list_rate_history(*, school_id: int) -> Sequence[PayRate]:
    """Every rate that was ever set, with its teacher and who set it."""
    rates = PayRate.objects.filter(school_id=school_id).select_related("teacher", "set_by")
    return list(rates.order_by("lesson_type", "minutes", "number", "pk"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PayPlan:
    """What lessons pay by when they start: from each instant on (None: always) the amount; the first that has begun."""

    steps: tuple[tuple[datetime | None, Money], ...]

    def find_at(self, starts_at: datetime) -> Money | None:
        """What a lesson pays that starts then; None where no rate has begun."""
        return next((amount for from_at, amount in self.steps if from_at is None or from_at <= starts_at), None)


def make_pay_plan(*, school_id: int, zone: str, teacher_id: int, lesson_type: str, minutes: int) -> PayPlan:
    """What lessons of the teacher pay: by the teacher's own rates, before they begin by the school's in `zone`."""
    rates = _rates_for(school_id=school_id, teacher_id=teacher_id, lesson_type=lesson_type, minutes=minutes)
    return _plan(rates, zone)


@compiled
def _rates_for(school_id: int, teacher_id: int, lesson_type: str, minutes: int) -> QuerySet[PayRate]:
    rates = PayRate.objects.filter(school_id=school_id, lesson_type=lesson_type, minutes=minutes)
    return rates.filter(Q(teacher_id=teacher_id) | Q(teacher_id=None))


def is_rate_set(
    *,
    school_id: int,
    zone: str,
    teacher_id: int | None,
    lesson_type: str,
    minutes: int,
    amount: Money,
    from_on: date | None,
    now: datetime,
) -> bool:
    """Whether just this is what stands: the same amount, from the same day or (None) holding now.

    That it would be the same by what holds before the day is not enough: what holds before may be set anew.
    """
    rates = PayRate.objects.filter(school_id=school_id, teacher_id=teacher_id, lesson_type=lesson_type, minutes=minutes)
    if from_on is None:
        return _plan(rates, zone).find_at(now) == amount
    last = rates.filter(from_on=from_on).order_by("-number").first()
    return last is not None and Money(last.amount_minor, last.currency) == amount


def lock_offers(*, school_id: int) -> None:
    """Put everybody who sets what the school offers or pays in a row, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s::int, %s::int)", [_OFFERS, school_id])


def begins_at(rate: PayRate, *, zone: str) -> datetime:
    """From when the rate holds: the start of its day in the school's `zone`, or when it was set."""
    return rate.set_at if rate.from_on is None else expansion.start_at(day=rate.from_on, minute=0, zone=zone)


def _plan(rates: Iterable[PayRate], zone: str) -> PayPlan:
    begun = [(rate, begins_at(rate, zone=zone)) for rate in rates]
    begun.sort(key=lambda one: (one[0].teacher_id is not None, one[1], one[0].number), reverse=True)
    return PayPlan(
        steps=tuple(
            (None if rate.from_on is None else from_at, Money(rate.amount_minor, rate.currency))
            for rate, from_at in begun
        )
    )


def set_rate(
    *,
    school_id: int,
    teacher_id: int | None,
    lesson_type: str,
    minutes: int,
    amount: Money,
    from_on: date | None = None,
    set_by_id: int | None,
    now: datetime,
) -> PayRate:
    """Write what a lesson pays that starts on `from_on` or later, None: that is booked or asked for from now on.

    `teacher_id` None: to whoever has no own rate. Raises RateUnusable.
    """
    if amount.amount_minor < 0 or minutes not in get_offer(school_id=school_id, code=lesson_type).minutes:
        raise RateUnusable
    same = PayRate.objects.filter(
        school_id=school_id, teacher_id=teacher_id, lesson_type=lesson_type, minutes=minutes
    ).aggregate(last=Max("number"))
    return PayRate.objects.create(
        school_id=school_id,
        teacher_id=teacher_id,
        lesson_type=lesson_type,
        minutes=minutes,
        number=(same["last"] or 0) + 1,
        amount_minor=amount.amount_minor,
        currency=amount.currency,
        from_on=from_on,
        set_at=now,
        set_by_id=set_by_id,
    )


def _refuse_unless_usable(offer: Offer) -> None:
    code = offer.code
    is_code = code.isascii() and code.islower() and code[:1].isalpha() and code.replace("_", "").isalnum()
    fits = len(code) <= _LONGEST_CODE and 0 < len(offer.name.strip()) <= _LONGEST_NAME and can_be_stored(offer.name)
    lengths = offer.minutes
    has_lengths = 1 <= len(lengths) <= MOST_LENGTHS and len(set(lengths)) == len(lengths)
    lengths_fit = all(0 < length <= LONGEST_MINUTES and length % LENGTH_STEP_MINUTES == 0 for length in lengths)
    if not (is_code and fits and has_lengths and lengths_fit and 0 <= offer.credits <= MOST_CREDITS):
        raise TypeUnusable


def _write(
    offers: Sequence[Offer], school_id: int, set_by_id: int | None, now: datetime, number: int = 1
) -> list[LessonType]:
    return LessonType.objects.bulk_create(
        LessonType(
            school_id=school_id,
            code=offer.code,
            number=number,
            name=offer.name.strip(),
            minutes=sorted(offer.minutes),
            credits=offer.credits,
            is_first=offer.is_first,
            is_offered=offer.is_offered,
            set_at=now,
            set_by_id=set_by_id,
        )
        for offer in offers
    )


def _as_offer(row: LessonType) -> Offer:
    return Offer(
        code=row.code,
        name=row.name,
        minutes=tuple(row.minutes),
        credits=row.credits,
        is_first=row.is_first,
        is_offered=row.is_offered,
        number=row.number,
    )
