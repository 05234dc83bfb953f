"""What a member has not read in the app is found without looking through all that they were ever told."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Old code keeps working: it does not know the index."""

    dependencies: ClassVar = [("makegood", "0016_tell_objections_apart")]
    operations: ClassVar = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(channel="in_app", read_at=None),
                fields=["school", "recipient", "kind"],
                name="message_unread_by_recipient",
            ),
        ),
    ]
