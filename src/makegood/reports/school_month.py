"""The owner's and payroll's months: incidents, and money as the ledger has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Sum

from makegood.domain.ledger.models import LESSONS, AccountKind, PayPeriod, Transfer, TransferKind
from makegood.domain.ledger.periods import month_of
from makegood.domain.ledger.queries import list_periods
from makegood.domain.penalties.models import Assessment
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.quantities import Money
from makegood.reports.carried import Carried, find_pay_month


@dataclass(frozen=True, slots=True, kw_only=True)
class TeacherTotal:
    """One teacher's money of a month: pay, penalties (zero or negative) and their sum.

    `carried_before` and `carried_after` as of a statement, `payout` is what is left to pay.
    """

    membership_id: int
    display_name: str
    lesson_pay: Money
    penalties: Money
    total: Money
    carried_before: Money
    carried_after: Money
    payout: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthTotals:
    """A month by teacher and in all, one currency. `closed_at` None: it can still change.

    `has_imported` is asked where there are penalties without any pay: whether some came with a file of the history.
    """

    month_on: date
    closed_at: datetime | None
    currency: str
    teachers: tuple[TeacherTotal, ...]
    lesson_pay: Money
    penalties: Money
    total: Money
    carried_before: Money
    carried_after: Money
    payout: Money
    has_imported: bool = False


def make_month_totals(*, school: School, month_on: date) -> tuple[MonthTotals, ...]:
    """The month's totals per currency. 3 statements, 4 where there are penalties without any pay."""
    if not school.pays_teachers:
        return ()
    sums = _sum_by_teacher(school.pk, month_on)
    month = find_pay_month(school_id=school.pk, month_on=month_on)
    carried = month.carried
    paid = {(member_id, currency) for member_id, currency, _ in sums} | set(carried)
    names = {
        member.pk: member.display_name
        for member in Membership.objects.filter(school_id=school.pk, pk__in={member_id for member_id, _ in paid})
    }
    teachers = [_make_teacher(key, sums, carried.get(key, Carried()), names[key[0]]) for key in paid]
    currencies = sorted({currency for _, currency in paid})
    totals = [
        _make_totals(currency, month_on, month.closed_at, [one for one in teachers if one.total.currency == currency])
        for currency in currencies
    ]
    if any(total.penalties and not total.lesson_pay for total in totals) and _has_imported(school.pk, month_on):
        totals = [replace(total, has_imported=True) for total in totals]
    return tuple(totals)


def _has_imported(school_id: int, month_on: date) -> bool:
    """Whether a penalty of the month came with a file of the school's history."""
    posted = Transfer.objects.filter(school_id=school_id, period__starts_on=month_on, kind=TransferKind.PENALTY).values(
        "source"
    )
    return Assessment.objects.filter(school_id=school_id, pk__in=posted, incident__door=Door.IMPORT).exists()


@dataclass(frozen=True, slots=True, kw_only=True)
class PayrollMonths:
    """Payroll's list: every pay period, newest first, and the month that runs now."""

    current_month_on: date
    periods: tuple[PayPeriod, ...]


def list_payroll_months(*, school: School, now: datetime) -> PayrollMonths:
    """The school's pay periods at `now`. 1 statement."""
    return PayrollMonths(
        current_month_on=month_of(at=now, zone=school.zone), periods=tuple(list_periods(school_id=school.pk))
    )


Sums = dict[tuple[int, str, str], int]


def _sum_by_teacher(school_id: int, month_on: date) -> Sums:
    """What the month's transfers do to each teacher's accounts, by member, currency and kind of account."""
    sums: Sums = {}
    # Lesson credits stand on the same ledger; they are no money.
    transfers = Transfer.objects.filter(school_id=school_id, period__starts_on=month_on).exclude(currency=LESSONS)
    for side, sign in (("debit", 1), ("credit", -1)):
        member, kind = f"{side}__membership_id", f"{side}__kind"
        rows = transfers.exclude(**{member: None}).values_list(member, "currency", kind)
        for member_id, currency, account_kind, amount_minor in rows.annotate(moved=Sum("amount_minor")):
            key = (member_id, currency, account_kind)
            sums[key] = sums.get(key, 0) + sign * amount_minor
    return sums


def _make_totals(currency: str, month_on: date, closed_at: datetime | None, own: Sequence[TeacherTotal]) -> MonthTotals:
    teachers = tuple(sorted(own, key=lambda teacher: teacher.display_name))
    return MonthTotals(
        month_on=month_on,
        closed_at=closed_at,
        currency=currency,
        teachers=teachers,
        lesson_pay=_add([teacher.lesson_pay for teacher in teachers], currency),
        penalties=_add([teacher.penalties for teacher in teachers], currency),
        total=_add([teacher.total for teacher in teachers], currency),
        carried_before=_add([teacher.carried_before for teacher in teachers], currency),
        carried_after=_add([teacher.carried_after for teacher in teachers], currency),
        payout=_add([teacher.payout for teacher in teachers], currency),
    )


def _make_teacher(key: tuple[int, str], sums: Sums, carried: Carried, name: str) -> TeacherTotal:
    member_id, currency = key
    lesson_pay = Money(sums.get((member_id, currency, AccountKind.TEACHER_PAY), 0), currency)
    penalties = Money(sums.get((member_id, currency, AccountKind.TEACHER_PENALTIES_PENDING), 0), currency)
    return TeacherTotal(
        membership_id=member_id,
        display_name=name,
        lesson_pay=lesson_pay,
        penalties=penalties,
        total=lesson_pay + penalties,
        carried_before=(before := Money(carried.before_minor, currency)),
        carried_after=Money(carried.after_minor, currency),
        payout=max(before + lesson_pay + penalties, Money(0, currency)),
    )


def _add(amounts: Sequence[Money], currency: str) -> Money:
    return Money(sum(amount.amount_minor for amount in amounts), currency)
