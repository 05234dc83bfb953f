"""Rows of outgoing messages (the outbox), of the attempts to deliver them, and of how people want to be told."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from makegood.database.functions import ClockTimestamp


class Channel(models.TextChoices):
    """How a message reaches somebody."""

    EMAIL = "email"
    IN_APP = "in_app"
    PUSH = "push"


class Topic(models.TextChoices):
    """What a message is about; people choose channels by topic."""

    LESSONS = "lessons"
    REMINDERS = "reminders"
    EMERGENCIES = "emergencies"
    DECISIONS = "decisions"
    AVAILABILITY = "availability"
    DESK = "desk"


class Message(models.Model):
    """One message to one person on one channel; written with its cause (`event`). `effect_key` makes it once only.

    `kind` selects the text, `values` fill it in the recipient's language and zone when it is sent or shown.
    It goes out at `send_after`, or at once. `sent_at`, `failed_at`, `read_at` and `dropped_at` (with the reason: what
    it tells was no longer so) are stamped once. A failed message is sent again as a new one, `again_of` the first.
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
    send_after = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    dropped_because = models.CharField(max_length=40, null=True)  # noqa: DJ001 - stamped together with dropped_at
    again_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False, db_index=False
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "effect_key"), name="one_message_per_effect")
        ]
        indexes: ClassVar = [
            models.Index(fields=("school", "recipient", "-created_at"), name="message_by_recipient"),
            models.Index(fields=("school", "event"), name="message_by_event"),
            models.Index(
                fields=("school", "created_at"),
                condition=models.Q(sent_at=None, dropped_at=None),
                name="message_not_sent_by_time",
            ),
            models.Index(
                fields=("school", "recipient", "kind"),
                condition=models.Q(channel=Channel.IN_APP, read_at=None),
                name="message_unread_by_recipient",
            ),
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


class ChannelChoice(models.Model):
    """A member wants a topic on a channel, or does not; the latest choice holds. Append-only.

    Messages in the app are always there, so there is no choice about them.
    """

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    membership = models.ForeignKey(
        "makegood.Membership", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    topic = models.CharField(max_length=16, choices=Topic.choices)
    channel = models.CharField(max_length=16, choices=Channel.choices)
    is_on = models.BooleanField()
    chosen_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=("school", "membership"), name="channel_choice_by_member")]


class QuietHours(models.Model):
    """When a member wants to be left in peace, in minutes after midnight of their own zone; the latest row holds.

    Both minutes None: never. An end before the start is on the next day. Append-only.
    """

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    membership = models.ForeignKey(
        "makegood.Membership", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    starts_minute = models.PositiveSmallIntegerField(null=True)
    ends_minute = models.PositiveSmallIntegerField(null=True)
    chosen_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=("school", "membership"), name="quiet_hours_by_member")]


class PushSubscription(models.Model):
    """A browser of a member that takes push messages, until `ended_at`.

    `endpoint` is an address of the browser's push service; `p256dh` and `auth` are the browser's keys (RFC 8291).
    """

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    membership = models.ForeignKey(
        "makegood.Membership", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    endpoint = models.CharField(max_length=1000)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    device = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=40, null=True)  # noqa: DJ001 - stamped together with ended_at

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("school", "endpoint"),
                condition=models.Q(ended_at=None),
                name="one_live_push_subscription_per_browser",
            )
        ]
        indexes: ClassVar = [models.Index(fields=("school", "membership"), name="push_subscription_by_member")]


class CalendarFeed(models.Model):
    """The secret address of a member's calendar, until `revoked_at`; only the hash of its token is kept."""

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    membership = models.ForeignKey(
        "makegood.Membership", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    token_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "token_hash"), name="one_calendar_feed_per_token"),
            models.UniqueConstraint(
                fields=("school", "membership"),
                condition=models.Q(revoked_at=None),
                name="one_live_calendar_feed_per_member",
            ),
        ]
