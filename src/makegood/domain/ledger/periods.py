"""Pay periods: calendar months of pay. A closed one takes no postings; what comes late goes to the next open one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Max, Min
from django.utils.translation import gettext_noop
from psycopg.types.numeric import Int8

from makegood.database.statements import Statement, fetch
from makegood.domain.ledger.models import OF_PAY, PayPeriod, Transfer
from makegood.refusal import Refusal
from makegood.rules.windows import next_month_start

# In the order of the model's own columns; Django has no words for this lock.
_SHARED: Final = Statement("""
    SELECT id, school_id, starts_on, ends_on, closed_at FROM makegood_payperiod
    WHERE school_id = %s AND starts_on >= %s ORDER BY starts_on FOR SHARE
""")


class PayPeriodClosed(Refusal):
    """The month is closed already."""

    code = "pay_period_closed"
    sentence = gettext_noop("This month is closed already. Corrections go to the next open month.")


class EarlierMonthOpen(Refusal):
    """An earlier month, whose pay decides what is carried over to this one, is still open."""

    code = "earlier_month_open"
    sentence = gettext_noop("The month {month} is still open, and months are closed in order. Close it first.")


def month_of(*, at: datetime, zone: str) -> date:
    """The first day of the month that `at` lies in, in the IANA `zone`."""
    return at.astimezone(ZoneInfo(zone)).date().replace(day=1)


def find_open_periods(*, school_id: int, months: Collection[date]) -> Mapping[date, PayPeriod]:
    """For each month the pay period that takes its postings: its own, or the next that is open (D20).

    What is left over of a month is carried into the later ones, so no month before a closed one takes any more. Opens
    what does not exist yet. The periods stay locked against closing until the transaction ends.
    """
    found: dict[date, PayPeriod] = {}
    periods: dict[date, PayPeriod] = {}
    for month_on in sorted(set(months)):
        candidate = month_on
        while True:
            if candidate not in periods:
                periods |= _lock_from(school_id, candidate)
            closed = [on for on, period in periods.items() if on >= candidate and period.closed_at is not None]
            if not closed:
                found[month_on] = periods[candidate] = periods.get(candidate) or _open(school_id, candidate)
                if found[month_on].closed_at is None:
                    break
                closed = [candidate]
            candidate = next_month_start(max(closed))
    return found


def open_pay_period(*, school_id: int, month_on: date) -> PayPeriod:
    """The month's pay period, opened when it does not exist. Raises PayPeriodClosed."""
    period = _open(school_id, month_on.replace(day=1))
    if period.closed_at is not None:
        raise PayPeriodClosed
    return period


def close_pay_period(*, school_id: int, month_on: date, now: datetime) -> PayPeriod:
    """Close the month for good. Waits for postings under way.

    Months are closed in order: what penalties leave over of one is taken from the next (D22), and closed months never
    change (D20), so no month is closed while an earlier one may still change what it carries over. An earlier month in
    which no pay and no penalty was ever posted carries nothing and does not stand in the way; from then on it takes no
    postings either. Raises PayPeriodClosed when it is closed already, EarlierMonthOpen.

    A posting that we waited for may have read the clock after we did: the month closes no earlier than its last one.
    """
    month_on = month_on.replace(day=1)
    _create(school_id, month_on)
    period = _lock_to_close(school_id, month_on)
    if period.closed_at is not None:
        raise PayPeriodClosed
    earlier = Transfer.objects.filter(
        school_id=school_id, period__closed_at=None, period__starts_on__lt=month_on, kind__in=OF_PAY
    ).aggregate(first_on=Min("period__starts_on"))
    if earlier["first_on"] is not None:
        raise EarlierMonthOpen(month=f"{earlier['first_on']:%Y-%m}")
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
    rows = fetch(_SHARED, (Int8(school_id), month_on))
    columns = [field.attname for field in PayPeriod._meta.concrete_fields]  # noqa: SLF001 - Django's documented way
    periods = [PayPeriod.from_db("default", columns, row) for row in rows]
    return {period.starts_on: period for period in periods}
