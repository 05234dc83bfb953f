"""Reading money."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from makegood.database.compiled import compiled, is_any_of
from makegood.domain.ledger.models import LESSONS, AccountKind, PayPeriod, Transfer, TransferKind

TEACHER_KINDS = (AccountKind.TEACHER_PAY, AccountKind.TEACHER_PENALTIES_PENDING)


def list_transfers_of_teacher(*, school_id: int, membership_id: int, month_on: date) -> Sequence[Transfer]:
    """All transfers on the teacher's accounts in the month's pay period, oldest first, with accounts and period.

    A teacher who is a student, too, has lesson credits; they are no money and are left out.
    """
    on_teacher = Q(debit__membership_id=membership_id) | Q(credit__membership_id=membership_id)
    in_month = Transfer.objects.filter(on_teacher, school_id=school_id, period__starts_on=month_on)
    transfers = in_month.exclude(currency=LESSONS)
    return list(transfers.select_related("debit", "credit", "period").order_by("posted_at", "pk"))


def find_paid_lessons(*, school_id: int, lesson_ids: Collection[int]) -> Collection[int]:
    """Those of the lessons whose pay is posted and was not taken back."""
    return set(_paid_lessons(school_id=school_id, lesson_ids=lesson_ids)) if lesson_ids else set()


@compiled
def _paid_lessons(school_id: int, lesson_ids: Collection[int]) -> QuerySet[Transfer, int]:
    taken_back = Transfer.objects.filter(school_id=school_id, reverses=OuterRef("pk"))
    posted = Transfer.objects.filter(is_any_of("source", lesson_ids), school_id=school_id)
    posted = posted.filter(kind=TransferKind.LESSON_PAY).exclude(Exists(taken_back))
    return posted.values_list("source", flat=True)


def list_periods(*, school_id: int) -> Sequence[PayPeriod]:
    """All pay periods, newest first."""
    return list(PayPeriod.objects.filter(school_id=school_id).order_by("-starts_on"))


def signed_minor(transfer: Transfer) -> int:
    """What the transfer does to the teacher's side: positive is money for the teacher."""
    return transfer.amount_minor if transfer.debit.kind in TEACHER_KINDS else -transfer.amount_minor
