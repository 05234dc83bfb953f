"""A student says, by the link in the message, that they did not ask for a move or did not agree. The desk looks."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop

from makegood.actions import change_messages
from makegood.actions.lesson_locks import lock_with_people
from makegood.actions.transactions import in_one_transaction
from makegood.domain.lessons import claiming, claims, move_objections
from makegood.domain.lessons.models import LessonMove
from makegood.domain.lessons.moving import find_last_move
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.refusal import Refusal


class MoveCannotBeObjectedTo(Refusal):
    """The link is too old, or the lesson is not where this move put it."""

    code = "move_cannot_be_objected_to"
    sentence = gettext_noop(
        "This link was for a lesson that moved and has ended. If something is wrong, ask the scheduling desk."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAgreedSaid:
    """The desk was told; `is_replay`: it had been said before."""

    lesson_id: int
    is_replay: bool = False


def say_not_agreed(
    *, school: School, move_id: int, note: str, request_id: uuid.UUID, door: Door, now: datetime
) -> NotAgreedSaid:
    """Record that the student of a lesson did not want its last move; whoever has the signed link may say so.

    In one transaction, in this order: lock teacher, student and lesson; the claim about the time where the lesson
    stands, and a case of this move, whatever else the desk is asked for; timeline; outbox. Nothing changes for the
    lesson until the desk has looked. A second tap gets the first answer. Raises MoveCannotBeObjectedTo,
    ClaimNoteTooLong, DifferentRequest.
    """
    note = claiming.check_note(note)

    def work() -> NotAgreedSaid:
        move = move_objections.find_move(school_id=school.pk, move_id=move_id)
        if move is None:
            raise MoveCannotBeObjectedTo
        locked = lock_with_people(school_id=school.pk, lesson_id=move.lesson_id)
        lesson = locked.lesson
        if move_objections.has_objection(move=move):
            return NotAgreedSaid(lesson_id=lesson.pk, is_replay=True)
        if locked.student is None or not is_open_to_objection(school=school, move=move, now=now):
            raise MoveCannotBeObjectedTo
        claims.object_to_move(lesson=lesson, move=move, note=note, door=door, request_id=request_id, now=now)
        event = timeline.record(
            school_id=school.pk,
            kind=EventKind.NOT_AGREED,
            at=now,
            door=door,
            actor_id=locked.student.person_id,
            reason=note,
            lesson_id=lesson.pk,
        )
        change_messages.tell_of_objection_to_move(
            event=event, lesson=lesson, teacher=locked.teacher, move=move, note=note, now=now
        )
        return NotAgreedSaid(lesson_id=lesson.pk)

    return in_one_transaction(school.pk, work)


def is_open_to_objection(*, school: School, move: LessonMove, now: datetime) -> bool:
    """Whether the lesson still is where this move put it, and that is not too long ago."""
    last = find_last_move(school_id=school.pk, lesson_id=move.lesson_id)
    return move_objections.is_open(move=move, last=last, now=now)
