"""Schools and teachers set where their lessons are held."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import makegood.database.functions

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Old code keeps working: it does not know the table."""

    dependencies: ClassVar = [("makegood", "0008_let_pay_rates_start_later")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="VideoLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("link", models.CharField(blank=True, max_length=300)),
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
                (
                    "recorded_at",
                    models.DateTimeField(db_default=makegood.database.functions.ClockTimestamp(), editable=False),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "teacher",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="makegood.membership",
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["school", "teacher"], name="video_link_by_teacher")]},
        ),
        migrations.RunSQL((SQL / "62_video_links.sql").read_text(encoding="utf-8")),
    ]
