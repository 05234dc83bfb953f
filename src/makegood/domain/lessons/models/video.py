"""Rows of where lessons are held: links to video rooms."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from makegood.database.functions import ClockTimestamp
from makegood.domain.timeline.doors import Door


class VideoLink(models.Model):
    """Where lessons are held. `teacher` None: the school's, for teachers who have none of their own.

    Written once; of the same teacher the latest row holds, and an empty `link` takes the one before away.
    """

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    teacher = models.ForeignKey(
        "makegood.Membership",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    link = models.CharField(max_length=300, blank=True)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey("makegood.Person", on_delete=models.PROTECT, related_name="+")
    door = models.CharField(max_length=16, choices=Door.choices)
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=("school", "teacher"), name="video_link_by_teacher")]
