"""Let a time go before it is booked: a student's hold or request, a teacher's proposal."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from makegood.actions import booking_messages
from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import Parties, tell_timeline
from makegood.actions.own_lessons import find_own_side
from makegood.actions.waiting_lessons import Answered, answer_waiting, let_them_go, waits_for_school, waits_for_student
from makegood.domain.lessons.models import Lesson, LessonStatus, ReleaseReason
from makegood.domain.notifications.kinds import MessageKind
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind

ROUTE: Final = "let_go"


def let_go(
    *, school: School, actor: Membership, lesson_id: int, request_id: uuid.UUID, door: Door, now: datetime
) -> Answered:
    """Free a time that the actor holds, asked for or proposed; credits go back. Nobody had counted on it yet.

    In one transaction, in the order of `in_one_booking`: release, credits, event; whoever had been asked for
    their word is told that there is nothing to answer: the desk of a request, the student of a proposal. A series goes
    whole. It can be let go also when the other side left the school.

    Raises LessonNotFound (also for somebody else's), NothingToAnswer, DifferentRequest.
    """

    def may(lesson: Lesson) -> bool:
        if waits_for_student(lesson):
            return lesson.teacher_id == actor.pk
        return lesson.student_id == actor.pk

    def work(asked: BookingOrder, parties: Parties, waiting: Sequence[Lesson]) -> LessonStatus:
        had_to_be_approved = waits_for_school(waiting[0])
        status = let_them_go(asked=asked, waiting=waiting, why=ReleaseReason.LET_GO)
        event = tell_timeline(asked=asked, kind=EventKind.TIME_LET_GO, lessons=waiting)
        if had_to_be_approved:
            booking_messages.tell_desk(
                asked=asked,
                event=event,
                parties=parties,
                lesson=waiting[0],
                kind=MessageKind.BOOKING_WITHDRAWN,
                more={},
                together=waiting,
            )
        if waits_for_student(waiting[0]):
            booking_messages.tell_student(
                asked=asked,
                event=event,
                parties=parties,
                lesson=waiting[0],
                kind=MessageKind.PROPOSAL_TAKEN_BACK,
                more={},
                together=waiting,
            )
        return status

    return answer_waiting(
        school=school,
        actor=actor,
        lesson_id=lesson_id,
        concerns=lambda lesson: may(lesson) and find_own_side(lesson=lesson, actor=actor) is not None,
        may=may,
        route=ROUTE,
        content={},
        reason="",
        request_id=request_id,
        door=door,
        now=now,
        work=work,
        ends=True,
    )
