"""That two people meet before their other lessons, where a school asks for it: for what is offered and what is refused.

Whether a school asks for it say its booking rules; the desk need not follow them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from makegood.domain.lessons.offering import Offer, find_first_offer

ANY_TIME: Final = datetime.min.replace(tzinfo=UTC)
NEVER: Final = datetime.max.replace(tzinfo=UTC)


def find_kind_before(*, offers: Sequence[Offer], lesson_type: str) -> Offer | None:
    """The kind of lesson by which two people meet before one of `lesson_type`; None where nothing comes before it."""
    if any(one.is_first and one.code == lesson_type for one in offers):
        return None
    return find_first_offer(offers)


def opens_after(met_at: datetime | None, *, moves_from: datetime | None = None) -> datetime:
    """After which instant a lesson of two people may begin who meet at `met_at` (None: they do not, NEVER).

    A lesson that moves, from `moves_from`, goes before no lesson by which they meet before it; where there is none, it
    goes anywhere.
    """
    if moves_from is not None and (met_at is None or met_at >= moves_from):
        return ANY_TIME
    return NEVER if met_at is None else met_at
