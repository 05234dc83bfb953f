"""The lesson that was booked in place of one that is off: an event on the one that is off names the other.

The desk books one in place of what a teacher cancelled. A move after the free time books one in place of the lesson
that it uses; the event of that booking names the used one, for the two are undone together, or not at all.
"""

from __future__ import annotations

from typing import Any, Final

from django.db.models import BigIntegerField, BooleanField, Exists, F, Func, OuterRef, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.translation import gettext_noop

from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.statuses import OFF
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from makegood.domain.timeline.queries import events_of_lesson
from makegood.refusal import Refusal

# The value of the booking's event that names the used lesson.
USED: Final = "used_lesson"


class NeedsNoOtherTime(Refusal):
    """The lesson takes place after all, is somebody else's, or another time is booked for it already."""

    code = "needs_no_other_time"
    sentence = gettext_noop(
        "This session needs no other time any more: it takes place, or another time is booked for it. Nothing was "
        "booked. Look at the session again."
    )


class OtherTimeStands(Refusal):
    """A lesson that was off comes back no more once another one was booked in its place: the student would have two."""

    code = "other_time_stands"
    sentence = gettext_noop(
        "Another time was booked in place of this session meanwhile, so it does not take place again. Nothing was "
        "done. If it should, ask the scheduling desk."
    )


def other_times(*, school_id: int, of: Any) -> QuerySet[Any]:
    """The events that tell of another time for the lesson `of`, each with `other_id`; not those that were undone."""
    told = events_of_lesson(school_id=school_id, lesson_id=of, kind=EventKind.OTHER_TIME_BOOKED)
    others = Lesson.objects.filter(school_id=school_id, pk=OuterRef("other_id"))
    named = told.annotate(other_id=Cast(KT("values__lesson"), BigIntegerField()))
    return named.filter(Exists(others.exclude(status=LessonStatus.RELEASED)))


def find_other_time(*, lesson: Lesson) -> Lesson | None:
    """The lesson that was booked in place of this one, or None."""
    told = other_times(school_id=lesson.school_id, of=lesson.pk).order_by("-pk").values("other_id")[:1]
    return Lesson.objects.filter(school_id=lesson.school_id, pk__in=told).first()


def refuse_unless_needed(*, lesson: Lesson | None, student_id: int) -> Lesson:
    """The lesson again, where the student is still to get another time for it. Raises NeedsNoOtherTime."""
    if lesson is None or lesson.student_id != student_id or lesson.status not in OFF or find_other_time(lesson=lesson):
        raise NeedsNoOtherTime
    return lesson


def refuse_if_it_stands(*, lesson: Lesson) -> None:
    """Raise OtherTimeStands as of `stands`. Lock the student first."""
    if stands(lesson=lesson):
        raise OtherTimeStands


def stands(*, lesson: Lesson) -> bool:
    """Whether a lesson that was booked in place of this one is to come, or one in place of that, however often."""
    rows = Lesson.objects.filter(school_id=lesson.school_id, pk=lesson.pk)
    return rows.annotate(another_stands=another_stands()).filter(another_stands=True).exists()


def another_stands() -> Func:
    """The same, to be asked of rows of lessons in their own statement."""
    return _AnotherStands(F("school_id"), F("pk"))


class _AnotherStands(Func):
    """Follows the events from lesson to lesson; what was released never took the place of anything."""

    output_field = BooleanField()
    # The statuses are those of `LIVE`.
    template = """EXISTS (
        WITH RECURSIVE in_place (school_id, id, status) AS (
          SELECT %(expressions)s, ''
          UNION
          SELECT other.school_id, other.id, other.status::text
          FROM in_place
          JOIN makegood_event AS told
            ON told.school_id = in_place.school_id AND told.lesson_id = in_place.id
               AND told.kind = 'other_time_booked'
          JOIN makegood_lesson AS other
            ON other.school_id = told.school_id AND other.id = (told.values ->> 'lesson')::bigint
               AND other.status <> 'released'
        )
        SELECT FROM in_place WHERE status IN ('held', 'requested', 'booked', 'in_progress')
      )"""


def used_for(booked: Event) -> int | None:
    """The lesson that a move after the free time used when it booked this one; None for any other booking."""
    used = booked.values.get(USED)
    return used if isinstance(used, int) else None
