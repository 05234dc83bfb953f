"""Writing money: pay periods, accounts, postings and reversals. Nothing about money is ever edited.

A transfer moves its amount from `credit` to `debit`. What a school owes a teacher grows the teacher's accounts; a
penalty moves from the teacher's pending penalties to the school's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from makegood.database.compiled import compiled, is_any_of
from makegood.database.many_rows import add_rows
from makegood.domain.ledger.models import Account, AccountKind, PayPeriod, Transfer, TransferKind
from makegood.domain.ledger.periods import find_open_periods
from makegood.quantities import Money

# For each kind: the account the amount comes from, and the one it goes to.
_ROUTES = {
    TransferKind.PENALTY: (AccountKind.TEACHER_PENALTIES_PENDING, AccountKind.SCHOOL_PENALTIES_PENDING),
    TransferKind.LESSON_PAY: (AccountKind.SCHOOL_LESSON_COST, AccountKind.TEACHER_PAY),
}
_REVERSALS = {
    TransferKind.PENALTY: TransferKind.PENALTY_REVERSAL,
    TransferKind.LESSON_PAY: TransferKind.LESSON_PAY_REVERSAL,
    TransferKind.CREDIT_BOUGHT: TransferKind.CREDIT_BOUGHT_REVERSAL,
    TransferKind.CREDIT_USED: TransferKind.CREDIT_USED_REVERSAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """Money to move because of `source`: an assessment for a penalty, a lesson for lesson pay.

    `month_on` is the first day of the month it belongs to; a closed month's postings go to the next open period (D20).
    """

    kind: TransferKind
    source: int
    membership_id: int
    amount: Money
    month_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal:
    """What was posted for `source` is taken back whole, in `month_on` or the next open period."""

    kind: TransferKind
    source: int
    month_on: date


def settle(
    *, school_id: int, reversals: Sequence[Reversal], postings: Sequence[Posting], now: datetime
) -> Sequence[Transfer]:
    """Take back the transfers of `reversals`, then post `postings`, each in its own or the next open pay period.

    A reversal whose source has no transfer that stands changes nothing, and neither does a posting of zero. Pay that
    was taken back may be posted again; lock its lesson first.
    """
    postings = [posting for posting in postings if posting.amount]
    if not reversals and not postings:
        return []
    months = {posting.month_on for posting in postings} | {reversal.month_on for reversal in reversals}
    periods = find_open_periods(school_id=school_id, months=months)
    transfers = [
        *_build_reversals(school_id, reversals, periods, now),
        *_build_postings(school_id, postings, periods, now),
    ]
    return add_rows(transfers)


def _build_reversals(
    school_id: int, reversals: Sequence[Reversal], periods: Mapping[date, PayPeriod], now: datetime
) -> Iterable[Transfer]:
    by_kind: dict[TransferKind, dict[int, date]] = {}
    for reversal in reversals:
        by_kind.setdefault(reversal.kind, {})[reversal.source] = reversal.month_on
    for kind, months in by_kind.items():
        for transfer in _standing(school_id=school_id, kind=kind.value, sources=list(months)):
            yield Transfer(
                school_id=school_id,
                period=periods[months[transfer.source]],
                debit_id=transfer.credit_id,
                credit_id=transfer.debit_id,
                amount_minor=transfer.amount_minor,
                currency=transfer.currency,
                kind=_REVERSALS[kind],
                source=transfer.source,
                number=transfer.number,
                reverses=transfer,
                posted_at=now,
            )


@compiled
def _standing(school_id: int, kind: str, sources: Collection[int]) -> QuerySet[Transfer]:
    """What was posted for these sources and was not taken back."""
    taken_back = Transfer.objects.filter(school_id=school_id, reverses=OuterRef("pk"))
    posted = Transfer.objects.filter(is_any_of("source", sources), ~Exists(taken_back), school_id=school_id, kind=kind)
    return posted.order_by("pk")


def _build_postings(
    school_id: int, postings: Sequence[Posting], periods: Mapping[date, PayPeriod], now: datetime
) -> Iterable[Transfer]:
    accounts = open_accounts(
        school_id=school_id,
        keys={_account_key(kind, posting) for posting in postings for kind in _ROUTES[posting.kind]},
    )
    former = _count_former_pay(school_id, postings)
    for posting in postings:
        source_kind, target_kind = _ROUTES[posting.kind]
        yield Transfer(
            school_id=school_id,
            period=periods[posting.month_on],
            credit_id=accounts[_account_key(source_kind, posting)],
            debit_id=accounts[_account_key(target_kind, posting)],
            amount_minor=posting.amount.amount_minor,
            currency=posting.amount.currency,
            kind=posting.kind,
            source=posting.source,
            number=1 + (former[posting.source] if posting.kind is TransferKind.LESSON_PAY else 0),
            posted_at=now,
        )


def _count_former_pay(school_id: int, postings: Sequence[Posting]) -> Counter[int]:
    lessons = [posting.source for posting in postings if posting.kind is TransferKind.LESSON_PAY]
    posted = Transfer.objects.filter(school_id=school_id, kind=TransferKind.LESSON_PAY, source__in=lessons)
    return Counter(posted.values_list("source", flat=True)) if lessons else Counter()


AccountKey = tuple[AccountKind, int | None, str]


def _account_key(kind: AccountKind, posting: Posting) -> AccountKey:
    return kind, None if kind.startswith("school_") else posting.membership_id, posting.amount.currency


def open_accounts(*, school_id: int, keys: Collection[AccountKey]) -> Mapping[AccountKey, int]:
    """The ids of accounts by kind, owner (a membership, None: the school) and unit; missing ones are opened."""
    found = _find_accounts(school_id, keys)
    missing = sorted(set(keys) - found.keys(), key=str)
    if missing:
        Account.objects.bulk_create(
            [
                Account(school_id=school_id, kind=kind, membership_id=membership_id, currency=currency)
                for kind, membership_id, currency in missing
            ],
            ignore_conflicts=True,
        )
        found = _find_accounts(school_id, keys)
    return found


def _find_accounts(school_id: int, keys: Collection[AccountKey]) -> dict[AccountKey, int]:
    if not keys:
        return {}
    members = {membership_id for _, membership_id, _ in keys if membership_id is not None}
    found = _accounts(school_id=school_id, membership_ids=members)
    return {(AccountKind(kind), membership_id, currency): pk for pk, kind, membership_id, currency in found}


@compiled
def _accounts(school_id: int, membership_ids: Collection[int]) -> QuerySet[Account, tuple[int, str, int | None, str]]:
    """All accounts of these members, and the few of the school."""
    accounts = Account.objects.filter(
        is_any_of("membership_id", membership_ids) | Q(membership_id=None), school_id=school_id
    )
    return accounts.values_list("pk", "kind", "membership_id", "currency")
