"""A teacher no longer asks for another time: the new one is free again, and the session stays where it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from makegood.actions import change_messages
from makegood.actions.lesson_locks import lock_with_people
from makegood.actions.own_lessons import find_own_side
from makegood.actions.transactions import in_one_transaction
from makegood.domain.lessons import move_requests
from makegood.domain.lessons.keeping import let_go_of_hold
from makegood.domain.lessons.models import MoveAnswer, Side
from makegood.domain.lessons.move_requests import MoveRequestEnded, MoveRequestNotFound, find_move_request
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveTakenBack:
    """It is not asked any more; `is_replay`: it had been taken back before."""

    lesson_id: int
    is_replay: bool = False


def take_back_move(
    *, school: School, actor: Membership, move_request_id: int, door: Door, now: datetime
) -> MoveTakenBack:
    """Take back this request of the actor about the own session, while nobody answered; never a later one.

    In one transaction: lock teacher, student and lesson; the answer; the kept time is let go; timeline; outbox. A
    second tap gets the first answer. Raises MoveRequestNotFound (also for somebody else's), MoveRequestEnded.
    """

    def work() -> MoveTakenBack:
        found = find_move_request(school_id=school.pk, move_request_id=move_request_id)
        if found is None or find_own_side(lesson=found.lesson, actor=actor) is not Side.TEACHER:
            raise MoveRequestNotFound
        locked = lock_with_people(school_id=school.pk, lesson_id=found.lesson_id)
        answer = move_requests.find_answer(asked=found)
        if answer is not None and answer.outcome == MoveAnswer.Outcome.TAKEN_BACK:
            return MoveTakenBack(lesson_id=found.lesson_id, is_replay=True)
        if not move_requests.is_answerable(asked=found, now=now):
            raise MoveRequestEnded
        move_requests.end(
            asked=found,
            outcome=MoveAnswer.Outcome.TAKEN_BACK,
            answered_by_id=actor.person_id,
            door=door,
            now=now,
        )
        let_go_of_hold(hold_id=found.hold_id, lesson=locked.lesson, by_id=actor.person_id, door=door, now=now)
        event = timeline.record(
            school_id=school.pk,
            kind=EventKind.MOVE_TAKEN_BACK,
            at=now,
            door=door,
            actor_id=actor.person_id,
            lesson_id=found.lesson_id,
        )
        change_messages.tell_of_taking_back(event=event, locked=locked, now=now)
        return MoveTakenBack(lesson_id=found.lesson_id)

    return in_one_transaction(school.pk, work)
