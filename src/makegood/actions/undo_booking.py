"""Undo a booking in its first five minutes, while nothing depends on it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_noop

from makegood.actions import booking_messages
from makegood.actions.booking_steps import UNDO_WITHIN, BookingOrder, Parties, in_one_booking, tell_timeline
from makegood.actions.kept_times import free_with_lesson
from makegood.actions.own_lessons import find_own_side
from makegood.actions.waiting_lessons import let_them_go
from makegood.domain.lessons import booking
from makegood.domain.lessons import operations as lessons
from makegood.domain.lessons.keeping import list_with_kept
from makegood.domain.lessons.models import Lesson, LessonStatus, ReleaseReason
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.lessons.queries import find_lesson, have_moved
from makegood.domain.lessons.series import list_of_series
from makegood.domain.notifications.kinds import MessageKind
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import holds_role
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.queries import find_last_of_lesson
from makegood.refusal import Refusal

ROUTE: Final = "undo_booking"
_MADE_BY: Final = (EventKind.LESSON_BOOKED, EventKind.LESSON_REQUESTED, EventKind.BOOKING_APPROVED)
# Whoever approved undoes that alone: what the student asked for waits again (`undo_answer`).


class NotYoursToUndo(Refusal):
    """Somebody else booked or approved it."""

    code = "booking_not_yours_to_undo"
    sentence = gettext_noop(
        "Your school or your teacher made this booking final, so it is not undone. Cancel the lesson instead."
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

    Raises LessonNotFound (also for somebody else's lesson), NotYoursToUndo, BookingUndoTooLate, DifferentRequest.
    """
    with in_school(school.pk):
        found = find_lesson(school_id=school.pk, lesson_id=lesson_id)
        if found is None or found.student_id is None or not _may_still_undo(found, actor):
            raise LessonNotFound
        if not _was_made_by(actor, found):
            raise NotYoursToUndo
    asked = BookingOrder(
        school=school,
        actor=actor,
        teacher_id=found.teacher_id,
        student_id=found.student_id,
        request_id=request_id,
        door=door,
        now=now,
    )

    def work(parties: Parties) -> dict[str, Any]:
        first = lessons.lock_lesson(school_id=school.pk, lesson_id=lesson_id)
        undone: Sequence[Lesson] = [first]
        if first.series_id is not None:
            undone = booking.lock_series(school_id=school.pk, series_id=first.series_id)
        if not _are_fresh(undone, now):
            raise BookingUndoTooLate
        let_them_go(asked=asked, waiting=undone, why=ReleaseReason.UNDONE)
        event = tell_timeline(asked=asked, kind=EventKind.BOOKING_UNDONE, lessons=undone)
        # Times that the student was choosing for one of them.
        for lesson in list_with_kept(school_id=school.pk, lesson_ids=[one.pk for one in undone]):
            free_with_lesson(lesson=lesson, teacher=parties.teacher, by_id=actor.person_id, door=door, now=now)
        booking_messages.tell_both(
            asked=asked, event=event, parties=parties, lessons=undone, kind=MessageKind.BOOKING_UNDONE
        )
        return {"lesson_ids": [lesson.pk for lesson in undone]}

    content = {"lesson": lesson_id}
    answer, is_replay = in_one_booking(asked=asked, route=ROUTE, content=content, work=work, ends=True)
    return BookingUndone(lesson_ids=tuple(answer["lesson_ids"]), is_replay=is_replay)


def find_undo_end(*, lesson: Lesson, actor: Membership, now: datetime) -> datetime | None:
    """Until when (included) the actor can undo the booking of a lesson, a series whole; None when not, or not any more.

    What a page says with it, `undo_booking` does. No statement for a lesson that was not booked just now.
    """
    if not _is_fresh(lesson, now) or not _may_still_undo(lesson, actor) or not _was_made_by(actor, lesson):
        return None
    undone: Sequence[Lesson] = [lesson]
    if lesson.series_id is not None:
        undone = list_of_series(school_id=lesson.school_id, series_id=lesson.series_id)
    if not _are_fresh(undone, now):
        return None
    assert lesson.booked_at is not None, "a fresh booking was booked"
    return min(lesson.booked_at + UNDO_WITHIN, *(one.starts_at for one in undone))


def _was_made_by(actor: Membership, lesson: Lesson) -> bool:
    made = find_last_of_lesson(school_id=lesson.school_id, lesson_id=lesson.pk, kinds=_MADE_BY)
    if made is None or made.kind == EventKind.BOOKING_APPROVED:
        return False
    return made.actor_id == actor.person_id


def _is_fresh(lesson: Lesson, now: datetime) -> bool:
    is_new = lesson.booked_at is not None and now <= lesson.booked_at + UNDO_WITHIN
    return lesson.status == LessonStatus.BOOKED and is_new and now < lesson.starts_at


def _may_still_undo(lesson: Lesson, actor: Membership) -> bool:
    """Whether the actor is still one of the two, or at the desk."""
    if find_own_side(lesson=lesson, actor=actor) is not None:
        return True
    return holds_role(school_id=lesson.school_id, membership_id=actor.pk, roles=(Role.DESK,))


def _are_fresh(undone: Sequence[Lesson], now: datetime) -> bool:
    """Whether nothing happened to any of what is undone together."""
    if not all(_is_fresh(lesson, now) for lesson in undone):
        return False
    return not have_moved(school_id=undone[0].school_id, lesson_ids=[lesson.pk for lesson in undone])
