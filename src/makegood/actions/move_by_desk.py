"""The desk moves a lesson for its student, for its teacher with the student's word, or for the school."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from makegood.actions import move_messages
from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import Parties, in_one_booking, refuse_unless_free
from makegood.actions.cancelling import refuse_unless_as_shown
from makegood.actions.desk_lessons import find_for_desk, refuse_own
from makegood.actions.lesson_locks import LockedLesson
from makegood.actions.moving_steps import (
    MovingNoLongerFree,
    NoStudentToMoveWith,
    free_minutes_of,
    lock_movable,
    move_as,
    price_as_promised,
    terms_of,
    use_and_book,
)
from makegood.actions.reasons import check_reason
from makegood.actions.settlement import Cause, Settlement, settle
from makegood.domain.incidents import recording
from makegood.domain.incidents.asking import ASKED_WORDS, read_asked
from makegood.domain.incidents.models import Incident
from makegood.domain.lessons.keeping import let_go_of_kept
from makegood.domain.lessons.marks import is_in_time
from makegood.domain.lessons.models import Lesson, LessonMove
from makegood.domain.lessons.move_requests import refuse_while_asked
from makegood.domain.penalties import quotes
from makegood.domain.penalties.pricing import move_facts
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from makegood.rules.facts import RequestedBy
from makegood.rules.sentences import Value
from makegood.rules.storing import values_to_json

ROUTE: Final = "move_by_desk"
_TOLD_AS: Final = {
    RequestedBy.STUDENT: EventKind.MOVED_FOR_STUDENT,
    RequestedBy.TEACHER: EventKind.MOVED_FOR_TEACHER,
    RequestedBy.COMPANY: EventKind.MOVED_FOR_SCHOOL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedByDesk:
    """`lesson_id` is the lesson at the new time: the same one, or (`is_used`) another one beside the used one."""

    lesson_id: int
    is_used: bool
    is_replay: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the page said: that it is free for a student who wants it, or the quote that a teacher's wish costs.

    `version` is the version of the lesson that it showed, where there was a page.
    """

    as_free: bool = True
    quote_token: str = ""
    version: int | None = None


def move_by_desk(
    *,
    school: School,
    actor: Membership,
    lesson_id: int,
    requested_by: RequestedBy,
    starts_at: datetime,
    asked: str,
    reason: str,
    shown: Shown,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
) -> MovedByDesk:
    """Move to a free time of the teacher; `requested_by` is who wants it, `asked` how the student asked or agreed.

    Nothing moves without the student's word, which the desk records and the student can deny. For the student it is
    what `reschedule_lesson` does: free until the mark, after it the lesson is used and another one booked. For the
    teacher it counts like a cancellation of the old time, reported now, at the price that the page showed (D32). For
    the school it costs nobody anything.

    In one transaction, after the steps of `in_one_booking`: lock the lesson; let go of what the student was choosing;
    the new time must be free; the price must be the shown one; the move, timeline, outbox. Until then the old time is
    the lesson's.

    Raises LessonNotFound (also for whoever is not at the desk), OwnLesson, LessonNotOpen, NoStudentToMoveWith,
    ChangedSince, MoveIsAsked, MovingNoLongerFree, MovePriceChanged, QuoteUnreadable, TimeRefused with the nearest free
    times, TeacherPaused, NotEnoughCredits, HowNotSaid, ReasonMissing, ReasonUnreadable, DifferentRequest,
    NoPolicyInForce.
    """
    with in_school(school.pk):
        found = find_for_desk(school=school, actor=actor, lesson_id=lesson_id)
    if found.student_id is None:
        raise NoStudentToMoveWith
    way = ASKED_WORDS[read_asked(asked)]
    order = BookingOrder.about(
        found, school=school, actor=actor, request_id=request_id, door=door, now=now, reason=check_reason(reason)
    )

    def work(parties: Parties) -> dict[str, Any]:
        locked = lock_movable(asked=order, parties=parties, lesson_id=lesson_id)
        refuse_own(locked=locked, actor=actor)
        refuse_unless_as_shown(locked=locked, shown_version=shown.version)
        _make_room(order, parties, locked.lesson, starts_at)
        if requested_by is RequestedBy.STUDENT and not _is_free(school, locked.lesson, shown, now):
            another = _use_and_book(order, parties, locked, starts_at, way)
            return {"lesson_id": another.pk, "is_used": True}
        if requested_by is RequestedBy.TEACHER:
            _move_for_teacher(order, parties, locked, starts_at, way, shown)
        else:
            _move(order, parties, locked, starts_at, way, requested_by)
        return {"lesson_id": lesson_id, "is_used": False}

    content = {
        "lesson": lesson_id,
        "requested_by": requested_by.value,
        "starts_at": starts_at.isoformat(),
        "asked": way,
        "reason": order.reason,
        "shown_as_free": shown.as_free,
    }
    answer, is_replay = in_one_booking(asked=order, route=ROUTE, content=content, work=work)
    return MovedByDesk(**answer, is_replay=is_replay)


def _make_room(order: BookingOrder, parties: Parties, lesson: Lesson, starts_at: datetime) -> None:
    """Let go of what is kept for the lesson, and refuse a time that is not free.

    Raises MoveIsAsked, TimeRefused, TeacherPaused.
    """
    refuse_while_asked(lesson=lesson, now=order.now)
    let_go_of_kept(lesson=lesson, released_by_id=order.actor.person_id, door=order.door, now=order.now)
    terms = terms_of(lesson=lesson, parties=parties)
    refuse_unless_free(asked=order, parties=parties, terms=terms, starts_at=starts_at, moves=lesson.pk)


def _is_free(school: School, lesson: Lesson, shown: Shown, now: datetime) -> bool:
    minutes = free_minutes_of(school=school, starts_at=lesson.starts_at)
    is_free = is_in_time(starts_at=lesson.starts_at, minutes=minutes, now=now)
    if shown.as_free and not is_free:
        raise MovingNoLongerFree
    return is_free


def _use_and_book(order: BookingOrder, parties: Parties, locked: LockedLesson, starts_at: datetime, way: str) -> Lesson:
    done = use_and_book(
        asked=order,
        parties=parties,
        locked=locked,
        starts_at=starts_at,
        reported_by=order.actor,
        asked_at=order.now,
        values={"asked_by": way},
    )
    move_messages.tell_of_using_by_desk(asked=order, parties=parties, locked=locked, done=done, asked_by=way)
    return done.another


def _move(
    order: BookingOrder,
    parties: Parties,
    locked: LockedLesson,
    starts_at: datetime,
    way: str,
    requested_by: RequestedBy,
) -> None:
    student_id = order.student_id if requested_by is RequestedBy.STUDENT else None
    made = move_as(
        asked=order,
        parties=parties,
        lesson=locked.lesson,
        starts_at=starts_at,
        requested_by=requested_by,
        on_behalf_of_id=student_id,
    )
    event = _record(order, made, way, requested_by, student_id)
    move_messages.tell_of_moving_by_desk(event=event, locked=locked, made=made, asked_by=way, now=order.now)


def _move_for_teacher(
    order: BookingOrder, parties: Parties, locked: LockedLesson, starts_at: datetime, way: str, shown: Shown
) -> None:
    lesson, teacher = locked.lesson, locked.teacher
    timetable = get_timetable(school_id=order.school.pk)
    stored = quotes.read_token(
        school_id=order.school.pk, token=shown.quote_token, lesson_id=lesson.pk, teacher_id=teacher.pk
    )
    priced = price_as_promised(lesson=lesson, teacher=teacher, stored=stored, timetable=timetable, asked_at=order.now)
    learned = move_facts(asked_at=order.now, note=order.reason, asked_by_id=order.actor.person_id)
    incident = recording.record_learned(
        lesson=lesson, teacher=teacher, learned=learned, request_id=order.request_id, door=order.door
    )
    made = move_as(
        asked=order,
        parties=parties,
        lesson=lesson,
        starts_at=starts_at,
        requested_by=RequestedBy.TEACHER,
        on_behalf_of_id=teacher.pk,
        incident_id=incident.pk,
    )
    event = _record(order, made, way, RequestedBy.TEACHER, teacher.pk)
    settlement = _settle(order, locked, incident, stored.pk)
    charged = settlement.changes_of(incident.pk).after.penalty_minor
    assert charged == priced.quote.assessment.penalty_minor, "the charge differs from the quote"
    move_messages.tell_of_moving_by_desk(event=event, locked=locked, made=made, asked_by=way, now=order.now)
    move_messages.tell_teacher_of_price(
        school=order.school,
        event=event,
        locked=locked,
        made=made,
        incident=incident,
        penalty=priced.penalty,
        settlement=settlement,
        asked_by=way,
        now=order.now,
    )


def _settle(order: BookingOrder, locked: LockedLesson, incident: Incident, quote_id: uuid.UUID) -> Settlement:
    cause = Cause(incident_id=incident.pk, actor_id=order.actor.person_id, door=order.door, quote_id=quote_id)
    return settle(
        school=order.school,
        teacher_id=locked.teacher.pk,
        timetable=get_timetable(school_id=order.school.pk),
        cause=cause,
        why=str(EventKind.MOVED_FOR_TEACHER),
        now=order.now,
    )


def _record(
    order: BookingOrder, made: LessonMove, way: str, requested_by: RequestedBy, on_behalf_of_id: int | None
) -> Event:
    values: Mapping[str, Value] = {
        "former_starts_at": made.from_starts_at,
        "starts_at": made.to_starts_at,
        "asked_by": way,
    }
    return timeline.record(
        school_id=order.school.pk,
        kind=_TOLD_AS[requested_by],
        at=order.now,
        door=order.door,
        actor_id=order.actor.person_id,
        on_behalf_of_id=on_behalf_of_id,
        reason=order.reason,
        lesson_id=made.lesson_id,
        incident_id=made.incident_id,
        values=values_to_json(values),
    )
