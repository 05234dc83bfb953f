"""Each objection has a case of its own: one to a move names the move, as one to a cancellation names the incident."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Old code keeps working: it does not name the column, and what it writes of a move names none and is `not_asked`."""

    dependencies: ClassVar = [("makegood", "0015_take_back_what_was_given_by_mistake")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="deskcase",
            name="move",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="makegood.lessonmove",
            ),
        ),
        migrations.RemoveConstraint(model_name="deskcase", name="one_open_desk_case_per_lesson_and_kind"),
        migrations.AddConstraint(
            model_name="deskcase",
            constraint=models.UniqueConstraint(
                condition=models.Q(ended_at=None) & ~models.Q(kind__in=("not_asked", "not_agreed")),
                fields=("school", "lesson", "kind"),
                name="one_open_desk_case_per_lesson_and_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="deskcase",
            constraint=models.UniqueConstraint(
                condition=models.Q(kind="not_asked"), fields=("school", "incident"), name="one_objection_per_incident"
            ),
        ),
        migrations.AddConstraint(
            model_name="deskcase",
            constraint=models.UniqueConstraint(fields=("school", "move"), name="one_objection_per_move"),
        ),
        migrations.AlterField(
            model_name="deskcase",
            name="kind",
            field=models.CharField(
                choices=[
                    ("not_asked", "Not Asked"),
                    ("not_agreed", "Not Agreed"),
                    ("problem", "Problem"),
                    ("both_claim", "Both Claim"),
                    ("teacher_absent", "Teacher Absent"),
                    ("student_absent", "Student Absent"),
                    ("needs_new_time", "Needs New Time"),
                    ("outside_availability", "Outside Availability"),
                ],
                max_length=24,
            ),
        ),
        migrations.AlterField(
            model_name="lessonclaim",
            name="kind",
            field=models.CharField(
                choices=[
                    ("other_absent", "Other Absent"),
                    ("other_late", "Other Late"),
                    ("problem", "Problem"),
                    ("not_asked", "Not Asked"),
                    ("not_agreed", "Not Agreed"),
                ],
                max_length=16,
            ),
        ),
        migrations.RunSQL((SQL / "73_objections.sql").read_text(encoding="utf-8")),
    ]
