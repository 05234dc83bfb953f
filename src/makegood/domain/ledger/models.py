"""Rows of the ledger. A transfer balances by construction and is never changed; a correction is a reversal."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from makegood.domain.schools.functions import ClockTimestamp


class AccountKind(models.TextChoices):
    """What an account stands for. Teacher accounts carry a membership, school accounts none."""

    TEACHER_PAY = "teacher_pay"
    TEACHER_PENALTIES_PENDING = "teacher_penalties_pending"
    SCHOOL_LESSON_COST = "school_lesson_cost"
    SCHOOL_PENALTIES_PENDING = "school_penalties_pending"


class TransferKind(models.TextChoices):
    """Why money moves. With `source` it identifies a posting: at most one per (kind, source)."""

    LESSON_PAY = "lesson_pay"
    LESSON_PAY_REVERSAL = "lesson_pay_reversal"
    PENALTY = "penalty"
    PENALTY_REVERSAL = "penalty_reversal"


class PayPeriod(models.Model):
    """A calendar month of pay in the school's zone, `[starts_on, ends_on)`; a closed one takes no postings."""

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    starts_on = models.DateField()
    ends_on = models.DateField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "starts_on"), name="one_pay_period_per_month")
        ]


class Account(models.Model):
    """One side of transfers, in one currency."""

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=32, choices=AccountKind.choices)
    membership = models.ForeignKey(
        "makegood.Membership",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    currency = models.CharField(max_length=3)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("school", "kind", "membership", "currency"),
                nulls_distinct=False,
                name="one_account_per_kind_and_owner",
            )
        ]


class Transfer(models.Model):
    """`amount_minor` (positive) from `credit` to `debit`. `source` is the id of its assessment or lesson."""

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    period = models.ForeignKey(
        "makegood.PayPeriod", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    debit = models.ForeignKey(
        "makegood.Account", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    credit = models.ForeignKey(
        "makegood.Account", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=32, choices=TransferKind.choices)
    source = models.BigIntegerField()
    reverses = models.ForeignKey(
        "makegood.Transfer", on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    posted_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "kind", "source"), name="one_posting_per_kind_and_source"),
            models.UniqueConstraint(fields=("school", "reverses"), name="one_reversal_per_transfer"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="a_transfer_is_positive"),
            models.CheckConstraint(condition=~models.Q(debit=models.F("credit")), name="a_transfer_has_two_accounts"),
        ]
        indexes: ClassVar = [
            models.Index(fields=("school", "debit", "period"), name="transfer_by_debit"),
            models.Index(fields=("school", "credit", "period"), name="transfer_by_credit"),
        ]
