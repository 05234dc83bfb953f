"""Whether a teacher's day, or the week of a new one, was filled since a time in it was given up.

A day may hold more lessons than the rules let a teacher take: they are older than the rules, or the desk booked them.
What it held can come back to it as long as nothing was added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import DateTimeField, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce

from makegood.domain.availability.booking_rules import BookingRuleSet
from makegood.domain.lessons.models import Lesson, LessonMove, MoveRequest
from makegood.domain.lessons.statuses import WAITING
from makegood.domain.lessons.teaching_loads import GIVEN, list_full_times
from makegood.domain.people.models import Membership
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.queries import events_of_kinds, undone_since

# A week and the day by which zones differ.
_MARGIN: Final = timedelta(days=8)
# With the first of these a lesson took its time.
_TAKEN: Final = (
    EventKind.SLOT_HELD,
    EventKind.LESSON_BOOKED,
    EventKind.LESSON_REQUESTED,
    EventKind.LESSON_PROPOSED,
    EventKind.PROPOSED_AGAIN,
    EventKind.REQUESTED_AGAIN,
)
# With these it took its time again.
_BACK: Final = (EventKind.CANCELLATION_UNDONE, EventKind.INCIDENT_WITHDRAWN)


@dataclass(frozen=True, slots=True)
class _Given:
    """A lesson that the teacher gives, and where it was when the time was given up; None: it did not take place."""

    starts_at: datetime
    was_at: datetime | None


def is_filled_since(
    *,
    school_id: int,
    teacher: Membership,
    rules: BookingRuleSet,
    starts: Sequence[datetime],
    since: datetime,
    moves: int | None = None,
) -> bool:
    """Whether a lesson at one of `starts`, given up at `since`, would be too many by one that was added from then on.

    Added is what was booked (or asked for), moved there, or came back. `teacher` with its person; `moves` is a lesson
    that would move, it fills nothing. One statement.
    """
    given = _list_given(school_id, teacher.pk, starts, since, moves)
    full = list_full_times(teacher=teacher, starts=[one.starts_at for one in given], rules=rules)
    spans = [span for span in full.spans[teacher.pk] if any(at in span for at in starts)]
    return any(
        one.starts_at in span and (one.was_at is None or one.was_at not in span) for one in given for span in spans
    )


def _list_given(
    school_id: int, teacher_id: int, starts: Sequence[datetime], since: datetime, moves: int | None
) -> Sequence[_Given]:
    """What the teacher gives in the days and weeks of `starts`, and around them."""
    asked = MoveRequest.objects.filter(school_id=school_id, hold_id=OuterRef("pk"))
    moved = LessonMove.objects.filter(school_id=school_id, lesson_id=OuterRef("pk"), moved_at__gte=since)
    taken = events_of_kinds(school_id=school_id, lesson_id=OuterRef("pk"), kinds=_TAKEN)
    # What was off already when the time was given up, and takes place again.
    back = undone_since(school_id=school_id, lesson_id=OuterRef("pk"), kinds=_BACK, since=since)
    lessons = Lesson.objects.filter(
        school_id=school_id,
        teacher_id=teacher_id,
        starts_at__gte=min(starts) - _MARGIN,
        starts_at__lt=max(starts) + _MARGIN,
        status__in=GIVEN,
    ).exclude(pk=moves or 0)
    rows = lessons.annotate(
        taken_at=Coalesce(
            Subquery(taken.values("at")[:1]),
            Subquery(asked.values("asked_at")[:1]),
            "booked_at",
            output_field=DateTimeField(),
        ),
        moved_from=Subquery(moved.order_by("lesson_version").values("from_starts_at")[:1]),
        came_back=Exists(back),
    ).values_list("starts_at", "status", "taken_at", "moved_from", "came_back")
    return [
        _Given(starts_at, None if came_back or _is_new(status, taken_at, since) else moved_from or starts_at)
        for starts_at, status, taken_at, moved_from, came_back in rows
    ]


def _is_new(status: str, taken_at: datetime | None, since: datetime) -> bool:
    """A time that a student keeps while choosing another one for a lesson has no record of its own, nor lasts it."""
    return status in WAITING if taken_at is None else taken_at >= since
