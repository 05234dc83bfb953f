"""How a face says a refusal: the one place where its sentence is translated and filled."""

from __future__ import annotations

from django.utils.translation import gettext

from makegood.refusal import Refusal


def words_of(refusal: Refusal) -> str:
    """What happened, why, and what the person can do, in their language."""
    return gettext(refusal.sentence).format(**refusal.values)
