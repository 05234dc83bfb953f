"""A teacher asks to move a session: the new time is kept, the session stays, and the student answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_noop

from makegood.actions import change_messages
from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import Parties, in_one_booking, refuse_unless_free, tell_timeline, waiting
from makegood.actions.lesson_locks import LockedLesson
from makegood.actions.meeting_steps import refuse_before_meeting
from makegood.actions.moving_steps import find_own, lock_movable, price_as_promised, terms_of
from makegood.actions.reasons import check_reason
from makegood.domain.lessons import move_requests
from makegood.domain.lessons.keeping import hold_for_move, let_go_of_kept
from makegood.domain.lessons.marks import is_in_time
from makegood.domain.lessons.models import MoveRequest, Side, WaitsFor
from makegood.domain.lessons.move_requests import NewMoveRequest, refuse_while_asked
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.lessons.permissions import is_teacher_of
from makegood.domain.lessons.time_checks import Leave
from makegood.domain.penalties import quotes
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.refusal import Refusal

ROUTE: Final = "ask_to_move"


class PastTheMarkForTheStudent(Refusal):
    """After the mark a student's wish is not the teacher's to fulfil."""

    code = "past_the_mark_for_the_student"
    sentence = gettext_noop(
        "The mark for this session has passed, so it is not moved for the student any more. Nothing was asked. Your "
        "student can move it on their own page, or ask the scheduling desk."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveAsked:
    """The student has until `answer_by`; `is_replay`: the form had been sent before."""

    move_request_id: int
    answer_by: datetime
    is_replay: bool = False


def ask_to_move(
    *,
    school: School,
    actor: Membership,
    lesson_id: int,
    starts_at: datetime,
    says_side: Side,
    reason: str,
    quote_token: str,
    door: Door,
    now: datetime,
    announce: bool = True,
) -> MoveAsked:
    """Keep a new time for the actor's own session and ask its student; `says_side` is who the actor says wants it.

    It may lie outside the teacher's own open time. In one transaction, after the steps of `in_one_booking`: lock the
    lesson; a student's wish before the mark only (exactly on it is in time); price it again and compare with the quote;
    what the student was choosing is let go; the new time is kept; the request, timeline, outbox (unless not
    `announce`). The form's id is the quote's, so the price is found again when the student answers.

    Raises LessonNotFound (also for somebody else's lesson), LessonNotOpen, NoStudentToMoveWith, MoveIsAsked,
    PastTheMarkForTheStudent, MovePriceChanged, QuoteUnreadable, TimeRefused with the nearest free times, TeacherPaused,
    ReasonMissing, DifferentRequest, NoPolicyInForce.
    """
    found = find_own(school=school, actor=actor, lesson_id=lesson_id)
    if not is_teacher_of(membership_id=actor.pk, lesson=found) or found.student_id is None:
        raise LessonNotFound
    asked = BookingOrder.about(
        found,
        school=school,
        actor=actor,
        request_id=quotes.read_id(quote_token),
        door=door,
        now=now,
        reason=check_reason(reason),
    )

    def work(parties: Parties) -> dict[str, Any]:
        locked = lock_movable(asked=asked, parties=parties, lesson_id=lesson_id)
        lesson = locked.lesson
        refuse_while_asked(lesson=lesson, now=now)
        timetable = get_timetable(school_id=school.pk)
        mark_minutes = timetable.get_at(lesson.starts_at).policy.reporting.mark_minutes
        if says_side is Side.STUDENT and not is_in_time(starts_at=lesson.starts_at, minutes=mark_minutes, now=now):
            raise PastTheMarkForTheStudent
        stored = quotes.read_token(
            school_id=school.pk, token=quote_token, lesson_id=lesson.pk, teacher_id=parties.teacher.pk
        )
        price_as_promised(lesson=lesson, teacher=parties.teacher, stored=stored, timetable=timetable, asked_at=now)
        let_go_of_kept(lesson=lesson, released_by_id=actor.person_id, door=door, now=now)
        request = _keep_and_ask(asked, parties, locked, starts_at, says_side)
        values = {"former_starts_at": lesson.starts_at, "starts_at": request.to_starts_at}
        event = tell_timeline(asked=asked, kind=EventKind.MOVE_ASKED, lessons=[lesson], values=values)
        if announce:
            change_messages.tell_of_asking(school=school, event=event, locked=locked, asked=request, now=now)
        return {"move_request_id": request.pk, "answer_by": request.expires_at.isoformat()}

    content = {
        "lesson": lesson_id,
        "starts_at": starts_at.isoformat(),
        "says_side": says_side.value,
        "reason": asked.reason,
    }
    answer, is_replay = in_one_booking(asked=asked, route=ROUTE, content=content, work=work)
    return MoveAsked(
        move_request_id=answer["move_request_id"],
        answer_by=datetime.fromisoformat(answer["answer_by"]),
        is_replay=is_replay,
    )


def _keep_and_ask(
    asked: BookingOrder, parties: Parties, locked: LockedLesson, starts_at: datetime, says_side: Side
) -> MoveRequest:
    lesson = locked.lesson
    terms = terms_of(lesson=lesson, parties=parties)
    leave = Leave(any_time=True)
    refuse_before_meeting(
        asked=asked, parties=parties, lesson_type=lesson.lesson_type, starts_at=starts_at, moves=lesson
    )
    refuse_unless_free(asked=asked, parties=parties, terms=terms, starts_at=starts_at, leave=leave, moves=lesson.pk)
    state = waiting(asked=asked, waits_for=WaitsFor.STUDENT, first_at=min(starts_at, lesson.starts_at))
    held = hold_for_move(lesson=lesson, starts_at=starts_at, buffer_minutes=parties.rules.buffer_minutes, state=state)
    return move_requests.ask(
        lesson=lesson,
        new=NewMoveRequest(
            hold=held,
            asked_by_id=asked.actor.pk,
            says_side=says_side,
            reason=asked.reason,
            door=asked.door,
            request_id=asked.request_id,
        ),
        now=asked.now,
    )
