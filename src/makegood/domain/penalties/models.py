"""Rows of quotes, assessments and consequences. Append-only; a later assessment supersedes an earlier one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from makegood.database.functions import ClockTimestamp


class Quote(models.Model):
    """A price shown before it is confirmed: one row per page shown, prices for all three situations in `prices`.

    `facts_sha256` identifies the teacher's facts the prices were computed from. The token in the page signs the id.
    """

    id = models.UUIDField(primary_key=True)
    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    lesson = models.ForeignKey(
        "makegood.Lesson", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    teacher = models.ForeignKey(
        "makegood.Membership", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    policy_version = models.ForeignKey(
        "makegood.PolicyVersion", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    made_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    facts_sha256 = models.CharField(max_length=64)
    prices = models.JSONField()


class Assessment(models.Model):
    """What one incident costs under one policy version, with its steps. The highest `number` of an incident is live."""

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    incident = models.ForeignKey(
        "makegood.Incident", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    number = models.PositiveIntegerField()
    supersedes = models.ForeignKey(
        "makegood.Assessment",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    policy_version = models.ForeignKey(
        "makegood.PolicyVersion", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    quote = models.ForeignKey(
        "makegood.Quote", on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    assessed_at = models.DateTimeField()
    facts = models.JSONField()
    band = models.CharField(max_length=24, null=True)  # noqa: DJ001 - no band is not an empty band
    charged_band = models.CharField(max_length=24, null=True)  # noqa: DJ001 - as above
    counts = models.JSONField()
    penalty_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, null=True)  # noqa: DJ001 - no currency is not an empty currency
    paid = models.BooleanField()
    counted_for = models.JSONField()
    steps = models.JSONField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("school", "incident", "number"), name="assessments_are_numbered_per_incident"
            ),
            models.UniqueConstraint(fields=("school", "supersedes"), name="an_assessment_is_superseded_once"),
            models.CheckConstraint(condition=models.Q(penalty_minor__gte=0), name="penalty_is_not_negative"),
        ]


class Consequence(models.Model):
    """What follows from an incident besides money. It ends early by a `ConsequenceEnd`, never by an edit."""

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    teacher = models.ForeignKey(
        "makegood.Membership", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    incident = models.ForeignKey(
        "makegood.Incident", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    assessment = models.ForeignKey(
        "makegood.Assessment", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=32)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    because = models.JSONField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=("school", "teacher", "starts_at"), name="consequence_by_teacher"),
            models.Index(fields=("school", "incident"), name="consequence_by_incident"),
        ]


class ConsequenceEnd(models.Model):
    """A consequence no longer holds: the facts changed, or staff released it."""

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    consequence = models.ForeignKey(
        "makegood.Consequence", on_delete=models.PROTECT, related_name="ends", db_constraint=False, db_index=False
    )
    ended_at = models.DateTimeField()
    ended_by = models.ForeignKey("makegood.Person", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "consequence"), name="a_consequence_ends_once")
        ]
