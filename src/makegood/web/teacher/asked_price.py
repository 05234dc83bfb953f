"""What a move that waits for the student's answer costs the teacher who asked for it."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from makegood.domain.lessons.models import Side
from makegood.quantities import Money
from makegood.rules.sentences import Sentence


def say_price(penalty: Money | None, *, says_side: Side) -> Sentence | None:
    """The price that the page showed when the teacher asked; None where moving costs nothing."""
    if penalty is None:
        return None
    if says_side is Side.STUDENT:
        text = gettext_noop("If they agree and do not confirm that they asked, the penalty is {amount}.")
    else:
        text = gettext_noop("If they agree, the penalty is {amount}.")
    return Sentence(text, {"amount": penalty})
