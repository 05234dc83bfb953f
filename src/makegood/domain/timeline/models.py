"""Rows of the timeline and of answered requests. Append-only."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from makegood.database.functions import ClockTimestamp
from makegood.domain.timeline.doors import Door


class Event(models.Model):
    """Something that happened in a school. `kind` selects the sentence, `values` fill it."""

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=48)
    at = models.DateTimeField()
    actor = models.ForeignKey("makegood.Person", on_delete=models.PROTECT, null=True, related_name="+")
    on_behalf_of = models.ForeignKey(
        "makegood.Membership",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    door = models.CharField(max_length=16, choices=Door.choices)
    reason = models.TextField(blank=True)
    lesson_id = models.BigIntegerField(null=True)
    incident_id = models.BigIntegerField(null=True)
    values = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=("school", "incident_id", "at"), name="event_by_incident"),
            models.Index(fields=("school", "lesson_id", "at"), name="event_by_lesson"),
        ]


class IdempotencyKey(models.Model):
    """A request that was answered: the same key from the same person gets the same answer; other content is refused."""

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey("makegood.Person", on_delete=models.PROTECT, related_name="+")
    route = models.CharField(max_length=80)
    key = models.UUIDField()
    request_sha256 = models.CharField(max_length=64)
    answer = models.JSONField()
    answered_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "person", "route", "key"), name="one_answer_per_request_key")
        ]
