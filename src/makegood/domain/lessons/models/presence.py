"""Rows of what the lesson page saw of both sides, and of what each of them says."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from makegood.database.functions import ClockTimestamp
from makegood.domain.timeline.doors import Door


class Side(models.TextChoices):
    """Which of the two people of a lesson."""

    TEACHER = "teacher"
    STUDENT = "student"


class PresenceFact(models.Model):
    """What the lesson page saw of one side: they joined, started, were still there, finished or left, and when.

    Minutes taught come from these (`lessons/presence.py`), never from what somebody types in.
    """

    class Kind(models.TextChoices):
        """What was seen."""

        JOINED = "joined"
        STARTED = "started"
        SEEN = "seen"
        FINISHED = "finished"
        LEFT = "left"

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    lesson = models.ForeignKey(
        "makegood.Lesson", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    member = models.ForeignKey(
        "makegood.Membership", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    side = models.CharField(max_length=16, choices=Side.choices)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    at = models.DateTimeField()
    door = models.CharField(max_length=16, choices=Door.choices)
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=("school", "lesson", "at"), name="presence_fact_by_lesson")]


class LessonClaim(models.Model):
    """What one side says of a lesson: the other was absent or late, something is broken, they did not ask or agree.

    A claim changes nothing by itself; people and jobs act on it. The earlier of two stands until the desk decides.
    `about_starts_at` is where the lesson stood when it was said; None: of the lesson wherever it stands, or said before
    this was kept.
    """

    class Kind(models.TextChoices):
        """What is claimed."""

        OTHER_ABSENT = "other_absent"
        OTHER_LATE = "other_late"
        PROBLEM = "problem"
        NOT_ASKED = "not_asked"
        NOT_AGREED = "not_agreed"

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    lesson = models.ForeignKey(
        "makegood.Lesson", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    member = models.ForeignKey(
        "makegood.Membership", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    side = models.CharField(max_length=16, choices=Side.choices)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    about_starts_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)
    made_at = models.DateTimeField()
    door = models.CharField(max_length=16, choices=Door.choices)
    request_id = models.UUIDField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "request_id"), name="one_claim_per_request"),
            models.UniqueConstraint(
                fields=("school", "lesson", "member", "kind", "about_starts_at"),
                name="one_claim_per_member_kind_and_time",
                nulls_distinct=False,
            ),
        ]
