"""What moving a session at its teacher's wish costs the teacher, as pages show it (`parts/price_of_moving.html`)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from makegood.actions.quote_move import MoveQuote
from makegood.rules.sentences import Sentence
from makegood.web.parts import components as c
from makegood.web.parts.words import consequence_words


def price_of_moving(quote: MoveQuote, *, is_own: bool) -> dict[str, Any]:
    """What the page says it costs; `is_own`: it speaks to the teacher."""
    priced = quote.priced
    price = priced.quote
    lines = []
    earlier_minor = price.change_minor - price.assessment.penalty_minor
    if priced.penalty is not None and earlier_minor:
        earlier = type(priced.penalty)(earlier_minor, priced.penalty.currency)
        lines.append(c.KeyValue(Sentence(gettext_noop("Earlier penalties go up by")), earlier))
    return {
        "penalty": priced.penalty,
        "lines": lines,
        "is_counted": bool(price.assessment.counted_for),
        "follows": [
            consequence_words(found.kind, ends_at=found.ends_at, is_own=is_own) for found in price.consequences
        ],
        "worked": c.WorkedOut(
            steps=price.assessment.steps,
            currency=price.assessment.currency,
            zone=quote.version.policy.zone,
            version=quote.version.version.number,
            in_force_from=quote.version.version.in_force_from_on,
        ),
    }
