"""A pay rate may be set for lessons from a later day on."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Old code keeps working: it does not name the column, and rates without a day hold as before."""

    dependencies: ClassVar = [("makegood", "0007_keep_of_which_time_a_claim_is")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="payrate",
            name="from_on",
            field=models.DateField(null=True),
        ),
        migrations.RunSQL((SQL / "61_pay_rates_from_a_day.sql").read_text(encoding="utf-8")),
    ]
