"""Quotes: prices shown before they are confirmed, stored, and signed so that a page cannot name another."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from makegood.database.compiled import compiled
from makegood.domain.lessons.models import Lesson
from makegood.domain.penalties.history import History
from makegood.domain.penalties.models import Quote
from makegood.domain.policies.models import PolicyVersion
from makegood.quantities import Money
from makegood.refusal import Refusal
from makegood.rules import results
from makegood.rules.storing import facts_to_json

# What the stored quote of a move calls its one price.
MOVED: Final = "moved"
_SIGNER = Signer(salt="makegood.domain.penalties.quotes")


class QuoteUnreadable(Refusal):
    """The page's quote is missing, damaged, or not for this lesson and teacher."""

    code = "quote_unreadable"
    sentence = gettext_noop(
        "The price on this page could not be read. Nothing was sent. Look at the price again, then report."
    )


def store(
    *,
    lesson: Lesson,
    teacher_id: int,
    version: PolicyVersion,
    history: History,
    prices: Mapping[str, results.Quote],
    now: datetime,
    valid_until: datetime,
) -> Quote:
    """Keep what the page shows: per claim code the terms it names."""
    return Quote.objects.create(
        id=uuid.uuid4(),
        school_id=lesson.school_id,
        lesson=lesson,
        teacher_id=teacher_id,
        policy_version=version,
        made_at=now,
        valid_until=valid_until,
        facts_sha256=hash_facts(history),
        prices={code: make_promise(price, lesson=lesson) for code, price in prices.items()},
    )


def make_promise(quote: results.Price, *, lesson: Lesson) -> dict[str, Any]:
    """What a person agrees to: about which time, the penalty, what it does to earlier incidents, what follows.

    A lesson that moved since is another one to whoever looked at the page. Other instants are left out.
    """
    return {
        "lesson_starts_at": lesson.starts_at.astimezone(UTC).isoformat(),
        "penalty_minor": quote.assessment.penalty_minor,
        "currency": quote.assessment.currency,
        "paid": quote.assessment.paid,
        "change_minor": quote.change_minor,
        "effects": {effect.incident: [effect.before_minor, effect.after_minor] for effect in quote.effects},
        "consequences": sorted(str(consequence.kind) for consequence in quote.consequences),
    }


def sign(quote_id: uuid.UUID) -> str:
    """The token for the page: the quote's id with a signature."""
    return _SIGNER.sign(str(quote_id))


def read_token(*, school_id: int, token: str, lesson_id: int, teacher_id: int) -> Quote:
    """The stored quote that the token signs. Raises QuoteUnreadable unless it is for this lesson and teacher."""
    quote_id = read_id(token)
    quote = _quote.first(school_id=school_id, quote_id=quote_id, lesson_id=lesson_id, teacher_id=teacher_id)
    if quote is None:
        raise QuoteUnreadable
    return quote


@compiled
def _quote(school_id: int, quote_id: uuid.UUID, lesson_id: int, teacher_id: int) -> QuerySet[Quote]:
    return Quote.objects.filter(school_id=school_id, pk=quote_id, lesson_id=lesson_id, teacher_id=teacher_id)


def read_id(token: str) -> uuid.UUID:
    """The id of the quote that the token signs. Raises QuoteUnreadable."""
    try:
        return uuid.UUID(_SIGNER.unsign(token))
    except (BadSignature, ValueError) as error:
        raise QuoteUnreadable from error


def get_stored(*, school_id: int, quote_id: uuid.UUID) -> Quote:
    """A quote that is known to be stored."""
    return Quote.objects.get(school_id=school_id, pk=quote_id)


def find_prices_of_moving(*, school_id: int, quote_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Money]:
    """The penalty that each of these quotes of a move names, by its id; without those that name none."""
    promised = {
        quote.pk: quote.prices.get(MOVED, {}) for quote in Quote.objects.filter(school_id=school_id, pk__in=quote_ids)
    }
    return {
        quote_id: Money(price["penalty_minor"], price["currency"])
        for quote_id, price in promised.items()
        if price.get("penalty_minor") and price["currency"]
    }


def store_again(*, school_id: int, quote_id: uuid.UUID, again_id: uuid.UUID) -> None:
    """Keep under another id what was promised under this one: the same price is asked about again."""
    again = get_stored(school_id=school_id, quote_id=quote_id)
    again.pk = again_id
    again.save(force_insert=True)


def hash_facts(history: History) -> str:
    """Identifies the set of facts a price was computed from."""
    stored = sorted(
        (facts_to_json(incident) for incident in history.incidents), key=lambda found: str(found["incident"])
    )
    return hashlib.sha256(json.dumps(stored, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
