"""The desk cancels a lesson because its student asked, by phone mostly: at the price the student would pay."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.utils.translation import gettext_noop

from makegood.actions import change_messages
from makegood.actions.cancelling import CancelledByStudent, cancel_at_shown_price
from makegood.actions.lesson_locks import LockedLesson, lock_with_people
from makegood.actions.transactions import in_one_transaction
from makegood.domain.incidents import checks
from makegood.domain.incidents.asking import ASKED_WORDS, read_asked
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import holds_role
from makegood.domain.schools.models import School
from makegood.domain.timeline import requests
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal

ROUTE = "cancel_by_desk"


class OwnLesson(Refusal):
    """Nobody at the desk cancels a lesson that they teach or take: what it costs would be theirs to say."""

    code = "own_lesson"
    sentence = gettext_noop(
        "You are one of the two people of this session, so somebody else at the desk cancels it. Nothing was done."
    )


def cancel_by_desk(
    *,
    school: School,
    actor: Membership,
    lesson_id: int,
    shown_as_free: bool,
    asked: str,
    note: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
) -> CancelledByStudent:
    """Cancel for the student at the price the page showed (`shown_as_free`); `asked` says how they asked (`AskedWay`).

    In one transaction, in the order of `cancel_by_student`, on the student's behalf. Both are told, the student with
    whom to ask if they did not want it.

    Raises LessonNotFound (also for whoever is not at the desk, and where nobody is booked as the student), OwnLesson,
    LessonNotOpen, FreeTimePassed, HowNotSaid, NoteTooLong, NoteUnreadable, DifferentRequest, NoPolicyInForce.
    """
    way = read_asked(asked)
    note = checks.check_note(note)
    content = {"lesson_id": lesson_id, "shown_as_free": shown_as_free, "asked": str(way), "note": note}

    def work() -> CancelledByStudent:
        locked = _lock(school, actor, lesson_id)
        assert locked.student is not None, "somebody is booked"
        answer = requests.find_answer(
            school_id=school.pk, person_id=actor.person_id, route=ROUTE, key=request_id, content=content
        )
        if answer is not None:
            return CancelledByStudent(**answer, is_replay=True)
        if actor.person_id in {locked.student.person_id, locked.teacher.person_id}:
            raise OwnLesson
        cancelled = cancel_at_shown_price(
            school=school,
            locked=locked,
            actor=actor,
            shown_as_free=shown_as_free,
            note=note,
            request_id=request_id,
            door=door,
            now=now,
            on_behalf_of_id=locked.student.pk,
            values={"asked_by": ASKED_WORDS[way]},
        )
        change_messages.tell_of_cancelling_by_desk(
            school=school,
            event=cancelled.event,
            locked=locked,
            is_used=cancelled.is_used,
            free_until=cancelled.free_until,
            asked_by=ASKED_WORDS[way],
            now=now,
        )
        reference = cancelled.incident.reference
        requests.record_answer(
            school_id=school.pk,
            person_id=actor.person_id,
            route=ROUTE,
            key=request_id,
            content=content,
            answer={"reference": reference, "lesson_id": lesson_id, "is_used": cancelled.is_used},
            now=now,
        )
        return CancelledByStudent(reference=reference, lesson_id=lesson_id, is_used=cancelled.is_used)

    return in_one_transaction(school.pk, work)


def _lock(school: School, actor: Membership, lesson_id: int) -> LockedLesson:
    """The lesson of a student, for somebody at the desk. Raises LessonNotFound."""
    found = find_lesson(school_id=school.pk, lesson_id=lesson_id)
    if found is None or not holds_role(school_id=school.pk, membership_id=actor.pk, roles=(Role.DESK,)):
        raise LessonNotFound
    locked = lock_with_people(school_id=school.pk, lesson_id=lesson_id)
    if locked.student is None:
        raise LessonNotFound
    return locked
