"""What a teacher's month comes to so far, without the lines, whose cases and lessons a statement reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from makegood.domain.ledger.models import PENALTIES, Transfer
from makegood.domain.ledger.queries import list_transfers_of_teacher, signed_minor
from makegood.domain.schools.models import School
from makegood.quantities import Money
from makegood.reports.carried import Carried, find_pay_month, payout_of


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthSoFar:
    """One currency of the month; `lesson_count` are those whose pay was not taken back. The rest as in a statement."""

    currency: str
    lesson_count: int
    lesson_pay: Money
    penalties: Money
    carried_before: Money
    carried_after: Money

    @property
    def payout(self) -> Money:
        """What is left to pay, never less than nothing (D22)."""
        return payout_of(self.lesson_pay + self.penalties, carried_before=self.carried_before)


def sum_month_so_far(*, school: School, membership_id: int, month_on: date) -> Sequence[MonthSoFar] | None:
    """By currency, where anything is left of what was posted; None for a school that pays no money. 2 statements."""
    if not school.pays_teachers:
        return None
    transfers = list_transfers_of_teacher(school_id=school.pk, membership_id=membership_id, month_on=month_on)
    carried = find_pay_month(school_id=school.pk, month_on=month_on, membership_id=membership_id).carried
    currencies = sorted({one.currency for one in transfers} | {currency for _member_id, currency in carried})
    sums = [_sum(currency, transfers, carried.get((membership_id, currency), Carried())) for currency in currencies]
    return [one for one in sums if one.lesson_count or one.penalties or one.carried_before]


def _sum(currency: str, transfers: Sequence[Transfer], carried: Carried) -> MonthSoFar:
    penalties = 0
    by_lesson: defaultdict[int, int] = defaultdict(int)
    for transfer in transfers:
        if transfer.currency != currency:
            continue
        if transfer.kind in PENALTIES:
            penalties += signed_minor(transfer)
        else:
            by_lesson[transfer.source] += signed_minor(transfer)
    return MonthSoFar(
        currency=currency,
        lesson_count=sum(minor != 0 for minor in by_lesson.values()),
        lesson_pay=Money(sum(by_lesson.values()), currency),
        penalties=Money(penalties, currency),
        carried_before=Money(carried.before_minor, currency),
        carried_after=Money(carried.after_minor, currency),
    )
