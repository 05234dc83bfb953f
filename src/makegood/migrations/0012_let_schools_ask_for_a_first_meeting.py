"""Schools may ask that the first lesson of a student with a teacher is a first meeting."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Old code keeps working: it does not name the column, and the database fills it. Rules that stand ask for none."""

    dependencies: ClassVar = [("makegood", "0011_let_no_student_decide_an_own_case")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="bookingrules",
            name="first_meeting_required",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL((SQL / "65_first_meetings.sql").read_text(encoding="utf-8")),
    ]
