"""The school approves or refuses a booking, where it wants to."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from makegood.actions import booking_messages
from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import Parties, refuse_unless_desk, tell_timeline
from makegood.actions.desk_lessons import refuse_own_answer
from makegood.actions.reasons import check_reason
from makegood.actions.series_steps import refuse_paused
from makegood.actions.waiting_lessons import Answered, answer_waiting, let_them_go, waits_for_school
from makegood.domain.lessons import booking
from makegood.domain.lessons.booking import LessonState
from makegood.domain.lessons.models import Lesson, LessonStatus, ReleaseReason
from makegood.domain.notifications.kinds import MessageKind
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind

ROUTE: Final = "approve_booking"
ROUTE_OF_REFUSALS: Final = "decline_booking"


def approve_booking(
    *, school: School, actor: Membership, lesson_id: int, request_id: uuid.UUID, door: Door, now: datetime
) -> Answered:
    """Book what a student asked for, a series whole, and tell both sides.

    Raises NotTheDesk, OwnLesson, LessonNotFound, NothingToAnswer, TeacherLeft, StudentLeft, TeacherPaused,
    SeriesHasProblems with the dates at which the teacher pauses, DifferentRequest.
    """
    with in_school(school.pk):
        refuse_unless_desk(school=school, actor=actor)

    def work(asked: BookingOrder, parties: Parties, waiting: Sequence[Lesson]) -> LessonStatus:
        refuse_own_answer(parties=parties, actor=actor)
        refuse_paused(asked=asked, parties=parties, lessons=waiting)
        for lesson in waiting:
            booking.confirm(lesson=lesson, state=LessonState(status=LessonStatus.BOOKED, booked_at=now))
        event = tell_timeline(asked=asked, kind=EventKind.BOOKING_APPROVED, lessons=waiting)
        booking_messages.tell_both(asked=asked, event=event, parties=parties, lessons=waiting)
        return LessonStatus.BOOKED

    return answer_waiting(
        school=school,
        actor=actor,
        lesson_id=lesson_id,
        concerns=lambda _lesson: True,
        may=waits_for_school,
        route=ROUTE,
        content={},
        reason="",
        request_id=request_id,
        door=door,
        now=now,
        work=work,
        ends=False,
    )


def decline_booking(
    *,
    school: School,
    actor: Membership,
    lesson_id: int,
    reason: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
) -> Answered:
    """Refuse what a student asked for, a series whole: its time is free, its credits go back, the student is told why.

    It can be refused also when teacher or student left. Raises NotTheDesk, OwnLesson, ReasonMissing,
    LessonNotFound, NothingToAnswer, DifferentRequest.
    """
    with in_school(school.pk):
        refuse_unless_desk(school=school, actor=actor)
    why = check_reason(reason)

    def work(asked: BookingOrder, parties: Parties, waiting: Sequence[Lesson]) -> LessonStatus:
        refuse_own_answer(parties=parties, actor=actor)
        status = let_them_go(asked=asked, waiting=waiting, why=ReleaseReason.DECLINED)
        event = tell_timeline(asked=asked, kind=EventKind.BOOKING_REFUSED, lessons=waiting)
        booking_messages.tell_student(
            asked=asked,
            event=event,
            parties=parties,
            lesson=waiting[0],
            kind=MessageKind.BOOKING_REFUSED,
            more={"desk_email": school.desk_email, "desk_phone": school.desk_phone},
            together=waiting,
        )
        return status

    return answer_waiting(
        school=school,
        actor=actor,
        lesson_id=lesson_id,
        concerns=lambda _lesson: True,
        may=waits_for_school,
        route=ROUTE_OF_REFUSALS,
        content={"reason": reason},
        reason=why,
        request_id=request_id,
        door=door,
        now=now,
        work=work,
        ends=True,
    )
