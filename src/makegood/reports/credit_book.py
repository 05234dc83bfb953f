"""A student's lesson credits, number by number: what came, what was used, given back or ended, and what is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from django.db.models import Q

from makegood.domain.ledger.credits_over import find_standing
from makegood.domain.ledger.models import (
    Account,
    AccountKind,
    CreditCorrection,
    CreditExpiry,
    CreditGrant,
    CreditUse,
    Transfer,
    TransferKind,
)
from makegood.domain.lessons.models import Lesson
from makegood.domain.people.models import Membership
from makegood.domain.schools.days import today_in
from makegood.domain.schools.models import School

_OF_LESSONS: Final = (TransferKind.CREDIT_USED, TransferKind.CREDIT_USED_REVERSAL)
_OF_GRANTS: Final = (TransferKind.CREDIT_BOUGHT, TransferKind.CREDIT_BOUGHT_REVERSAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditLine:
    """One change: `amount` (below zero: they went) and how many were `left` after it.

    `given` is the grant that came or ended; `lesson` the one that used credits or gave them back; `correction` says who
    took them back, and why. `removable`: how many of a grant that came can be taken back now.
    """

    at: datetime
    kind: TransferKind
    amount: int
    left: int
    given: CreditGrant | None
    lesson: Lesson | None
    correction: CreditCorrection | None = None
    removable: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditBatch:
    """What is left of one grant, as lessons use the credits that end first; some of it may have been `taken_back`."""

    given: CreditGrant
    left: int
    taken_back: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditBook:
    """Everything about a student's credits: `left` in all, the grants that still have some, the lines newest first."""

    left: int
    batches: tuple[CreditBatch, ...]
    lines: tuple[CreditLine, ...]


def make_credit_book(*, school: School, student: Membership, now: datetime) -> CreditBook:
    """The whole book at `now`. A fixed number of statements."""
    account = Account.objects.filter(
        school_id=school.pk, kind=AccountKind.STUDENT_CREDITS, membership_id=student.pk
    ).first()
    grants = {
        given.pk: given
        for given in CreditGrant.objects.filter(school_id=school.pk, student_id=student.pk).select_related("granted_by")
    }
    if account is None:
        return CreditBook(left=0, batches=(), lines=())
    expiries = {one.pk: one for one in CreditExpiry.objects.filter(school_id=school.pk, grant_id__in=grants)}
    corrections = _corrections_of(school.pk, grants)
    transfers = list(
        Transfer.objects.filter(Q(debit=account) | Q(credit=account), school_id=school.pk).order_by("posted_at", "pk")
    )
    lessons = _lessons_of(school.pk, transfers)
    lines: list[CreditLine] = []
    left = 0
    for transfer in transfers:
        kind = TransferKind(transfer.kind)
        amount = transfer.amount_minor if transfer.debit_id == account.pk else -transfer.amount_minor
        left += amount
        given = grants.get(transfer.source) if kind in _OF_GRANTS else None
        if kind is TransferKind.CREDIT_EXPIRED:
            given = grants[expiries[transfer.source].grant_id]
        lines.append(
            CreditLine(
                at=transfer.posted_at,
                kind=kind,
                amount=amount,
                left=left,
                given=given,
                lesson=lessons.get(transfer.source) if kind in _OF_LESSONS else None,
                correction=corrections.get(transfer.source) if kind is TransferKind.CREDIT_TAKEN_BACK else None,
            )
        )
    # What is over stands in the lines when it was taken; it is not left before either.
    standing = find_standing(school_id=school.pk, student_id=student.pk, now=now)
    today_on = today_in(school=school, now=now)
    stands = _count_standing(grants.values(), corrections.values())
    live = [given for given in grants.values() if given.expires_on is None or given.expires_on > today_on]
    removable = dict(stands)
    for over in standing.over:
        removable[over.grant_id] -= over.credits
    for expiry in expiries.values():
        removable[expiry.grant_id] -= expiry.credits
    for place, line in enumerate(lines):
        if line.kind is TransferKind.CREDIT_BOUGHT and line.given is not None:
            lines[place] = replace(line, removable=max(0, min(removable[line.given.pk], standing.left)))
    batches = share_left(grants=live, stands=stands, left=standing.left)
    return CreditBook(left=standing.left, batches=batches, lines=tuple(reversed(lines)))


def share_left(*, grants: Iterable[CreditGrant], stands: Mapping[int, int], left: int) -> tuple[CreditBatch, ...]:
    """Share what is left among the grants that did not end: the last to end keeps its credits longest.

    `stands`: what of each grant was not taken back. The batches stand in the order in which lessons use them.
    """
    batches = []
    for given in sorted(grants, key=lambda one: (one.expires_on or date.max, one.pk), reverse=True):
        its_own = min(stands[given.pk], left)
        if its_own > 0:
            batches.append(CreditBatch(given=given, left=its_own, taken_back=given.credits - stands[given.pk]))
            left -= its_own
    return tuple(reversed(batches))


def _corrections_of(school_id: int, grants: Mapping[int, CreditGrant]) -> dict[int, CreditCorrection]:
    """What was taken back of these grants, each with who did it."""
    corrections = CreditCorrection.objects.filter(school_id=school_id, grant_id__in=grants)
    return {one.pk: one for one in corrections.select_related("corrected_by")}


def _count_standing(grants: Iterable[CreditGrant], corrections: Iterable[CreditCorrection]) -> dict[int, int]:
    """How many credits of each grant were not taken back."""
    stands = {given.pk: given.credits for given in grants}
    for one in corrections:
        stands[one.grant_id] -= one.credits
    return stands


def _lessons_of(school_id: int, transfers: Sequence[Transfer]) -> dict[int, Lesson]:
    """The lessons that used credits, by the use."""
    uses = CreditUse.objects.filter(
        school_id=school_id, pk__in=[one.source for one in transfers if one.kind in _OF_LESSONS]
    )
    return {use.pk: use.lesson for use in uses.select_related("lesson__teacher__person")}
