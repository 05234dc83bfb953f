"""Book one lesson: a time that was held, or a free one directly; by the student, or by the desk for both."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_noop

from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import Parties, in_one_booking, refuse_if_paused, state_of_booking
from makegood.actions.meeting_steps import refuse_before_meeting
from makegood.actions.own_lessons import refuse_unless_takes
from makegood.actions.taking_steps import LessonBooked, book_free_time, finish, read_booked
from makegood.domain.lessons import booking
from makegood.domain.lessons import operations as lessons
from makegood.domain.lessons.models import LessonStatus
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import seeing_school
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal

ROUTE_OF_HOLDS: Final = "book_held_lesson"


class HoldLapsed(Refusal):
    """The time is not kept any more."""

    code = "hold_lapsed"
    sentence = gettext_noop(
        "This time is not kept for you any more. Nothing was booked. Choose it again if it is still free."
    )


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
    return book_free_time(asked=asked, starts_at=starts_at, minutes=minutes, lesson_type=lesson_type)


def book_held_lesson(
    *, school: School, actor: Membership, lesson_id: int, request_id: uuid.UUID, door: Door, now: datetime
) -> LessonBooked:
    """Book the time that the student who asks holds.

    Raises HoldLapsed, LessonNotFound (also for somebody else's), TeacherPaused, FirstMeetingNeeded, NotEnoughCredits,
    DifferentRequest.
    """
    with seeing_school(school.pk):
        held = find_lesson(school_id=school.pk, lesson_id=lesson_id)
        if held is None or held.keeps_time_for_id is not None:
            raise LessonNotFound
        refuse_unless_takes(lesson=held, actor=actor)
    asked = BookingOrder.about(held, school=school, actor=actor, request_id=request_id, door=door, now=now)

    def work(parties: Parties) -> dict[str, Any]:
        lesson = lessons.lock_lesson(school_id=school.pk, lesson_id=lesson_id)
        if lesson.status != LessonStatus.HELD or lesson.held_until is None or lesson.held_until <= now:
            raise HoldLapsed
        refuse_if_paused(asked=asked, parties=parties, starts_at=lesson.starts_at)
        # The meeting that the time was held behind may be off by now.
        refuse_before_meeting(asked=asked, parties=parties, lesson_type=lesson.lesson_type, starts_at=lesson.starts_at)
        state = state_of_booking(asked=asked, rules=parties.rules, first_at=lesson.starts_at)
        booking.confirm(lesson=lesson, state=state)
        return finish(asked, parties, lesson, state)

    answer, is_replay = in_one_booking(asked=asked, route=ROUTE_OF_HOLDS, content={"lesson": lesson_id}, work=work)
    return read_booked(answer, is_replay=is_replay)
