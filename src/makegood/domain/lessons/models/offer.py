"""Rows of what lessons are made from: types, rates and series. Written once; the highest number holds."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from makegood.database.functions import ClockTimestamp
from makegood.domain.timeline.doors import Door


class LessonType(models.Model):
    """A kind of lesson a school offers. Written once; of a `code` the highest `number` holds.

    `minutes` lists the lengths it may have; `credits` is what one costs the student. `is_first`: the *Meet your
    teacher* kind, one per student and teacher. `is_offered`: students may book it themselves.
    """

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    minutes = models.JSONField()
    credits = models.PositiveSmallIntegerField(default=1)
    is_first = models.BooleanField(default=False)
    is_offered = models.BooleanField(default=True)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey("makegood.Person", on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "code", "number"), name="lesson_types_are_numbered_per_code")
        ]


class PayRate(models.Model):
    """What a lesson of a type and length pays. `teacher` None: whoever has no rate of their own.

    Written once. For lessons that start on the day `from_on` of the school or later, None: for those booked since
    `set_at`. Of the same teacher, type and length the one that begins last holds, and of one day the highest `number`.
    A lesson keeps the pay of when its time was taken: booked, asked for or proposed (docs/decisions/0007).
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
    lesson_type = models.CharField(max_length=40)
    minutes = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    from_on = models.DateField(null=True)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey("makegood.Person", on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("school", "teacher", "lesson_type", "minutes", "number"),
                nulls_distinct=False,
                name="pay_rates_are_numbered",
            )
        ]


class LessonSeries(models.Model):
    """Weekly lessons booked together: `count` weeks at the same wall time in `zone`, whatever the clocks do."""

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    teacher = models.ForeignKey(
        "makegood.Membership", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    student = models.ForeignKey(
        "makegood.Membership", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    zone = models.CharField(max_length=64)
    first_on = models.DateField()
    starts_minute = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField()
    count = models.PositiveSmallIntegerField()
    lesson_type = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("makegood.Person", on_delete=models.PROTECT, related_name="+")
    door = models.CharField(max_length=16, choices=Door.choices)
    request_id = models.UUIDField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "request_id"), name="one_series_per_request")
        ]
