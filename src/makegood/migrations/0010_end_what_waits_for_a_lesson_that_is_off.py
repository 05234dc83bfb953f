"""A time that is kept for a lesson ends with the lesson, and the record says so."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Old code keeps working: it writes what it wrote before, which stays allowed."""

    dependencies: ClassVar = [("makegood", "0009_keep_where_lessons_are_held")]
    operations: ClassVar = [
        migrations.AlterField(
            model_name="lessonrelease",
            name="why",
            field=models.CharField(
                choices=[
                    ("lapsed", "Lapsed"),
                    ("let_go", "Let Go"),
                    ("declined", "Declined"),
                    ("undone", "Undone"),
                    ("used", "Used"),
                    ("lesson_off", "Lesson Off"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="moveanswer",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("agreed", "Agreed"),
                    ("refused", "Refused"),
                    ("taken_back", "Taken Back"),
                    ("lapsed", "Lapsed"),
                    ("lesson_off", "Lesson Off"),
                ],
                max_length=16,
            ),
        ),
        migrations.RunSQL((SQL / "63_lessons_that_are_off.sql").read_text(encoding="utf-8")),
    ]
