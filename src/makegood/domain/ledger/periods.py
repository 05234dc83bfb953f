"""Pay periods: calendar months of pay. A closed one takes no postings; what comes late goes to the next open one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.utils.translation import gettext_noop

from makegood.domain.ledger.models import PayPeriod, Transfer
from makegood.refusal import Refusal
from makegood.rules.windows import next_month_start


class PayPeriodClosed(Refusal):
    """The month is closed already."""

    code = "pay_period_closed"
    sentence = gettext_noop("This month is closed already. Corrections go to the next open month.")


def month_of(*, at: datetime, zone: str) -> date:
    """The first day of the month that `at` lies in, in the IANA `zone`."""
    return at.astimezone(ZoneInfo(zone)).date().replace(day=1)


def find_open_periods(*, school_id: int, months: Collection[date]) -> Mapping[date, PayPeriod]:
    """For each month the pay period that takes its postings: its own, or the next that is open (D20).

    Opens what does not exist yet. The periods stay locked against closing until the transaction ends.
    """
    wanted = set(months)
    found: dict[date, PayPeriod] = {}
    periods: dict[date, PayPeriod] = {}
    for month_on in sorted(wanted):
        candidate = month_on
        while True:
            if candidate not in periods:
                periods |= _lock_from(school_id, candidate)
            period = periods.get(candidate) or _open(school_id, candidate)
            periods[candidate] = period
            if period.closed_at is None:
                found[month_on] = period
                break
            candidate = next_month_start(candidate)
    return found


def open_pay_period(*, school_id: int, month_on: date) -> PayPeriod:
    """The month's pay period, opened when it does not exist. Raises PayPeriodClosed."""
    period = _open(school_id, month_on.replace(day=1))
    if period.closed_at is not None:
        raise PayPeriodClosed
    return period


def close_pay_period(*, school_id: int, month_on: date, now: datetime) -> PayPeriod:
    """Close the month for good. Waits for postings under way. Raises PayPeriodClosed when it is closed already.

    A posting that we waited for may have read the clock after we did: the month closes no earlier than its last one.
    """
    month_on = month_on.replace(day=1)
    _create(school_id, month_on)
    period = _lock_to_close(school_id, month_on)
    posted = Transfer.objects.filter(school_id=school_id, period=period).aggregate(last_at=Max("posted_at"))
    closed_at = max(now, posted["last_at"] or now)
    closed = PayPeriod.objects.filter(school_id=school_id, pk=period.pk, closed_at=None).update(closed_at=closed_at)
    if closed != 1:
        raise PayPeriodClosed
    period.closed_at = closed_at
    return period


def _open(school_id: int, month_on: date) -> PayPeriod:
    _create(school_id, month_on)
    return _lock_from(school_id, month_on)[month_on]


def _create(school_id: int, month_on: date) -> None:
    PayPeriod.objects.bulk_create(
        [PayPeriod(school_id=school_id, starts_on=month_on, ends_on=next_month_start(month_on))], ignore_conflicts=True
    )


def _lock_to_close(school_id: int, month_on: date) -> PayPeriod:
    """The month alone, in one step: two who close it would each wait for the other's share of it."""
    return PayPeriod.objects.select_for_update(no_key=True).get(school_id=school_id, starts_on=month_on)


def _lock_from(school_id: int, month_on: date) -> dict[date, PayPeriod]:
    """Existing periods from `month_on` on, locked in order: postings may run side by side, a close has to wait."""
    rows = PayPeriod.objects.raw(
        "SELECT * FROM makegood_payperiod WHERE school_id = %s AND starts_on >= %s ORDER BY starts_on FOR SHARE",
        [school_id, month_on],
    )
    return {period.starts_on: period for period in rows}
