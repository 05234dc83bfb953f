"""Rows of the ledger. A transfer balances by construction and is never changed; a correction is a reversal."""

from __future__ import annotations

from typing import ClassVar, Final

from django.db import models

from makegood.database.functions import ClockTimestamp
from makegood.domain.timeline.doors import Door


class AccountKind(models.TextChoices):
    """What an account stands for. Teachers' and students' accounts carry a membership, school accounts none.

    Credits are counted in lessons (`LESSONS`), everything else in money.
    """

    TEACHER_PAY = "teacher_pay"
    TEACHER_PENALTIES_PENDING = "teacher_penalties_pending"
    SCHOOL_LESSON_COST = "school_lesson_cost"
    SCHOOL_PENALTIES_PENDING = "school_penalties_pending"
    STUDENT_CREDITS = "student_credits"
    SCHOOL_CREDITS_SOLD = "school_credits_sold"
    SCHOOL_CREDITS_USED = "school_credits_used"
    SCHOOL_CREDITS_EXPIRED = "school_credits_expired"


class TransferKind(models.TextChoices):
    """Why money or lesson credits move. With `source` and `number` it identifies a posting."""

    LESSON_PAY = "lesson_pay"
    LESSON_PAY_REVERSAL = "lesson_pay_reversal"
    PENALTY = "penalty"
    PENALTY_REVERSAL = "penalty_reversal"
    CREDIT_BOUGHT = "credit_bought"
    CREDIT_BOUGHT_REVERSAL = "credit_bought_reversal"
    CREDIT_USED = "credit_used"
    CREDIT_USED_REVERSAL = "credit_used_reversal"
    CREDIT_EXPIRED = "credit_expired"
    CREDIT_TAKEN_BACK = "credit_taken_back"


# What a month pays; the rest are lesson credits, which are counted in months as well.
OF_PAY: Final = frozenset(
    {
        TransferKind.LESSON_PAY,
        TransferKind.LESSON_PAY_REVERSAL,
        TransferKind.PENALTY,
        TransferKind.PENALTY_REVERSAL,
    }
)
PENALTIES: Final = frozenset({TransferKind.PENALTY, TransferKind.PENALTY_REVERSAL})
# The unit of lesson credits, where money has a currency.
LESSONS: Final = "lesson"


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
    """One side of transfers, in one currency or in lessons."""

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
    currency = models.CharField(max_length=6)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("school", "kind", "membership", "currency"),
                nulls_distinct=False,
                name="one_account_per_kind_and_owner",
            )
        ]


class Transfer(models.Model):
    """`amount_minor` (positive) from `credit` to `debit`; of credits, whole lessons.

    `source` is the id of its assessment, lesson, credit grant, use, expiry or correction. `number` counts the
    postings of one kind and source: a second one needs the first to be reversed (a lesson that was taught after all).
    """

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
    currency = models.CharField(max_length=6)
    kind = models.CharField(max_length=32, choices=TransferKind.choices)
    source = models.BigIntegerField()
    number = models.PositiveSmallIntegerField(default=1, db_default=1)
    reverses = models.ForeignKey(
        "makegood.Transfer", on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    posted_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("school", "kind", "source", "number"), name="one_posting_per_kind_source_and_number"
            ),
            models.UniqueConstraint(fields=("school", "reverses"), name="one_reversal_per_transfer"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="a_transfer_is_positive"),
            models.CheckConstraint(condition=~models.Q(debit=models.F("credit")), name="a_transfer_has_two_accounts"),
        ]
        indexes: ClassVar = [
            models.Index(fields=("school", "debit", "period"), name="transfer_by_debit"),
            models.Index(fields=("school", "credit", "period"), name="transfer_by_credit"),
        ]


class CreditGrant(models.Model):
    """Lesson credits that a student got, bought by import or entered by the desk. `expires_on`: the first day without.

    Written once; what was wrong is taken back by a `CreditCorrection`.
    """

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    student = models.ForeignKey(
        "makegood.Membership", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    credits = models.PositiveIntegerField()
    expires_on = models.DateField(null=True)
    reason = models.TextField(blank=True)
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey("makegood.Person", on_delete=models.PROTECT, null=True, related_name="+")
    door = models.CharField(max_length=16, choices=Door.choices)
    external_id = models.CharField(max_length=120, null=True)  # noqa: DJ001 - NULLs do not collide in its UNIQUE
    request_id = models.UUIDField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "request_id"), name="one_credit_grant_per_request"),
            models.UniqueConstraint(fields=("school", "external_id"), name="one_credit_grant_per_external_id"),
        ]
        indexes: ClassVar = [models.Index(fields=("school", "student"), name="credit_grant_by_student")]


class CreditUse(models.Model):
    """A lesson took credits of its student. Given back by reversing its posting; a later use is another row."""

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    lesson = models.ForeignKey(
        "makegood.Lesson", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    number = models.PositiveSmallIntegerField()
    credits = models.PositiveSmallIntegerField()
    used_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "lesson", "number"), name="credit_uses_are_numbered_per_lesson")
        ]


class CreditExpiry(models.Model):
    """The credits left of a grant when its last day had passed."""

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    grant = models.ForeignKey(
        "makegood.CreditGrant", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    credits = models.PositiveIntegerField()
    expired_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "grant"), name="a_credit_grant_expires_once")
        ]


class CreditCorrection(models.Model):
    """The school took credits of a grant back: some or all of them, never more than the student has unused.

    Several of one grant are numbered. `reason` is empty where whoever gave them undid it at once.
    """

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    grant = models.ForeignKey(
        "makegood.CreditGrant", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    number = models.PositiveSmallIntegerField()
    credits = models.PositiveIntegerField()
    reason = models.TextField(blank=True)
    corrected_at = models.DateTimeField()
    corrected_by = models.ForeignKey("makegood.Person", on_delete=models.PROTECT, related_name="+")
    door = models.CharField(max_length=16, choices=Door.choices)
    request_id = models.UUIDField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("school", "grant", "number"), name="credit_corrections_are_numbered_per_grant"
            ),
            models.UniqueConstraint(fields=("school", "request_id"), name="one_credit_correction_per_request"),
        ]
