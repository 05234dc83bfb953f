"""When a month's pay is expected."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.utils.translation import gettext_noop

from makegood.rules.sentences import Sentence
from makegood.rules.windows import next_month_start

# Both published rule sets pay on the 15th of the month that follows.
_PAY_DAY: Final = 15


def expected_on(month_on: date) -> Sentence:
    """When the pay of the month that starts on `month_on` is expected."""
    return Sentence(gettext_noop("Expected on {day}"), {"day": next_month_start(month_on).replace(day=_PAY_DAY)})
