"""Rows of outgoing messages (the outbox) and of the attempts to deliver them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from makegood.domain.schools.functions import ClockTimestamp


class Channel(models.TextChoices):
    """How a message reaches somebody."""

    EMAIL = "email"
    IN_APP = "in_app"


class Message(models.Model):
    """One message to one person on one channel; written with its cause (`event`). `effect_key` makes it once only.

    `kind` selects the text, `values` fill it in the recipient's language and zone when it is sent or shown.
    `sent_at` and `read_at` are stamped once.
    """

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    event = models.ForeignKey(
        "makegood.Event", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    recipient = models.ForeignKey(
        "makegood.Membership", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    channel = models.CharField(max_length=16, choices=Channel.choices)
    kind = models.CharField(max_length=48)
    values = models.JSONField(default=dict)
    effect_key = models.CharField(max_length=160)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "effect_key"), name="one_message_per_effect")
        ]
        indexes: ClassVar = [
            models.Index(fields=("school", "recipient", "-created_at"), name="message_by_recipient"),
            models.Index(fields=("school", "event"), name="message_by_event"),
        ]


class DeliveryAttempt(models.Model):
    """One try to hand a message to the outside world; `error` is empty when it was accepted."""

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    message = models.ForeignKey(
        "makegood.Message", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    attempted_at = models.DateTimeField()
    error = models.TextField(blank=True)
    permanent = models.BooleanField(default=False)
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=("school", "message"), name="delivery_attempt_by_message")]
