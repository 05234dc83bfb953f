"""Somebody in a lesson says that something does not work."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from makegood.actions.absence_messages import tell_desk_of_problem
from makegood.actions.lesson_locks import LockedLesson, lock_with_people
from makegood.actions.own_lessons import find_own_side
from makegood.actions.settlement import Cause, settle
from makegood.actions.transactions import in_one_transaction
from makegood.domain.incidents.queries import find_live_of_lesson
from makegood.domain.lessons import attending, claiming, desk_cases
from makegood.domain.lessons.models import DeskCase, LessonClaim, Side
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.lessons.presence import JOIN_EARLY
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.lessons.statuses import NEVER_A_LESSON
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline import requests
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import ADDS_TO, EventKind

ROUTE: Final = "report_problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """What was written now, through which door; `is_more`: it adds to what the same side said of this time.

    `is_told`: the desk and tech support hear it, unless it is history that is made up.
    """

    note: str
    door: Door
    is_more: bool
    is_told: bool


def report_problem(
    *,
    school: School,
    actor: Membership,
    lesson_id: int,
    note: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
    announce: bool = True,
) -> LessonClaim:
    """Record the actor's word that something is wrong in an own lesson; the desk is asked.

    The first word of each side at each time at which the lesson stands is its claim. What it adds later is kept as an
    event of its own, and the desk and tech support hear every word. Before the scheduled end it is the first report of
    trouble (D12), whichever side it comes from. Later it is the way to object to what was recorded, and a teacher's
    answer where nobody had reported (D33). Nothing is charged by it.

    In one transaction, in this order: lock the people and the lesson; answer a replay; the claim; what the answer ends;
    a desk case; event; outbox; the answer for replays. Returns the claim. Raises LessonNotFound (also for somebody
    else's lesson), TooEarlyToJoin, ClaimNoteTooLong, DifferentRequest.
    """
    checked = claiming.check_note(note)
    content = {"lesson_id": lesson_id, "note": checked}

    def work() -> LessonClaim:
        found = find_lesson(school_id=school.pk, lesson_id=lesson_id)
        side = find_own_side(lesson=found, actor=actor) if found is not None else None
        if found is None or side is None:
            raise LessonNotFound
        if now < found.starts_at - JOIN_EARLY:
            raise attending.TooEarlyToJoin
        locked = lock_with_people(school_id=school.pk, lesson_id=lesson_id)
        if locked.lesson.status in NEVER_A_LESSON:
            raise LessonNotFound
        answer = requests.find_answer(
            school_id=school.pk, person_id=actor.person_id, route=ROUTE, key=request_id, content=content
        )
        if answer is not None:
            return claiming.get_claim(school_id=school.pk, claim_id=answer["claim"])
        earlier = claiming.list_of_present_time(lesson=locked.lesson)
        made = claiming.claim(
            lesson=locked.lesson,
            side=side,
            kind=LessonClaim.Kind.PROBLEM,
            note=checked,
            door=door,
            request_id=request_id,
            now=now,
        )
        is_new = made not in earlier
        if is_new:
            _end_waiting_for_an_answer(school, locked, made, now)
        is_waiting = desk_cases.find_open_of_lesson(lesson=locked.lesson, kind=DeskCase.Kind.PROBLEM) is not None
        # Pressed once more without a word, while the desk knows: there is nothing to add.
        if is_new or checked or not is_waiting:
            word = _Word(note=checked, door=door, is_more=not is_new, is_told=announce)
            _ask_the_desk(school, locked, actor, made, word, now)
        requests.record_answer(
            school_id=school.pk,
            person_id=actor.person_id,
            route=ROUTE,
            key=request_id,
            content=content,
            answer={"claim": made.pk},
            now=now,
        )
        return made

    return in_one_transaction(school.pk, work)


def _ask_the_desk(
    school: School,
    locked: LockedLesson,
    actor: Membership,
    made: LessonClaim,
    word: _Word,
    now: datetime,
) -> None:
    """Open a case, or leave the open one, and say the word to those who look at it."""
    desk_cases.open_case(
        lesson=locked.lesson,
        kind=DeskCase.Kind.PROBLEM,
        claim=made,
        note=word.note,
        opened_by_id=actor.person_id,
        now=now,
    )
    event = timeline.record(
        school_id=school.pk,
        kind=EventKind.PROBLEM_REPORTED,
        at=now,
        door=word.door,
        actor_id=actor.person_id,
        reason=word.note,
        lesson_id=locked.lesson.pk,
        values={ADDS_TO: made.pk} if word.is_more else None,
    )
    if word.is_told:
        tell_desk_of_problem(
            school=school,
            lesson=locked.lesson,
            teacher=locked.teacher,
            reporter=actor.display_name,
            note=word.note,
            event=event,
            now=now,
        )


def _end_waiting_for_an_answer(school: School, locked: LockedLesson, made: LessonClaim, now: datetime) -> None:
    """A schedule that is held until the teacher answers is free again (D33): assess the history with the answer."""
    live = find_live_of_lesson(school_id=school.pk, lesson_id=locked.lesson.pk)
    if live is None or live.reported_at is not None or made.side != Side.TEACHER:
        return
    settle(
        school=school,
        teacher_id=locked.teacher.pk,
        timetable=get_timetable(school_id=school.pk),
        cause=Cause(incident_id=live.pk, actor_id=locked.teacher.person_id, door=Door(made.door)),
        why=live.reference,
        now=now,
    )
