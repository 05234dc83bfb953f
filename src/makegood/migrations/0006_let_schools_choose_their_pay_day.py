"""The day on which a month's pay is expected: the 15th until the owner chooses another."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Old code keeps working: it does not name the column, and the database fills it."""

    dependencies: ClassVar = [("makegood", "0005_tell_people_on_their_channels")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="school",
            name="pay_day",
            field=models.PositiveSmallIntegerField(db_default=15, default=15),
        ),
        migrations.RunSQL((SQL / "50_pay_day.sql").read_text(encoding="utf-8")),
    ]
