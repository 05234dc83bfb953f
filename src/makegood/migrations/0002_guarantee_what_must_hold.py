"""The guarantees of docs/database.md, in readable SQL: one file per topic."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).parent / "sql"
TOPICS = (
    "01_keys",
    "02_overlaps",
    "03_checks",
    "04_written_once",
    "05_lessons_and_incidents",
    "06_assessments_and_policies",
    "07_ledger",
    "08_triggers",
    "09_row_security",
    "10_privileges",
)


class Migration(migrations.Migration):
    """There is no way back: dropping the guarantees would be a decision, not an undo."""

    dependencies: ClassVar = [("makegood", "0001_describe_every_table")]
    operations: ClassVar = [
        migrations.RunSQL((SQL / f"{topic}.sql").read_text(encoding="utf-8"))
        for topic in TOPICS
    ]
