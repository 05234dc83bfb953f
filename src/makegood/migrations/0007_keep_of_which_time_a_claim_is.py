"""Somebody may say the same of a lesson once for each time at which it stood."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Old code keeps working: it does not name the column, and finds the earlier claim itself.

    Claims are written once, so those that stand keep the column empty.
    """

    dependencies: ClassVar = [("makegood", "0006_let_schools_choose_their_pay_day")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="lessonclaim",
            name="about_starts_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="lessonclaim",
            constraint=models.UniqueConstraint(
                fields=("school", "lesson", "member", "kind", "about_starts_at"),
                name="one_claim_per_member_kind_and_time",
                nulls_distinct=False,
            ),
        ),
        migrations.RemoveConstraint(model_name="lessonclaim", name="one_claim_per_member_and_kind"),
        migrations.RunSQL((SQL / "60_claims_of_a_time.sql").read_text(encoding="utf-8")),
    ]
