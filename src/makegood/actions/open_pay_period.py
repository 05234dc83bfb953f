"""Payroll opens a month ahead of its first posting."""

from __future__ import annotations

from datetime import date, datetime

from makegood.actions.transactions import in_one_transaction
from makegood.domain.ledger import periods
from makegood.domain.ledger.models import PayPeriod
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.rules.storing import values_to_json


def open_pay_period(
    *, school: School, month_on: date, opened_by_id: int | None, door: Door, now: datetime
) -> PayPeriod:
    """The pay period of the month that starts on `month_on`; `opened_by_id` is a person. Raises PayPeriodClosed."""

    def work() -> PayPeriod:
        period = periods.open_pay_period(school_id=school.pk, month_on=month_on)
        timeline.record(
            school_id=school.pk,
            kind=EventKind.PAY_PERIOD_OPENED,
            at=now,
            door=door,
            actor_id=opened_by_id,
            values=values_to_json({"month": period.starts_on}),
        )
        return period

    return in_one_transaction(school.pk, work)
