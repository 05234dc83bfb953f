"""A teacher no longer asks for another time: the new one is free again, and the session stays where it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from makegood.actions import change_messages
from makegood.actions.lesson_locks import lock_with_people
from makegood.actions.own_lessons import refuse_unless_teaches
from makegood.actions.transactions import in_one_transaction
from makegood.domain.lessons import move_requests
from makegood.domain.lessons.keeping import let_go_of_hold
from makegood.domain.lessons.models import MoveAnswer
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveTakenBack:
    """Nothing is asked any more; `is_replay`: nothing was asked before, either."""

    lesson_id: int
    is_replay: bool = False


def take_back_move(*, school: School, actor: Membership, lesson_id: int, door: Door, now: datetime) -> MoveTakenBack:
    """Take back what the actor asks about the own session, while nobody answered.

    In one transaction: lock teacher, student and lesson; the answer; the kept time is let go; timeline; outbox. A
    second tap gets the first answer. Raises LessonNotFound (also for somebody else's lesson).
    """

    def work() -> MoveTakenBack:
        locked = lock_with_people(school_id=school.pk, lesson_id=lesson_id)
        refuse_unless_teaches(lesson=locked.lesson, actor=actor)
        request = move_requests.find_open(school_id=school.pk, lesson_id=lesson_id, now=now)
        if request is None:
            return MoveTakenBack(lesson_id=lesson_id, is_replay=True)
        move_requests.end(
            asked=request,
            outcome=MoveAnswer.Outcome.TAKEN_BACK,
            answered_by_id=actor.person_id,
            door=door,
            now=now,
        )
        let_go_of_hold(hold_id=request.hold_id, lesson=locked.lesson, by_id=actor.person_id, door=door, now=now)
        event = timeline.record(
            school_id=school.pk,
            kind=EventKind.MOVE_TAKEN_BACK,
            at=now,
            door=door,
            actor_id=actor.person_id,
            lesson_id=lesson_id,
        )
        change_messages.tell_of_taking_back(event=event, locked=locked, now=now)
        return MoveTakenBack(lesson_id=lesson_id)

    return in_one_transaction(school.pk, work)
