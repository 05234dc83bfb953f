"""Rows of availability. All are written once but the calendar weeks, which are a cache of the others."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from makegood.database.functions import ClockTimestamp
from makegood.domain.timeline.doors import Door


class DefaultAvailability(models.Model):
    """A teacher's usual week from `in_force_from_on` on. Of the rows in force on a day, the highest `number` holds.

    `weekly` lists `{weekday, start_minute, end_minute}`: Monday is 0, minutes count from midnight on the wall clock of
    `zone` (an IANA name). `made_by` None: by the product itself.
    """

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    teacher = models.ForeignKey(
        "makegood.Membership", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    number = models.PositiveIntegerField()
    zone = models.CharField(max_length=64)
    in_force_from_on = models.DateField()
    weekly = models.JSONField()
    reason = models.TextField(blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("makegood.Person", on_delete=models.PROTECT, null=True, related_name="+")
    door = models.CharField(max_length=16, choices=Door.choices)
    request_id = models.UUIDField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "teacher", "number"), name="one_default_availability_per_number")
        ]


class AvailabilityDay(models.Model):
    """What holds on one day instead of the default; the highest `number` of a day holds.

    `ranges` lists `{start_minute, end_minute}` on the wall clock of `zone`; an empty list is a closed day, None is back
    to the default.
    """

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    teacher = models.ForeignKey(
        "makegood.Membership", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    day_on = models.DateField()
    number = models.PositiveIntegerField()
    zone = models.CharField(max_length=64)
    ranges = models.JSONField(null=True)
    reason = models.TextField(blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("makegood.Person", on_delete=models.PROTECT, null=True, related_name="+")
    door = models.CharField(max_length=16, choices=Door.choices)
    request_id = models.UUIDField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("school", "teacher", "day_on", "number"), name="one_availability_day_per_number"
            )
        ]


class Holiday(models.Model):
    """A day of the school's zone on which nobody can be booked, until it is ended (stamped)."""

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    day_on = models.DateField()
    name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("makegood.Person", on_delete=models.PROTECT, null=True, related_name="+")
    door = models.CharField(max_length=16, choices=Door.choices)
    request_id = models.UUIDField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("makegood.Person", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("school", "day_on"), condition=models.Q(ended_at=None), name="one_live_holiday_per_day"
            )
        ]


class BookingRules(models.Model):
    """What a school asks of a booking; the highest `number` holds. `BookingRuleSet` explains each field."""

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    slot_minutes = models.PositiveSmallIntegerField()
    buffer_minutes = models.PositiveSmallIntegerField()
    minimum_notice_minutes = models.PositiveIntegerField()
    horizon_days = models.PositiveSmallIntegerField()
    max_lessons_per_day = models.PositiveSmallIntegerField()
    hold_minutes = models.PositiveSmallIntegerField()
    needs_approval = models.BooleanField()
    requires_credits = models.BooleanField()
    first_meeting_required = models.BooleanField(db_default=False, default=False)
    probation_days = models.PositiveSmallIntegerField()
    probation_max_lessons_per_week = models.PositiveSmallIntegerField()
    freshness_days = models.PositiveSmallIntegerField()
    freshness_pause_days = models.PositiveSmallIntegerField()
    freshness_grace_hours = models.PositiveSmallIntegerField(db_default=24, default=24)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey("makegood.Person", on_delete=models.PROTECT, null=True, related_name="+")
    door = models.CharField(max_length=16, choices=Door.choices)
    request_id = models.UUIDField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "number"), name="one_version_of_booking_rules_per_number")
        ]


class FreshnessWarning(models.Model):
    """A teacher was told that too little is open, and when matching pauses if it stays so. Numbers count per teacher.

    `broken_since_at`: since when it had been so. `days_ahead` were open, `needed_days` are asked for; from `pauses_at`
    (`grace_hours` after `warned_at`) on, matching may pause for `pause_days`. `rules_number`: the version of the
    booking rules that asks for it.
    """

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    teacher = models.ForeignKey(
        "makegood.Membership", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    number = models.PositiveIntegerField()
    warned_at = models.DateTimeField()
    broken_since_at = models.DateTimeField()
    days_ahead = models.PositiveSmallIntegerField()
    needed_days = models.PositiveSmallIntegerField()
    pause_days = models.PositiveSmallIntegerField()
    grace_hours = models.PositiveSmallIntegerField()
    rules_number = models.PositiveIntegerField()
    pauses_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "teacher", "number"), name="one_freshness_warning_per_number")
        ]


class MatchingPause(models.Model):
    """New students cannot book a teacher, because too little stayed open although they were warned.

    From `starts_at`, when it was recorded, until `ends_at`, unless it is lifted. `days_ahead` were open then, under the
    rules `rules_number`; everything else is the warning's.
    """

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    teacher = models.ForeignKey(
        "makegood.Membership", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    warning = models.ForeignKey(
        FreshnessWarning, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    days_ahead = models.PositiveSmallIntegerField()
    rules_number = models.PositiveIntegerField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "warning"), name="one_matching_pause_per_warning")
        ]
        indexes: ClassVar = [models.Index(fields=("school", "teacher", "ends_at"), name="matching_pause_by_teacher")]


class MatchingPauseLift(models.Model):
    """The desk ended a pause of matching before its time, and said why."""

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    pause = models.ForeignKey(
        MatchingPause, on_delete=models.PROTECT, related_name="lifts", db_constraint=False, db_index=False
    )
    lifted_at = models.DateTimeField()
    lifted_by = models.ForeignKey("makegood.Person", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    door = models.CharField(max_length=16, choices=Door.choices)
    request_id = models.UUIDField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "pause"), name="a_matching_pause_is_lifted_once")
        ]


class CalendarWeek(models.Model):
    """A teacher's week of 672 steps of 15 minutes from Monday 00:00 UTC, one bit each (`masks`); a cache of ranges.

    `available` is what the teacher opened less the school's holidays, `busy` what lessons and holds block.
    `grid_minute` is where the teacher's half hours begin, past the half hours of UTC: 15 in zones at :45, else 0.
    """

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    teacher = models.ForeignKey(
        "makegood.Membership", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    week_starts_at = models.DateTimeField()
    available = models.BinaryField()
    busy = models.BinaryField()
    grid_minute = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("school", "teacher", "week_starts_at"), name="one_calendar_week_per_teacher_and_week"
            )
        ]
