"""What a month's pay says that would otherwise puzzle."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from makegood.quantities import Money
from makegood.rules.sentences import Sentence


def explain_carried(carried_after: Money) -> Sentence | None:
    """What becomes of penalties above the pay; `carried_after` is zero or negative."""
    if not carried_after:
        return None
    return Sentence(
        gettext_noop(
            "The penalties are more than the pay, so nothing is paid out. What is left of them, {amount}, is taken "
            "from the pay of the next month."
        ),
        {"amount": -carried_after},
    )


def explain_pay(*, lesson_pay: Money, penalties: Money, has_imported: bool) -> Sentence | None:
    """Why less than nothing is left, None where pay explains itself. `penalties` are zero or negative.

    `has_imported`: some of the penalties came with a file of the school's history, which brings no pay.
    """
    if lesson_pay or not penalties:
        return None
    if has_imported:
        return Sentence(
            gettext_noop(
                "No session pay is recorded for this month, only penalties, so nothing is paid out. Imported history "
                "brings the penalties of sessions, not the pay of those that were taught."
            )
        )
    return Sentence(
        gettext_noop("No session pay is recorded for this month, only penalties, so nothing is left to pay out.")
    )
