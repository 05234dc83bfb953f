"""Undo a booking in its first five minutes, while nothing depends on it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_noop

from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import UNDO_WITHIN, Parties, in_one_booking
from makegood.actions.undoing_steps import are_fresh, find_own_booking, is_fresh, may_undo, release_undone
from makegood.domain.lessons import booking
from makegood.domain.lessons import operations as lessons
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.lessons.other_times import used_for
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.lessons.series import list_of_series
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal

ROUTE: Final = "undo_booking"


class NotYoursToUndo(Refusal):
    """Somebody else booked or approved it."""

    code = "booking_not_yours_to_undo"
    sentence = gettext_noop(
        "Your school or your teacher made this booking final, so it is not undone. Cancel the lesson instead."
    )


class BookedByMovingLate(Refusal):
    """A lesson was used when this one was booked: undone alone, both would be gone (`undo_late_move`)."""

    code = "booked_by_moving_late"
    sentence = gettext_noop(
        "This lesson was booked because another one could no longer be moved free of charge, so its booking is not "
        "undone alone. Nothing was changed. Look at the lesson again."
    )


class BookingUndoTooLate(Refusal):
    """The minutes are over, or something depends on the booking by now."""

    code = "undo_booking_too_late"
    sentence = gettext_noop(
        "The booking cannot be undone any more: that is for the first 5 minutes, while nothing else happened. Cancel "
        "the lesson instead."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingUndone:
    """The lessons that are none any more."""

    lesson_ids: tuple[int, ...]
    is_replay: bool = False


def undo_booking(
    *, school: School, actor: Membership, lesson_id: int, request_id: uuid.UUID, door: Door, now: datetime
) -> BookingUndone:
    """Undo what the actor booked, a series whole: released, its credits given back, both sides told; also if one left.

    Raises LessonNotFound (also for somebody else's lesson), NotYoursToUndo, BookedByMovingLate, BookingUndoTooLate,
    DifferentRequest.
    """
    with in_school(school.pk):
        found = find_lesson(school_id=school.pk, lesson_id=lesson_id)
        if found is None or found.student_id is None or not may_undo(found, actor):
            raise LessonNotFound
        made = find_own_booking(lesson=found, actor=actor)
        if made is None:
            raise NotYoursToUndo
        if used_for(made) is not None:
            raise BookedByMovingLate
    asked = BookingOrder.about(found, school=school, actor=actor, request_id=request_id, door=door, now=now)

    def work(parties: Parties) -> dict[str, Any]:
        first = lessons.lock_lesson(school_id=school.pk, lesson_id=lesson_id)
        undone: Sequence[Lesson] = [first]
        if first.series_id is not None:
            undone = booking.lock_series(school_id=school.pk, series_id=first.series_id)
        if not are_fresh(undone, now):
            raise BookingUndoTooLate
        release_undone(asked=asked, parties=parties, undone=undone)
        return {"lesson_ids": [lesson.pk for lesson in undone]}

    content = {"lesson": lesson_id}
    answer, is_replay = in_one_booking(asked=asked, route=ROUTE, content=content, work=work, ends=True)
    return BookingUndone(lesson_ids=tuple(answer["lesson_ids"]), is_replay=is_replay)


def find_undo_end(*, lesson: Lesson, actor: Membership, now: datetime) -> datetime | None:
    """Until when (included) the actor can undo the booking of a lesson, a series whole; None: not, or no longer.

    What a page says with it, `undo_booking` does. No statement for a lesson that was not booked just now.
    """
    if not is_fresh(lesson, now) or not may_undo(lesson, actor):
        return None
    made = find_own_booking(lesson=lesson, actor=actor)
    if made is None or used_for(made) is not None:
        return None
    undone: Sequence[Lesson] = [lesson]
    if lesson.series_id is not None:
        undone = list_of_series(school_id=lesson.school_id, series_id=lesson.series_id)
    if not are_fresh(undone, now):
        return None
    assert lesson.booked_at is not None, "a fresh booking was booked"
    return min(lesson.booked_at + UNDO_WITHIN, *(one.starts_at for one in undone))
