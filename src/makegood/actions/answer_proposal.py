"""A student accepts or declines the time that their teacher proposed, or the weekly times, whole."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from makegood.actions import booking_messages
from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import Parties, state_of_booking, tell_timeline, use_credits
from makegood.actions.own_lessons import find_own_side
from makegood.actions.reasons import check_reason
from makegood.actions.series_steps import refuse_paused
from makegood.actions.waiting_lessons import Answered, answer_waiting, let_them_go, waits_for_student
from makegood.domain.lessons import booking
from makegood.domain.lessons.models import Lesson, LessonStatus, ReleaseReason, Side
from makegood.domain.notifications.kinds import MessageKind
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.rules.sentences import Value

ROUTE: Final = "answer_proposal"


def answer_proposal(
    *,
    school: School,
    actor: Membership,
    lesson_id: int,
    accept: bool,
    reason: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
) -> Answered:
    """Book what was proposed and use its credits, or let its time go and tell the teacher; a series goes whole.

    Where the school approves bookings, an accepted one waits for it. It can be declined also when the teacher left.
    Raises LessonNotFound (also for somebody else's), NothingToAnswer, TeacherLeft, TeacherPaused, SeriesHasProblems
    with the dates at which the teacher pauses, NotEnoughCredits, ReasonMissing (too long), DifferentRequest.
    """

    def work(asked: BookingOrder, parties: Parties, waiting: Sequence[Lesson]) -> LessonStatus:
        first = waiting[0]
        if not accept:
            let_them_go(asked=asked, waiting=waiting, why=ReleaseReason.DECLINED)
            event = tell_timeline(asked=asked, kind=EventKind.PROPOSAL_DECLINED, lessons=waiting)
            booking_messages.tell_teacher(
                asked=asked,
                event=event,
                parties=parties,
                lesson=first,
                kind=MessageKind.BOOKING_DECLINED,
                more={},
                together=waiting,
            )
            return LessonStatus.RELEASED
        refuse_paused(asked=asked, parties=parties, lessons=waiting)
        state = state_of_booking(asked=asked, rules=parties.rules, first_at=first.starts_at)
        for lesson in waiting:
            booking.confirm(lesson=lesson, state=state)
        use_credits(asked=asked, lessons=waiting)
        # Where the school's word is waited for, the undo of that word has to know until when it was.
        until: dict[str, Value] = {} if state.held_until is None else {"until": state.held_until}
        tell_timeline(asked=asked, kind=EventKind.PROPOSAL_ACCEPTED, lessons=waiting, values=until)
        booking_messages.tell_of_booking(asked=asked, parties=parties, booked=waiting, state=state)
        return state.status

    return answer_waiting(
        school=school,
        actor=actor,
        lesson_id=lesson_id,
        concerns=lambda lesson: find_own_side(lesson=lesson, actor=actor) is Side.STUDENT,
        may=waits_for_student,
        route=ROUTE,
        content={"accept": accept, "reason": reason},
        reason=check_reason(reason, is_needed=False),
        request_id=request_id,
        door=door,
        now=now,
        work=work,
        ends=not accept,
    )
