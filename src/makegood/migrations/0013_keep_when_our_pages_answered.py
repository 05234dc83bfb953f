"""Heartbeats of the product's own pages, and the gaps between them, are kept."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.db import migrations, models

import makegood.database.functions

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Old code keeps working: it does not know the tables."""

    dependencies: ClassVar = [("makegood", "0012_let_schools_ask_for_a_first_meeting")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Downtime",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField(unique=True)),
                ("ended_at", models.DateTimeField()),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=makegood.database.functions.ClockTimestamp(), editable=False),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("minute", models.DateTimeField(unique=True)),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=makegood.database.functions.ClockTimestamp(), editable=False),
                ),
            ],
        ),
        migrations.RunSQL((SQL / "67_uptime.sql").read_text(encoding="utf-8")),
    ]
