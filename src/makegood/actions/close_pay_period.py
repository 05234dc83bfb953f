"""Payroll closes a month: from then on corrections go to the next open one."""

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


def close_pay_period(
    *, school: School, month_on: date, closed_by_id: int | None, door: Door, now: datetime
) -> PayPeriod:
    """Close the month that starts on `month_on` for good; `closed_by_id` is a person.

    Raises PayPeriodClosed, MonthNotOver, and EarlierMonthOpen where an earlier month with something to pay is not
    closed.
    """

    def work() -> PayPeriod:
        period = periods.close_pay_period(school_id=school.pk, month_on=month_on, zone=school.zone, now=now)
        timeline.record(
            school_id=school.pk,
            kind=EventKind.PAY_PERIOD_CLOSED,
            at=now,
            door=door,
            actor_id=closed_by_id,
            values=values_to_json({"month": period.starts_on}),
        )
        return period

    return in_one_transaction(school.pk, work)
