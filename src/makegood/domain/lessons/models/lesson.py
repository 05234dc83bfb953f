"""Rows of lessons themselves. The database refuses overlaps, not code."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models

from makegood.database.functions import ClockTimestamp
from makegood.domain.timeline.doors import Door


class LessonStatus(models.TextChoices):
    """Where a lesson stands. `LessonTransition` lists which steps are allowed; the database refuses the rest.

    Held: its time is kept while a student decides. Requested: it waits for the student's or the school's word.
    Released: neither came to anything, or the booking was undone at once; the lesson never was.
    """

    HELD = "held"
    REQUESTED = "requested"
    BOOKED = "booked"
    IN_PROGRESS = "in_progress"
    TAUGHT = "taught"
    CANCELLED = "cancelled"
    MOVED = "moved"
    MISSED = "missed"
    CUT_SHORT = "cut_short"
    RELEASED = "released"


class WaitsFor(models.TextChoices):
    """Whose word a requested lesson waits for."""

    STUDENT = "student"
    SCHOOL = "school"


class Lesson(models.Model):
    """One booked lesson. `blocked` is `[starts_at, ends_at)` plus any buffer; imported lessons may lack a student.

    `version` grows by one with every change; a stale write is refused by a trigger. A lesson stays itself when it
    moves: its time changes together with a `LessonMove`. `held_until` and `waits_for` are for held and requested ones;
    `keeps_time_for` is the lesson that may move to this time, which itself never is one; what is asked then is a
    `MoveRequest`. `credits` are lesson credits of the student.
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
    held_until = models.DateTimeField(null=True)
    waits_for = models.CharField(max_length=16, choices=WaitsFor.choices, blank=True, default="", db_default="")
    keeps_time_for = models.ForeignKey(
        "makegood.Lesson", on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False, db_index=False
    )
    series = models.ForeignKey(
        "makegood.LessonSeries",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_constraint=False,
        db_index=False,
    )
    series_position = models.PositiveSmallIntegerField(null=True)
    credits = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "external_id"), name="one_lesson_per_external_id"),
            models.UniqueConstraint(
                fields=("school", "series", "series_position"), name="one_lesson_per_place_in_a_series"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=("school", "teacher", "starts_at"), name="lesson_by_teacher_and_start"),
            models.Index(fields=("school", "student", "starts_at"), name="lesson_by_student_and_start"),
            models.Index(fields=("school", "starts_at"), name="lesson_by_start"),
            models.Index(
                fields=("school", "held_until"),
                condition=models.Q(status__in=("held", "requested")),
                name="lesson_that_may_lapse",
            ),
            models.Index(
                fields=("school", "keeps_time_for"),
                condition=models.Q(keeps_time_for__isnull=False),
                name="lesson_that_keeps_a_time",
            ),
        ]

    @property
    def length(self) -> timedelta:
        """How long it is booked for."""
        return self.ends_at - self.starts_at

    @property
    def minutes(self) -> int:
        """The same in whole minutes."""
        return self.length // timedelta(minutes=1)


class LessonTransition(models.Model):
    """A step a lesson's status may take; reference rows written by migrations only, the same for all schools.

    `needs` is empty, "live incident" (the record that the lesson was not taught after all), "ended incident" (one
    that was withdrawn or voided, and none live) or "release" (a `LessonRelease`); that record is written before the
    lesson changes.
    """

    from_status = models.CharField(max_length=16)
    to_status = models.CharField(max_length=16)
    needs = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("from_status", "to_status"), name="one_row_per_transition")
        ]


class ReleaseReason(models.TextChoices):
    """Why a time was let go before it became a lesson, or a booking was undone."""

    LAPSED = "lapsed"
    LET_GO = "let_go"
    DECLINED = "declined"
    UNDONE = "undone"
    USED = "used"
    LESSON_OFF = "lesson_off"


class LessonRelease(models.Model):
    """The record that a held or requested lesson came to nothing, or that a booking was undone. One per lesson.

    `USED`: the held time became the new time of the lesson it was kept for. `LESSON_OFF`: that lesson does not take
    place. `released_by` None: nobody, it lapsed.
    """

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    lesson = models.ForeignKey(
        "makegood.Lesson", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    why = models.CharField(max_length=16, choices=ReleaseReason.choices)
    note = models.TextField(blank=True)
    released_at = models.DateTimeField()
    released_by = models.ForeignKey("makegood.Person", on_delete=models.PROTECT, null=True, related_name="+")
    door = models.CharField(max_length=16, choices=Door.choices)
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=("school", "lesson"), name="a_lesson_is_released_once")]
