"""Rows of how lessons got another time, and of who asked for one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from makegood.database.functions import ClockTimestamp
from makegood.domain.lessons.models.lesson import WaitsFor
from makegood.domain.lessons.models.presence import Side
from makegood.domain.timeline.doors import Door


class LessonMove(models.Model):
    """A lesson got another time. `lesson_version` is the version the lesson has with it.

    `requested_by` says who is answerable (a code of policy.md). `incident` is the `rescheduled` one that counts, where
    there is one; `undoes` the move that this one takes back.
    """

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    lesson = models.ForeignKey(
        "makegood.Lesson", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    lesson_version = models.PositiveIntegerField()
    from_starts_at = models.DateTimeField()
    from_ends_at = models.DateTimeField()
    to_starts_at = models.DateTimeField()
    to_ends_at = models.DateTimeField()
    requested_by = models.CharField(max_length=16)
    incident = models.ForeignKey(
        "makegood.Incident",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    undoes = models.ForeignKey(
        "makegood.LessonMove",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    moved_at = models.DateTimeField()
    moved_by = models.ForeignKey("makegood.Person", on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(
        "makegood.Membership",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    door = models.CharField(max_length=16, choices=Door.choices)
    reason = models.TextField(blank=True)
    request_id = models.UUIDField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "lesson", "lesson_version"), name="one_move_per_lesson_version"),
            models.UniqueConstraint(fields=("school", "undoes"), name="a_move_is_undone_once"),
            models.UniqueConstraint(fields=("school", "incident"), name="one_move_per_incident"),
            models.UniqueConstraint(fields=("school", "request_id"), name="one_move_per_request"),
        ]


class MoveRequest(models.Model):
    """Somebody asks to move a lesson to the time that `hold` keeps. The lesson stays where it is until the answer.

    `asked_by` is who asks: a teacher asks the student, a student asks the school where it approves moves; the database
    refuses anything else. `says_side` is whom they name as wanting it. `expires_at` ends it without an answer.
    """

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    lesson = models.ForeignKey(
        "makegood.Lesson", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    hold = models.ForeignKey(
        "makegood.Lesson", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    from_starts_at = models.DateTimeField()
    from_ends_at = models.DateTimeField()
    to_starts_at = models.DateTimeField()
    to_ends_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        "makegood.Membership", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    says_side = models.CharField(max_length=16, choices=Side.choices)
    reason = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    door = models.CharField(max_length=16, choices=Door.choices)
    request_id = models.UUIDField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "request_id"), name="one_move_request_per_request"),
            models.UniqueConstraint(fields=("school", "hold"), name="one_move_request_per_hold"),
        ]
        indexes: ClassVar = [models.Index(fields=("school", "lesson"), name="move_request_by_lesson")]

    @property
    def waits_for(self) -> WaitsFor:
        """Whose word it waits for, or did; with its `hold`."""
        return WaitsFor(self.hold.waits_for)


class MoveAnswer(models.Model):
    """What became of a move request. `says_side`: whom the answering person names as having wanted it.

    `answered_by` None: nobody answered in time.
    """

    class Outcome(models.TextChoices):
        """How a move request ends. LESSON_OFF: the lesson that was to move does not take place."""

        AGREED = "agreed"
        REFUSED = "refused"
        TAKEN_BACK = "taken_back"
        LAPSED = "lapsed"
        LESSON_OFF = "lesson_off"

    school = models.ForeignKey("makegood.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    move_request = models.ForeignKey(
        "makegood.MoveRequest", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    says_side = models.CharField(max_length=16, choices=Side.choices, blank=True)
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey("makegood.Person", on_delete=models.PROTECT, null=True, related_name="+")
    door = models.CharField(max_length=16, choices=Door.choices)
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("school", "move_request"), name="a_move_request_is_answered_once")
        ]
