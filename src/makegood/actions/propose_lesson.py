"""A teacher proposes a lesson to a student they know; the student confirms or declines."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from makegood.actions import booking_messages
from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import (
    Parties,
    StudentNotFound,
    in_one_booking,
    make_lesson_terms,
    refuse_unless_bookable,
    tell_timeline,
    waiting,
)
from makegood.actions.reasons import check_reason
from makegood.domain.lessons import booking
from makegood.domain.lessons.models import WaitsFor
from makegood.domain.lessons.queries import have_met
from makegood.domain.lessons.time_checks import Leave
from makegood.domain.notifications.kinds import MessageKind
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind

ROUTE: Final = "propose_lesson"


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonProposed:
    """The time is kept for the student until `answer_by`."""

    lesson_id: int
    answer_by: datetime
    is_replay: bool = False


def propose_lesson(
    *,
    school: School,
    actor: Membership,
    student_id: int,
    starts_at: datetime,
    minutes: int,
    lesson_type: str,
    note: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
) -> LessonProposed:
    """Keep a time of the teacher who asks for one of their students, and ask the student.

    It may lie outside the teacher's own open time, but not outside the school's notice and horizon. Lesson credits are
    used when the student accepts. Raises as `book_lesson`, and StudentNotFound for a student they never had.
    """
    asked = BookingOrder(
        school=school,
        actor=actor,
        teacher_id=actor.pk,
        student_id=student_id,
        request_id=request_id,
        door=door,
        now=now,
        reason=check_reason(note, is_needed=False),
    )

    def work(parties: Parties) -> dict[str, Any]:
        if not have_met(school_id=school.pk, teacher_id=actor.pk, student_id=student_id):
            raise StudentNotFound
        terms = make_lesson_terms(asked=asked, rules=parties.rules, lesson_type=lesson_type, minutes=minutes)
        refuse_unless_bookable(
            asked=asked, parties=parties, terms=terms, starts_at=starts_at, leave=Leave(any_time=True)
        )
        state = waiting(asked=asked, waits_for=WaitsFor.STUDENT, first_at=starts_at)
        (lesson,) = booking.take(school_id=school.pk, terms=terms, starts=[starts_at], state=state)
        assert state.held_until is not None
        until = state.held_until
        event = tell_timeline(asked=asked, kind=EventKind.LESSON_PROPOSED, lessons=[lesson], values={"until": until})
        booking_messages.tell_student(
            asked=asked,
            event=event,
            parties=parties,
            lesson=lesson,
            kind=MessageKind.BOOKING_PROPOSED,
            more={"answer_by": until, "link": booking_messages.link_to("book/proposals", asked=asked)},
        )
        return {"lesson_id": lesson.pk, "answer_by": until.isoformat()}

    content = {
        "student": student_id,
        "starts_at": starts_at.isoformat(),
        "minutes": minutes,
        "lesson_type": lesson_type,
        "note": asked.reason,
    }
    answer, is_replay = in_one_booking(asked=asked, route=ROUTE, content=content, work=work)
    return LessonProposed(
        lesson_id=answer["lesson_id"], answer_by=datetime.fromisoformat(answer["answer_by"]), is_replay=is_replay
    )
