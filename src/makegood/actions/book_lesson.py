"""Book one lesson: a time that was held, or a free one directly; by the student, or by the desk for both."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_noop

from makegood.actions import booking_messages
from makegood.actions.booking_steps import (
    UNDO_WITHIN,
    BookingOrder,
    Parties,
    in_one_booking,
    is_paused,
    make_lesson_terms,
    pause_refusal,
    refuse_unless_bookable,
    state_of_booking,
    use_credits,
)
from makegood.actions.own_lessons import refuse_unless_takes
from makegood.domain.lessons import booking
from makegood.domain.lessons import operations as lessons
from makegood.domain.lessons.booking import LessonState
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.lessons.time_checks import Leave
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import seeing_school
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal

ROUTE: Final = "book_lesson"
ROUTE_OF_HOLDS: Final = "book_held_lesson"


class HoldLapsed(Refusal):
    """The time is not kept any more."""

    code = "hold_lapsed"
    sentence = gettext_noop(
        "This time is not kept for you any more. Nothing was booked. Choose it again if it is still free."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonBooked:
    """`status` is booked, or requested where the school approves first; it can be undone until `undo_until`."""

    lesson_id: int
    starts_at: datetime
    status: LessonStatus
    undo_until: datetime
    is_replay: bool = False


def book_lesson(
    *,
    school: School,
    actor: Membership,
    teacher_id: int,
    starts_at: datetime,
    minutes: int,
    lesson_type: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
) -> LessonBooked:
    """Book a free time for the student who asks; credits are used, both are told.

    In one transaction, in the order of `in_one_booking`. Raises TimeRefused with the nearest free times, TeacherPaused,
    FirstLessonHad, FirstMeetingNeeded, NotEnoughCredits, TypeNotOffered, LengthNotOffered, TeacherNotFound,
    StudentNotFound, DifferentRequest.
    """
    asked = BookingOrder(
        school=school,
        actor=actor,
        teacher_id=teacher_id,
        student_id=actor.pk,
        request_id=request_id,
        door=door,
        now=now,
    )
    return book_as(asked=asked, starts_at=starts_at, minutes=minutes, lesson_type=lesson_type)


def book_as(
    *, asked: BookingOrder, starts_at: datetime, minutes: int, lesson_type: str, leave: Leave | None = None
) -> LessonBooked:
    """Book for whoever `asked` names, with the `leave` they have. Raises as `book_lesson`."""

    def work(parties: Parties) -> dict[str, Any]:
        terms = make_lesson_terms(asked=asked, rules=parties.rules, lesson_type=lesson_type, minutes=minutes)
        refuse_unless_bookable(asked=asked, parties=parties, terms=terms, starts_at=starts_at, leave=leave)
        state = state_of_booking(asked=asked, rules=parties.rules, first_at=starts_at)
        (lesson,) = booking.take(school_id=asked.school.pk, terms=terms, starts=[starts_at], state=state)
        return _finish(asked, parties, lesson, state)

    content = {
        "teacher": asked.teacher_id,
        "student": asked.student_id,
        "starts_at": starts_at.isoformat(),
        "minutes": minutes,
        "lesson_type": lesson_type,
        "reason": asked.reason,
        "leave": [leave.any_time, leave.any_notice] if leave else [],
    }
    answer, is_replay = in_one_booking(asked=asked, route=ROUTE, content=content, work=work)
    return _booked(answer, is_replay=is_replay)


def book_held_lesson(
    *, school: School, actor: Membership, lesson_id: int, request_id: uuid.UUID, door: Door, now: datetime
) -> LessonBooked:
    """Book the time that the student who asks holds.

    Raises HoldLapsed, LessonNotFound (also for somebody else's), TeacherPaused, NotEnoughCredits, DifferentRequest.
    """
    with seeing_school(school.pk):
        held = find_lesson(school_id=school.pk, lesson_id=lesson_id)
        if held is None or held.keeps_time_for_id is not None:
            raise LessonNotFound
        refuse_unless_takes(lesson=held, actor=actor)
    asked = BookingOrder(
        school=school,
        actor=actor,
        teacher_id=held.teacher_id,
        student_id=actor.pk,
        request_id=request_id,
        door=door,
        now=now,
    )

    def work(parties: Parties) -> dict[str, Any]:
        lesson = lessons.lock_lesson(school_id=school.pk, lesson_id=lesson_id)
        if lesson.status != LessonStatus.HELD or lesson.held_until is None or lesson.held_until <= now:
            raise HoldLapsed
        if is_paused(asked=asked, parties=parties, starts_at=lesson.starts_at):
            raise pause_refusal(asked=asked, parties=parties, starts_at=lesson.starts_at)
        state = state_of_booking(asked=asked, rules=parties.rules, first_at=lesson.starts_at)
        booking.confirm(lesson=lesson, state=state)
        return _finish(asked, parties, lesson, state)

    answer, is_replay = in_one_booking(asked=asked, route=ROUTE_OF_HOLDS, content={"lesson": lesson_id}, work=work)
    return _booked(answer, is_replay=is_replay)


def _finish(asked: BookingOrder, parties: Parties, lesson: Lesson, state: LessonState) -> dict[str, Any]:
    use_credits(asked=asked, lessons=[lesson])
    booking_messages.tell_of_booking(asked=asked, parties=parties, booked=[lesson], state=state)
    return {
        "lesson_id": lesson.pk,
        "starts_at": lesson.starts_at.isoformat(),
        "status": state.status.value,
        "undo_until": (asked.now + UNDO_WITHIN).isoformat(),
    }


def _booked(answer: Mapping[str, Any], *, is_replay: bool) -> LessonBooked:
    return LessonBooked(
        lesson_id=answer["lesson_id"],
        starts_at=datetime.fromisoformat(answer["starts_at"]),
        status=LessonStatus(answer["status"]),
        undo_until=datetime.fromisoformat(answer["undo_until"]),
        is_replay=is_replay,
    )
