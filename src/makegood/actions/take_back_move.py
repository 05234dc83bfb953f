"""Whoever asked for another time no longer does: the new one is free again, and the lesson stays where it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from makegood.actions import change_messages
from makegood.actions.lesson_locks import lock_with_people
from makegood.actions.own_lessons import find_own_side
from makegood.actions.transactions import in_one_transaction
from makegood.domain.lessons import move_requests
from makegood.domain.lessons.keeping import end_request
from makegood.domain.lessons.models import MoveAnswer, WaitsFor
from makegood.domain.lessons.move_requests import MoveRequestEnded, MoveRequestNotFound, find_move_request
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.rules.storing import values_to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveTakenBack:
    """It is not asked any more; `is_replay`: it had been taken back before."""

    lesson_id: int
    is_replay: bool = False


def take_back_move(
    *, school: School, actor: Membership, move_request_id: int, door: Door, now: datetime
) -> MoveTakenBack:
    """Take back this request of the actor about the own lesson, while nobody answered; never a later one.

    In one transaction: lock teacher, student and lesson; the answer, with which the kept time is let go; timeline;
    outbox: whoever was asked. A second tap gets the first answer, unless something else is asked by now. It can be
    taken back also when the other side left. Raises MoveRequestNotFound (also for somebody else's), MoveRequestEnded.
    """

    def work() -> MoveTakenBack:
        found = find_move_request(school_id=school.pk, move_request_id=move_request_id)
        if found is None or found.asked_by_id != actor.pk or find_own_side(lesson=found.lesson, actor=actor) is None:
            raise MoveRequestNotFound
        locked = lock_with_people(school_id=school.pk, lesson_id=found.lesson_id)
        answer = move_requests.find_answer(asked=found)
        is_asked = move_requests.find_open(school_id=school.pk, lesson_id=found.lesson_id, now=now) is not None
        if answer is not None and answer.outcome == MoveAnswer.Outcome.TAKEN_BACK and not is_asked:
            return MoveTakenBack(lesson_id=found.lesson_id, is_replay=True)
        if not move_requests.is_answerable(asked=found, now=now):
            raise MoveRequestEnded
        kept = end_request(
            asked=found,
            lesson=locked.lesson,
            outcome=MoveAnswer.Outcome.TAKEN_BACK,
            by_id=actor.person_id,
            door=door,
            now=now,
        )
        is_by_student = found.waits_for is WaitsFor.SCHOOL
        event = timeline.record(
            school_id=school.pk,
            kind=EventKind.MOVE_WITHDRAWN if is_by_student else EventKind.MOVE_TAKEN_BACK,
            at=now,
            door=door,
            actor_id=actor.person_id,
            lesson_id=found.lesson_id,
            values=values_to_json({"former_starts_at": found.from_starts_at}),
        )
        if is_by_student:
            change_messages.tell_desk_of_taking_back(event=event, locked=locked, kept=kept, now=now)
        else:
            change_messages.tell_of_taking_back(event=event, locked=locked, now=now)
        return MoveTakenBack(lesson_id=found.lesson_id)

    return in_one_transaction(school.pk, work)
