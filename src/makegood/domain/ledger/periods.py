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

# Any number that nothing else here locks by; the second key is the school. Postings share it, a close has it alone.
_MONTHS: Final = 1_720
_LOCK_TO_POST: Final = Statement("SELECT pg_advisory_xact_lock_shared(%s::int, %s::int)")
_LOCK_TO_CLOSE: Final = Statement("SELECT pg_advisory_xact_lock(%s::int, %s::int)")
# In the order of the model's own columns.
_FROM: Final = Statement("""
    SELECT id, school_id, starts_on, ends_on, closed_at FROM makegood_payperiod
    WHERE school_id = %s AND starts_on >= %s ORDER BY starts_on
""")


class PayPeriodClosed(Refusal):
    """The month is closed already."""

    code = "pay_period_closed"
    sentence = gettext_noop("This month is closed already. Corrections go to the next open month.")


class MonthNotOver(Refusal):
    """Lessons of this month may still be taught and paid."""

    code = "month_not_over"
    sentence = gettext_noop(
        "The month {month} is not over yet, so it cannot be closed. Nothing was done. Close it when it has ended."
    )


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
    what does not exist yet. No month of the school is closed until the transaction ends.
    """
    _lock(_LOCK_TO_POST, school_id)
    periods = _list_from(school_id, min(months))
    found: dict[date, PayPeriod] = {}
    for month_on in sorted(set(months)):
        closed = [on for on, period in periods.items() if on >= month_on and period.closed_at is not None]
        takes_on = next_month_start(max(closed)) if closed else month_on
        if takes_on not in periods:
            periods[takes_on] = _open(school_id, takes_on)
        found[month_on] = periods[takes_on]
    return found


def open_pay_period(*, school_id: int, month_on: date) -> PayPeriod:
    """The month's pay period, opened when it does not exist. Raises PayPeriodClosed."""
    _lock(_LOCK_TO_POST, school_id)
    period = _open(school_id, month_on.replace(day=1))
    if period.closed_at is not None:
        raise PayPeriodClosed
    return period


def close_pay_period(*, school_id: int, month_on: date, zone: str, now: datetime) -> PayPeriod:
    """Close the month for good, when it has ended in the school's `zone`. Waits for postings under way.

    Months are closed in order: what penalties leave over of one is taken from the next (D22), and closed months never
    change (D20), so no month is closed while an earlier one may still change what it carries over. An earlier month in
    which no pay and no penalty was ever posted carries nothing and does not stand in the way; from then on it takes no
    postings either. Raises MonthNotOver, EarlierMonthOpen, PayPeriodClosed when it is closed already.

    Waiting is by school and not by month: a first posting into an earlier month could not be seen, and would land
    before a closed one. A posting that we waited for may have read the clock after we did: the month closes no earlier
    than its last one.
    """
    month_on = month_on.replace(day=1)
    if month_of(at=now, zone=zone) <= month_on:
        raise MonthNotOver(month=f"{month_on:%Y-%m}")
    _lock(_LOCK_TO_CLOSE, school_id)
    period = _open(school_id, month_on)
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


def _lock(statement: Statement, school_id: int) -> None:
    """Until the transaction ends. What is read afterwards is what whoever we waited for has left."""
    fetch(statement, (_MONTHS, school_id))


def _open(school_id: int, month_on: date) -> PayPeriod:
    """The month's pay period, closed or not, made when it does not exist."""
    PayPeriod.objects.bulk_create(
        [PayPeriod(school_id=school_id, starts_on=month_on, ends_on=next_month_start(month_on))], ignore_conflicts=True
    )
    return _list_from(school_id, month_on)[month_on]


def _list_from(school_id: int, month_on: date) -> dict[date, PayPeriod]:
    """Existing periods from `month_on` on, the first one first."""
    rows = fetch(_FROM, (Int8(school_id), month_on))
    columns = [field.attname for field in PayPeriod._meta.concrete_fields]  # noqa: SLF001 - Django's documented way
    periods = [PayPeriod.from_db("default", columns, row) for row in rows]
    return {period.starts_on: period for period in periods}
