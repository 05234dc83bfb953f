"""How people want to be told: channels by topic, quiet hours, browsers, calendar feeds (docs/database.md)."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import makegood.database.functions

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """There is no way back: dropping the guarantees would be a decision, not an undo."""

    dependencies: ClassVar = [("makegood", "0004_keep_availability")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token_hash", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "membership",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="makegood.membership",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="makegood.school",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("school", "token_hash"), name="one_calendar_feed_per_token"),
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)),
                        fields=("school", "membership"),
                        name="one_live_calendar_feed_per_member",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChannelChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("lessons", "Lessons"),
                            ("reminders", "Reminders"),
                            ("emergencies", "Emergencies"),
                            ("decisions", "Decisions"),
                            ("availability", "Availability"),
                            ("desk", "Desk"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "Email"), ("in_app", "In App"), ("push", "Push")], max_length=16
                    ),
                ),
                ("is_on", models.BooleanField()),
                ("chosen_at", models.DateTimeField()),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=makegood.database.functions.ClockTimestamp(), editable=False),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="makegood.membership",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="makegood.school",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["school", "membership"], name="channel_choice_by_member"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PushSubscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("endpoint", models.CharField(max_length=1000)),
                ("p256dh", models.CharField(max_length=100)),
                ("auth", models.CharField(max_length=40)),
                ("device", models.CharField(blank=True, max_length=60)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_because", models.CharField(max_length=40, null=True)),
                (
                    "membership",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="makegood.membership",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="makegood.school",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["school", "membership"], name="push_subscription_by_member"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("school", "endpoint"),
                        name="one_live_push_subscription_per_browser",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QuietHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_minute", models.PositiveSmallIntegerField(null=True)),
                ("ends_minute", models.PositiveSmallIntegerField(null=True)),
                ("chosen_at", models.DateTimeField()),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=makegood.database.functions.ClockTimestamp(), editable=False),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="makegood.membership",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="makegood.school",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["school", "membership"], name="quiet_hours_by_member"),
                ],
            },
        ),
        migrations.AddField(
            model_name="message",
            name="again_of",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="makegood.message",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="dropped_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="dropped_because",
            field=models.CharField(max_length=40, null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="send_after",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="message",
            name="channel",
            field=models.CharField(choices=[("email", "Email"), ("in_app", "In App"), ("push", "Push")], max_length=16),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("dropped_at", None), ("sent_at", None)),
                fields=["school", "created_at"],
                name="message_not_sent_by_time",
            ),
        ),
        migrations.RunSQL((SQL / "40_telling_people.sql").read_text(encoding="utf-8")),
    ]
