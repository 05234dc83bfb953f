"""When a month's pay is expected."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_noop

from makegood.domain.schools.models import School
from makegood.rules.sentences import Sentence
from makegood.rules.windows import next_month_start


def expected_on(month_on: date, *, school: School) -> Sentence:
    """When the pay of the month that starts on `month_on` is expected: on the school's pay day of the next month."""
    return Sentence(gettext_noop("Expected on {day}"), {"day": next_month_start(month_on).replace(day=school.pay_day)})
