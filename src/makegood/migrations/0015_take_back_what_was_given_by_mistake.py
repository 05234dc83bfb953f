"""Lesson credits can be taken back, and whoever agreed to a move withdraws the incident that counted it."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import makegood.database.functions
from makegood.domain.ledger.models import TransferKind
from makegood.domain.timeline.doors import Door

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Old code keeps working: it writes none of these rows, and reads what it knows."""

    dependencies: ClassVar = [("makegood", "0014_record_pauses_of_matching")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="CreditCorrection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("credits", models.PositiveIntegerField()),
                ("reason", models.TextField(blank=True)),
                ("corrected_at", models.DateTimeField()),
                ("door", models.CharField(choices=Door.choices, max_length=16)),
                ("request_id", models.UUIDField()),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=makegood.database.functions.ClockTimestamp(), editable=False),
                ),
                (
                    "corrected_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="makegood.creditgrant",
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
        ),
        migrations.AddConstraint(
            model_name="creditcorrection",
            constraint=models.UniqueConstraint(
                fields=("school", "grant", "number"), name="credit_corrections_are_numbered_per_grant"
            ),
        ),
        migrations.AddConstraint(
            model_name="creditcorrection",
            constraint=models.UniqueConstraint(
                fields=("school", "request_id"), name="one_credit_correction_per_request"
            ),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="kind",
            field=models.CharField(choices=TransferKind.choices, max_length=32),
        ),
        migrations.RunSQL((SQL / "71_credits_taken_back.sql").read_text(encoding="utf-8")),
        migrations.RunSQL((SQL / "72_moves_undone.sql").read_text(encoding="utf-8")),
    ]
