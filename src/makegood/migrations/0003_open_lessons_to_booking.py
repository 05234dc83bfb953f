"""Lessons that are held, booked, moved and taught on the product itself (docs/database.md)."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """There is no way back: dropping the guarantees would be a decision, not an undo."""

    dependencies: ClassVar = [("makegood", "0002_guarantee_what_must_hold")]
    operations: ClassVar = [
        migrations.RunSQL((SQL / "20_inside_a_school.sql").read_text(encoding="utf-8")),
    ]
