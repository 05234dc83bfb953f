"""Matching pauses as a record: after a warning, for as long as it said, until it ends or the desk lifts it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import makegood.database.functions
from makegood.domain.timeline.doors import Door

SQL = Path(__file__).parent / "sql"


def _id() -> tuple[str, Any]:
    return "id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _recorded_at() -> tuple[str, Any]:
    clock = makegood.database.functions.ClockTimestamp()
    return "recorded_at", models.DateTimeField(db_default=clock, editable=False)


def _of(name: str, to: str, *, is_checked: bool = False, related_name: str = "+") -> tuple[str, Any]:
    key = models.ForeignKey(
        db_constraint=is_checked,
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to=to,
    )
    return name, key


class Migration(migrations.Migration):
    """Old code keeps working: it does not name the column, which the database fills, and does not know the tables."""

    dependencies: ClassVar = [("makegood", "0013_keep_when_our_pages_answered")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="bookingrules",
            name="freshness_grace_hours",
            field=models.PositiveSmallIntegerField(db_default=24, default=24),
        ),
        migrations.CreateModel(
            name="FreshnessWarning",
            fields=[
                _id(),
                ("number", models.PositiveIntegerField()),
                ("warned_at", models.DateTimeField()),
                ("broken_since_at", models.DateTimeField()),
                ("days_ahead", models.PositiveSmallIntegerField()),
                ("needed_days", models.PositiveSmallIntegerField()),
                ("pause_days", models.PositiveSmallIntegerField()),
                ("grace_hours", models.PositiveSmallIntegerField()),
                ("rules_number", models.PositiveIntegerField()),
                ("pauses_at", models.DateTimeField()),
                _recorded_at(),
                _of("school", "makegood.school", is_checked=True),
                _of("teacher", "makegood.membership"),
            ],
        ),
        migrations.CreateModel(
            name="MatchingPause",
            fields=[
                _id(),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("days_ahead", models.PositiveSmallIntegerField()),
                ("rules_number", models.PositiveIntegerField()),
                _recorded_at(),
                _of("school", "makegood.school", is_checked=True),
                _of("teacher", "makegood.membership"),
                _of("warning", "makegood.freshnesswarning"),
            ],
        ),
        migrations.CreateModel(
            name="MatchingPauseLift",
            fields=[
                _id(),
                ("lifted_at", models.DateTimeField()),
                ("reason", models.TextField()),
                ("door", models.CharField(choices=Door.choices, max_length=16)),
                ("request_id", models.UUIDField()),
                _recorded_at(),
                (
                    "lifted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                _of("pause", "makegood.matchingpause", related_name="lifts"),
                _of("school", "makegood.school", is_checked=True),
            ],
        ),
        migrations.AddConstraint(
            model_name="freshnesswarning",
            constraint=models.UniqueConstraint(
                fields=("school", "teacher", "number"), name="one_freshness_warning_per_number"
            ),
        ),
        migrations.AddIndex(
            model_name="matchingpause",
            index=models.Index(fields=["school", "teacher", "ends_at"], name="matching_pause_by_teacher"),
        ),
        migrations.AddConstraint(
            model_name="matchingpause",
            constraint=models.UniqueConstraint(fields=("school", "warning"), name="one_matching_pause_per_warning"),
        ),
        migrations.AddConstraint(
            model_name="matchingpauselift",
            constraint=models.UniqueConstraint(fields=("school", "pause"), name="a_matching_pause_is_lifted_once"),
        ),
        migrations.RunSQL((SQL / "68_matching_pauses.sql").read_text(encoding="utf-8")),
    ]
