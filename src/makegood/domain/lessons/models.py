"""Rows of lessons. Overlaps are refused by the database, not by code."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models


class LessonStatus(models.TextChoices):
    """Where a lesson stands. `LessonTransition` lists which steps are allowed; the database refuses the rest."""

    BOOKED = "booked"
    IN_PROGRESS = "in_progress"
    TAUGHT = "taught"
    CANCELLED = "cancelled"
    MOVED = "moved"
    MISSED = "missed"
    CUT_SHORT = "cut_short"


class Lesson(models.Model):
    """One booked lesson. `blocked` is `[starts_at, ends_at)` plus any buffer; imported lessons may lack a student.

    `version` grows by one with every change; a stale write is refused by a trigger.
    """

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    teacher = models.ForeignKey(
        "makegood.Membership", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    student = models.ForeignKey(
        "makegood.Membership",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_constraint=False,
        db_index=False,
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    blocked = DateTimeRangeField()
    status = models.CharField(max_length=16, choices=LessonStatus.choices, default=LessonStatus.BOOKED)
    lesson_type = models.CharField(max_length=40, default="regular")
    title = models.CharField(max_length=120, blank=True)
    pay_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, null=True)  # noqa: DJ001 - no currency is not an empty currency
    booked_at = models.DateTimeField(null=True)
    taught_minutes = models.PositiveSmallIntegerField(null=True)
    join_link = models.URLField(max_length=500, blank=True)
    external_id = models.CharField(max_length=120, null=True)  # noqa: DJ001 - NULLs do not collide in its UNIQUE
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "external_id"), name="one_lesson_per_external_id")
        ]
        indexes: ClassVar = [
            models.Index(fields=("school", "teacher", "starts_at"), name="lesson_by_teacher_and_start"),
            models.Index(fields=("school", "student", "starts_at"), name="lesson_by_student_and_start"),
            models.Index(fields=("school", "starts_at"), name="lesson_by_start"),
        ]


class LessonTransition(models.Model):
    """A step a lesson's status may take; reference rows written by migrations only, the same for all schools.

    `needs` is empty, "live incident" (the record that the lesson was not taught after all) or "ended incident" (one
    that was withdrawn or voided, and none live); that record is written before the lesson changes.
    """

    from_status = models.CharField(max_length=16)
    to_status = models.CharField(max_length=16)
    needs = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("from_status", "to_status"), name="one_row_per_transition")
        ]
