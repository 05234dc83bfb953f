"""Rows of incidents, decisions and withdrawals. Append-only: a correction is a new row."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from makegood.database.functions import ClockTimestamp
from makegood.domain.timeline.doors import Door
from makegood.rules.facts import Decision, Kind, RequestedBy


class Incident(models.Model):
    """A lesson that did not go as booked, with the facts every rule uses (policy.md, "Files people bring").

    `reported_at` is our receipt of the first message, passed in; None: nobody reported. `recorded_at` is the database's
    own clock, for audit only. `reference` is short enough to read aloud. `request_id` comes from the form: a replay
    finds the incident by it.
    """

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    reference = models.CharField(max_length=16)
    request_id = models.UUIDField()
    lesson = models.ForeignKey(
        "makegood.Lesson", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    teacher = models.ForeignKey(
        "makegood.Membership", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=16)
    requested_by = models.CharField(max_length=16)
    situation = models.PositiveSmallIntegerField(null=True)
    lesson_starts_at = models.DateTimeField()
    lesson_minutes = models.PositiveSmallIntegerField()
    lesson_type = models.CharField(max_length=40)
    lesson_pay_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, null=True)  # noqa: DJ001 - no currency is not an empty currency
    booked_at = models.DateTimeField(null=True)
    engagement = models.CharField(max_length=40, blank=True)
    country = models.CharField(max_length=2, blank=True)
    reported_at = models.DateTimeField(null=True)
    claimed_reported_at = models.DateTimeField(null=True)
    taught_minutes = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)
    door = models.CharField(max_length=16, choices=Door.choices)
    reported_by = models.ForeignKey("makegood.Person", on_delete=models.PROTECT, null=True, related_name="+")
    external_id = models.CharField(max_length=120, null=True)  # noqa: DJ001 - NULLs do not collide in its UNIQUE
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "reference"), name="incident_references_are_unique"),
            models.UniqueConstraint(fields=("school", "request_id"), name="one_incident_per_request"),
            models.UniqueConstraint(fields=("school", "external_id"), name="one_incident_per_external_id"),
            models.CheckConstraint(condition=models.Q(kind__in=list(Kind)), name="incident_kind_is_known"),
            models.CheckConstraint(
                condition=models.Q(requested_by__in=list(RequestedBy)), name="incident_requester_is_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=("school", "teacher", "lesson_starts_at"), name="incident_by_teacher_and_start"),
            models.Index(fields=("school", "lesson"), name="incident_by_lesson"),
        ]


class IncidentDecision(models.Model):
    """What a reviewer made of an incident. The latest (`number`) counts; nobody decides an own case."""

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    incident = models.ForeignKey(
        "makegood.Incident", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    number = models.PositiveIntegerField()
    decision = models.CharField(max_length=16)
    reason = models.TextField()
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        "makegood.Membership",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    door = models.CharField(max_length=16, choices=Door.choices)
    request_id = models.UUIDField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("school", "incident", "number"), name="decisions_are_numbered_per_incident"
            ),
            models.UniqueConstraint(fields=("school", "request_id"), name="one_decision_per_request"),
            models.CheckConstraint(condition=models.Q(decision__in=list(Decision)), name="decision_is_known"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="a_decision_has_a_reason"),
        ]


class IncidentWithdrawal(models.Model):
    """The undo, within the undo minutes, of whoever reported it or made the move it counts; as good as voided (D16)."""

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    incident = models.ForeignKey(
        "makegood.Incident", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    withdrawn_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey("makegood.Person", on_delete=models.PROTECT, related_name="+")
    door = models.CharField(max_length=16, choices=Door.choices)
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "incident"), name="one_withdrawal_per_incident")
        ]
