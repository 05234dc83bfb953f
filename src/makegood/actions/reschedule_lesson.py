"""A student confirms the kept time: free, the lesson moves; after the mark it is used, and another one is booked."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from makegood.actions import booking_messages
from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import Parties, in_one_booking, refuse_if_paused, tell_timeline, waiting
from makegood.actions.moving_steps import MovingNoLongerFree, find_own, free_minutes_of, lock_movable, move_there
from makegood.domain.incidents import checks
from makegood.domain.ledger import credits as lesson_credits
from makegood.domain.lessons import booking, move_requests
from makegood.domain.lessons.keeping import get_held, use_held
from makegood.domain.lessons.marks import is_in_time
from makegood.domain.lessons.models import Lesson, MoveRequest, Side, WaitsFor
from makegood.domain.lessons.move_requests import NewMoveRequest, refuse_while_asked
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.lessons.permissions import is_student_of
from makegood.domain.notifications.kinds import MessageKind
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.rules.sentences import Value

ROUTE: Final = "reschedule_lesson"


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonRescheduled:
    """`lesson_id` is the lesson at the new time: the same one, or (`is_used`) another one beside the used one.

    `move_request_id`: it did not move yet; the school approves or refuses it until `answer_by`.
    """

    lesson_id: int
    is_used: bool
    move_request_id: int | None = None
    answer_by: datetime | None = None
    is_replay: bool = False


def reschedule_lesson(
    *,
    school: School,
    actor: Membership,
    lesson_id: int,
    hold_id: int,
    shown_as_free: bool,
    note: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
    announce: bool = True,
) -> LessonRescheduled:
    """Move the actor's own lesson to the time that `hold_id` keeps, at the price the page showed.

    In one transaction, after the steps of `in_one_booking`: lock the lesson; refuse when it was shown as free and is no
    longer (exactly on the mark it is); the kept time ends as used. Free: the move, timeline, outbox (unless not
    `announce`). Otherwise what `cancel_by_student` does, then a new lesson on the same terms with its credits. Until
    all of that stands the old time is the lesson's.

    Where the school approves what students book, nothing moves yet: the school is asked (`approve_move`), at the price
    of now, and the old time stays the lesson's.

    Raises LessonNotFound (also for somebody else's lesson), LessonNotOpen, MoveIsAsked, MovingNoLongerFree,
    NewTimeNotKept, TeacherPaused, NotEnoughCredits, NoteTooLong, NoteUnreadable, DifferentRequest, NoPolicyInForce.
    """
    found = find_own(school=school, actor=actor, lesson_id=lesson_id)
    if not is_student_of(membership_id=actor.pk, lesson=found):
        raise LessonNotFound
    asked = BookingOrder.about(
        found, school=school, actor=actor, request_id=request_id, door=door, now=now, reason=checks.check_note(note)
    )

    def work(parties: Parties) -> dict[str, Any]:
        locked = lock_movable(asked=asked, parties=parties, lesson_id=lesson_id)
        lesson = locked.lesson
        refuse_while_asked(lesson=lesson, now=now)
        minutes = free_minutes_of(school=school, starts_at=lesson.starts_at)
        is_free = is_in_time(starts_at=lesson.starts_at, minutes=minutes, now=now)
        if shown_as_free and not is_free:
            raise MovingNoLongerFree
        held = get_held(lesson=lesson, hold_id=hold_id, now=now)
        refuse_if_paused(asked=asked, parties=parties, starts_at=held.starts_at)
        if parties.rules.needs_approval:
            if not is_free:
                # Approving would use the lesson, and could not book the other one.
                lesson_credits.refuse_unless_enough(
                    school_id=school.pk, student_id=actor.pk, needed=lesson.credits, now=now
                )
            request = _ask_the_school(asked, parties, lesson, held, announce=announce)
            waits = {"move_request_id": request.pk, "answer_by": request.expires_at.isoformat()}
            return {"lesson_id": lesson.pk, "is_used": False, **waits}
        use_held(held=held, used_by_id=actor.person_id, door=door, now=now)
        at_new_time = move_there(
            asked=asked, parties=parties, locked=locked, starts_at=held.starts_at, is_free=is_free, asked_at=now,
            announce=announce,
        )  # fmt: skip
        return {"lesson_id": at_new_time.pk, "is_used": not is_free}

    content = {"lesson": lesson_id, "hold": hold_id, "shown_as_free": shown_as_free, "note": asked.reason}
    answer, is_replay = in_one_booking(asked=asked, route=ROUTE, content=content, work=work)
    return _rescheduled(answer, is_replay=is_replay)


def _rescheduled(answer: Mapping[str, Any], *, is_replay: bool) -> LessonRescheduled:
    until = answer.get("answer_by")
    return LessonRescheduled(
        lesson_id=answer["lesson_id"],
        is_used=answer["is_used"],
        move_request_id=answer.get("move_request_id"),
        answer_by=datetime.fromisoformat(until) if until else None,
        is_replay=is_replay,
    )


def _ask_the_school(
    asked: BookingOrder, parties: Parties, lesson: Lesson, held: Lesson, *, announce: bool
) -> MoveRequest:
    """Let the kept time wait for the school; until it has its word, or lets it lapse, the lesson stays where it is."""
    first_at = min(held.starts_at, lesson.starts_at)
    booking.confirm(lesson=held, state=waiting(asked=asked, waits_for=WaitsFor.SCHOOL, first_at=first_at))
    request = move_requests.ask(
        lesson=lesson,
        new=NewMoveRequest(
            hold=held,
            asked_by_id=asked.actor.pk,
            says_side=Side.STUDENT,
            reason=asked.reason,
            door=asked.door,
            request_id=asked.request_id,
        ),
        now=asked.now,
    )
    until = request.expires_at
    values: dict[str, Value] = {"former_starts_at": lesson.starts_at, "starts_at": held.starts_at, "until": until}
    event = tell_timeline(asked=asked, kind=EventKind.MOVE_REQUESTED, lessons=[lesson], values=values)
    if announce:
        more: dict[str, Value] = {
            "answer_by": until,
            "former_starts_at": lesson.starts_at,
            "link": booking_messages.link_to("desk/approvals", asked=asked),
        }
        booking_messages.tell_desk(
            asked=asked, event=event, parties=parties, lesson=held, kind=MessageKind.BOOKING_REQUESTED, more=more
        )
    return request
