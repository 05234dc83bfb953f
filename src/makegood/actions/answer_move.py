"""A student agrees to move a lesson as the teacher asked, says who had wanted it, or keeps the time."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from makegood.actions import change_messages
from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import Parties, in_one_booking, refuse_if_paused, tell_timeline
from makegood.actions.lesson_locks import LockedLesson
from makegood.actions.moving_steps import MovePriceChanged, lock_movable, price_as_promised
from makegood.actions.own_lessons import find_own_side
from makegood.actions.reasons import check_reason
from makegood.actions.settlement import Cause, settle
from makegood.actions.waiting_lessons import naming_who_left
from makegood.domain.incidents import recording
from makegood.domain.lessons import move_requests, moving
from makegood.domain.lessons.keeping import end_request
from makegood.domain.lessons.models import MoveAnswer, MoveRequest, Side, WaitsFor
from makegood.domain.lessons.move_requests import MoveRequestEnded, MoveRequestNotFound, find_move_request
from makegood.domain.lessons.moving import Move
from makegood.domain.penalties import quotes
from makegood.domain.penalties.pricing import Priced, move_facts
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.rules.facts import RequestedBy
from makegood.rules.storing import values_to_json

ROUTE: Final = "answer_move"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveAnswered:
    """`has_moved`: the lesson is at its new time. `is_price_changed`: it could not, and the teacher may ask again."""

    lesson_id: int
    has_moved: bool
    is_price_changed: bool = False
    is_replay: bool = False


def answer_move(
    *,
    school: School,
    actor: Membership,
    move_request_id: int,
    agrees: bool,
    says_side: Side | None,
    reason: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
    announce: bool = True,
) -> MoveAnswered:
    """Answer what the teacher of the actor's own lesson asks. `says_side`: who had wanted another time, says the actor.

    Only when both say that it was the student, it counts for nothing; otherwise it is the teacher's `rescheduled`
    incident at the time the lesson leaves, reported when it was asked for, at the price the teacher saw (D32). If that
    price does not hold any more nothing moves, and the request ends. The time can be kept also when the teacher left.
    In one transaction, after the steps of `in_one_booking`: lock the lesson; the answer; the kept time ends; incident,
    move, settlement; timeline; outbox (unless not `announce`).

    Raises MoveRequestNotFound (also for somebody else's), MoveRequestEnded, LessonNotOpen, TeacherLeft, TeacherPaused,
    ReasonMissing (too long), ReasonUnreadable, DifferentRequest, NoPolicyInForce.
    """
    found = find_for_student(school=school, actor=actor, move_request_id=move_request_id)
    asked = BookingOrder.about(
        found.lesson,
        school=school,
        actor=actor,
        request_id=request_id,
        door=door,
        now=now,
        reason=check_reason(reason, is_needed=False),
    )

    def work(parties: Parties) -> dict[str, Any]:
        request = find_for_student(school=school, actor=actor, move_request_id=move_request_id)
        if not move_requests.is_answerable(asked=request, now=now):
            raise MoveRequestEnded
        locked = lock_movable(asked=asked, parties=parties, lesson_id=request.lesson_id)
        if not agrees:
            _refuse(asked, locked, request, says_side, announce=announce)
            return {"has_moved": False, "is_price_changed": False}
        refuse_if_paused(asked=asked, parties=parties, starts_at=request.to_starts_at)
        try:
            priced = None if _is_own_wish(request, says_side) else _price(asked, locked, request)
        except MovePriceChanged:
            _end_for_price(asked, locked, request, says_side, announce=announce)
            return {"has_moved": False, "is_price_changed": True}
        _agree(asked, parties, locked, request, says_side, priced, announce=announce)
        return {"has_moved": True, "is_price_changed": False}

    content = {
        "move_request": move_request_id,
        "agrees": agrees,
        "says_side": str(says_side or ""),
        "reason": asked.reason,
    }
    with naming_who_left():
        answer, is_replay = in_one_booking(asked=asked, route=ROUTE, content=content, work=work, ends=not agrees)
    return MoveAnswered(lesson_id=found.lesson_id, is_replay=is_replay, **answer)


def find_for_student(*, school: School, actor: Membership, move_request_id: int) -> MoveRequest:
    """What the teacher of a lesson of the actor asks. Raises MoveRequestNotFound."""
    with in_school(school.pk):
        found = find_move_request(school_id=school.pk, move_request_id=move_request_id)
        if found is None or found.waits_for is not WaitsFor.STUDENT:
            raise MoveRequestNotFound
        if find_own_side(lesson=found.lesson, actor=actor) is not Side.STUDENT:
            raise MoveRequestNotFound
    return found


def _is_own_wish(request: MoveRequest, says_side: Side | None) -> bool:
    return request.says_side == Side.STUDENT and says_side is Side.STUDENT


def _price(asked: BookingOrder, locked: LockedLesson, request: MoveRequest) -> Priced:
    """The price that the teacher saw, found by the request's id. Raises MovePriceChanged."""
    return price_as_promised(
        lesson=locked.lesson,
        teacher=locked.teacher,
        stored=quotes.get_stored(school_id=asked.school.pk, quote_id=request.request_id),
        timetable=get_timetable(school_id=asked.school.pk),
        asked_at=request.asked_at,
    )


def _agree(
    asked: BookingOrder,
    parties: Parties,
    locked: LockedLesson,
    request: MoveRequest,
    says_side: Side | None,
    priced: Priced | None,
    *,
    announce: bool,
) -> None:
    lesson, now = locked.lesson, asked.now
    _answer(asked, locked, request, MoveAnswer.Outcome.AGREED, says_side)
    former_starts_at = lesson.starts_at
    incident_id = None
    if priced is not None:
        teacher = locked.teacher
        learned = move_facts(asked_at=request.asked_at, note=request.reason, asked_by_id=teacher.person_id)
        incident_id = recording.record_learned(
            lesson=lesson, teacher=teacher, learned=learned, request_id=asked.request_id, door=Door(request.door)
        ).pk
    moving.move(
        lesson=lesson,
        to=Move(
            to_starts_at=request.to_starts_at,
            to_ends_at=request.to_ends_at,
            requested_by=RequestedBy.STUDENT if priced is None else RequestedBy.TEACHER,
            moved_by_id=asked.actor.person_id,
            on_behalf_of_id=request.asked_by_id,
            door=asked.door,
            reason=request.reason,
            request_id=asked.request_id,
            incident_id=incident_id,
        ),
        buffer_minutes=parties.rules.buffer_minutes,
        now=now,
    )
    # On the record of the lesson, and of the incident where it counts.
    event = timeline.record(
        school_id=asked.school.pk,
        kind=EventKind.MOVE_AGREED,
        at=now,
        door=asked.door,
        actor_id=asked.actor.person_id,
        reason=asked.reason,
        lesson_id=lesson.pk,
        incident_id=incident_id,
        values=values_to_json({"former_starts_at": former_starts_at, "starts_at": lesson.starts_at}),
    )
    penalty = None
    if incident_id is not None and priced is not None:
        _charge(asked, locked, request, incident_id, priced)
        penalty = priced.penalty
    if announce:
        change_messages.tell_of_agreeing(
            event=event, locked=locked, former_starts_at=former_starts_at, penalty=penalty, now=now
        )


def _charge(asked: BookingOrder, locked: LockedLesson, request: MoveRequest, incident_id: int, priced: Priced) -> None:
    cause = Cause(incident_id=incident_id, actor_id=asked.actor.person_id, door=asked.door, quote_id=request.request_id)
    settlement = settle(
        school=asked.school,
        teacher_id=locked.teacher.pk,
        timetable=get_timetable(school_id=asked.school.pk),
        cause=cause,
        why=str(EventKind.MOVE_AGREED),
        now=asked.now,
    )
    charged = settlement.changes_of(incident_id).after.penalty_minor
    assert charged == priced.quote.assessment.penalty_minor, "the charge differs from the quote"


def _refuse(
    asked: BookingOrder, locked: LockedLesson, request: MoveRequest, says_side: Side | None, *, announce: bool
) -> None:
    _answer(asked, locked, request, MoveAnswer.Outcome.REFUSED, says_side)
    values = {"former_starts_at": locked.lesson.starts_at}
    event = tell_timeline(asked=asked, kind=EventKind.MOVE_REFUSED, lessons=[locked.lesson], values=values)
    if announce:
        change_messages.tell_of_refusing(event=event, locked=locked, reason=asked.reason, now=asked.now)


def _end_for_price(
    asked: BookingOrder, locked: LockedLesson, request: MoveRequest, says_side: Side | None, *, announce: bool
) -> None:
    """Nobody agreed to the new price: the teacher has not seen it."""
    end_request(
        asked=request,
        lesson=locked.lesson,
        outcome=MoveAnswer.Outcome.LAPSED,
        by_id=None,
        door=asked.door,
        now=asked.now,
        says_side=says_side,
    )
    event = tell_timeline(asked=asked, kind=EventKind.MOVE_PRICE_CHANGED, lessons=[locked.lesson])
    if announce:
        change_messages.tell_of_changed_price(
            school=asked.school, event=event, locked=locked, starts_at=request.to_starts_at, now=asked.now
        )


def _answer(
    asked: BookingOrder,
    locked: LockedLesson,
    request: MoveRequest,
    outcome: MoveAnswer.Outcome,
    says_side: Side | None,
) -> None:
    end_request(
        asked=request,
        lesson=locked.lesson,
        outcome=outcome,
        by_id=asked.actor.person_id,
        door=asked.door,
        now=asked.now,
        says_side=says_side,
    )
