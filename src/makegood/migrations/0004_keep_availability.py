"""When teachers can be booked: default weeks, exceptions, holidays, booking rules, calendar weeks (docs/database.md)."""

from pathlib import Path

import django.db.models.deletion
import makegood.database.functions
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """There is no way back: dropping the guarantees would be a decision, not an undo."""

    dependencies = [
        ("makegood", "0003_open_lessons_to_booking"),
    ]

    operations = [
        migrations.CreateModel(
            name="AvailabilityDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day_on", models.DateField()),
                ("number", models.PositiveIntegerField()),
                ("zone", models.CharField(max_length=64)),
                ("ranges", models.JSONField(null=True)),
                ("reason", models.TextField(blank=True)),
                ("made_at", models.DateTimeField()),
                (
                    "door",
                    models.CharField(
                        choices=[
                            ("web", "Web"),
                            ("import", "Import"),
                            ("command", "Command"),
                            ("api", "Api"),
                            ("phone", "Phone"),
                            ("chat", "Chat"),
                            ("email", "Email"),
                            ("sms", "Sms"),
                            ("job", "Job"),
                        ],
                        max_length=16,
                    ),
                ),
                ("request_id", models.UUIDField()),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=makegood.database.functions.ClockTimestamp(),
                        editable=False,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                (
                    "teacher",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="makegood.membership",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("school", "teacher", "day_on", "number"),
                        name="one_availability_day_per_number",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BookingRules",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("slot_minutes", models.PositiveSmallIntegerField()),
                ("buffer_minutes", models.PositiveSmallIntegerField()),
                ("minimum_notice_minutes", models.PositiveIntegerField()),
                ("horizon_days", models.PositiveSmallIntegerField()),
                ("max_lessons_per_day", models.PositiveSmallIntegerField()),
                ("hold_minutes", models.PositiveSmallIntegerField()),
                ("needs_approval", models.BooleanField()),
                ("requires_credits", models.BooleanField()),
                ("probation_days", models.PositiveSmallIntegerField()),
                ("probation_max_lessons_per_week", models.PositiveSmallIntegerField()),
                ("freshness_days", models.PositiveSmallIntegerField()),
                ("freshness_pause_days", models.PositiveSmallIntegerField()),
                ("set_at", models.DateTimeField()),
                (
                    "door",
                    models.CharField(
                        choices=[
                            ("web", "Web"),
                            ("import", "Import"),
                            ("command", "Command"),
                            ("api", "Api"),
                            ("phone", "Phone"),
                            ("chat", "Chat"),
                            ("email", "Email"),
                            ("sms", "Sms"),
                            ("job", "Job"),
                        ],
                        max_length=16,
                    ),
                ),
                ("request_id", models.UUIDField()),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=makegood.database.functions.ClockTimestamp(),
                        editable=False,
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
                (
                    "set_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("school", "number"), name="one_version_of_booking_rules_per_number"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarWeek",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("week_starts_at", models.DateTimeField()),
                ("available", models.BinaryField()),
                ("busy", models.BinaryField()),
                ("grid_minute", models.PositiveSmallIntegerField(default=0)),
                (
                    "school",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="makegood.school",
                    ),
                ),
                (
                    "teacher",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="makegood.membership",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("school", "teacher", "week_starts_at"),
                        name="one_calendar_week_per_teacher_and_week",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DefaultAvailability",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("zone", models.CharField(max_length=64)),
                ("in_force_from_on", models.DateField()),
                ("weekly", models.JSONField()),
                ("reason", models.TextField(blank=True)),
                ("made_at", models.DateTimeField()),
                (
                    "door",
                    models.CharField(
                        choices=[
                            ("web", "Web"),
                            ("import", "Import"),
                            ("command", "Command"),
                            ("api", "Api"),
                            ("phone", "Phone"),
                            ("chat", "Chat"),
                            ("email", "Email"),
                            ("sms", "Sms"),
                            ("job", "Job"),
                        ],
                        max_length=16,
                    ),
                ),
                ("request_id", models.UUIDField()),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=makegood.database.functions.ClockTimestamp(),
                        editable=False,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                (
                    "teacher",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="makegood.membership",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("school", "teacher", "number"),
                        name="one_default_availability_per_number",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Holiday",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day_on", models.DateField()),
                ("name", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                (
                    "door",
                    models.CharField(
                        choices=[
                            ("web", "Web"),
                            ("import", "Import"),
                            ("command", "Command"),
                            ("api", "Api"),
                            ("phone", "Phone"),
                            ("chat", "Chat"),
                            ("email", "Email"),
                            ("sms", "Sms"),
                            ("job", "Job"),
                        ],
                        max_length=16,
                    ),
                ),
                ("request_id", models.UUIDField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("school", "day_on"),
                        name="one_live_holiday_per_day",
                    )
                ],
            },
        ),
        migrations.RunSQL((SQL / "30_availability.sql").read_text(encoding="utf-8")),
    ]
