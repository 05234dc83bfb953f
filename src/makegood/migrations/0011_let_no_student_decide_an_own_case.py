"""Nobody decides a case of a lesson that is their own, on whichever side."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """What was decided before stays."""

    dependencies: ClassVar = [("makegood", "0010_end_what_waits_for_a_lesson_that_is_off")]
    operations: ClassVar = [
        migrations.RunSQL((SQL / "64_own_cases_of_students.sql").read_text(encoding="utf-8")),
    ]
