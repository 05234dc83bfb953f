"""Rows of what about a lesson waits for the desk."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from makegood.database.functions import ClockTimestamp


class DeskCase(models.Model):
    """Something about a lesson that waits for the desk. `claim`, `incident` or `move` is what it is about.

    An objection is to one incident or to one move, whatever else the student objects to: each has a case of its own.
    `ended_at`, `ended_by` and `outcome` are stamped once, when the desk has dealt with it.
    """

    class Kind(models.TextChoices):
        """What the desk is asked for."""

        NOT_ASKED = "not_asked"
        NOT_AGREED = "not_agreed"
        PROBLEM = "problem"
        BOTH_CLAIM = "both_claim"
        TEACHER_ABSENT = "teacher_absent"
        STUDENT_ABSENT = "student_absent"
        NEEDS_NEW_TIME = "needs_new_time"
        OUTSIDE_AVAILABILITY = "outside_availability"

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=24, choices=Kind.choices)
    lesson = models.ForeignKey(
        "makegood.Lesson", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    claim = models.ForeignKey(
        "makegood.LessonClaim",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    incident = models.ForeignKey(
        "makegood.Incident",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    move = models.ForeignKey(
        "makegood.LessonMove",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    note = models.TextField(blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("makegood.Person", on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("makegood.Person", on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.TextField(null=True)  # noqa: DJ001 - stamped once: empty until then
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("school", "lesson", "kind"),
                condition=models.Q(ended_at=None) & ~models.Q(kind__in=("not_asked", "not_agreed")),
                name="one_open_desk_case_per_lesson_and_kind",
            ),
            models.UniqueConstraint(
                fields=("school", "incident"),
                condition=models.Q(kind="not_asked"),
                name="one_objection_per_incident",
            ),
            models.UniqueConstraint(fields=("school", "move"), name="one_objection_per_move"),
        ]
        indexes: ClassVar = [
            models.Index(fields=("school", "opened_at"), condition=models.Q(ended_at=None), name="desk_case_open")
        ]
