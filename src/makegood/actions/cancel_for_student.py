"""A teacher cancels a session because the student asked, before the mark: it counts for nothing."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.utils.translation import gettext_noop

from makegood.actions import change_messages
from makegood.actions.cancelling import (
    Cancelled,
    RecordedCancellation,
    cancel_once,
    record_cancellation,
    refuse_unless_as_shown,
)
from makegood.actions.lesson_locks import LockedLesson, lock_with_people
from makegood.actions.own_lessons import refuse_unless_teaches
from makegood.domain.incidents import checks
from makegood.domain.incidents.asking import ASKED_WORDS, AskedWay, read_asked
from makegood.domain.lessons.marks import is_in_time
from makegood.domain.lessons.operations import refuse_unless_booked
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import Timetable, get_timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.refusal import Refusal
from makegood.rules.storing import values_to_json

ROUTE = "cancel_for_student"


class PastTheMark(Refusal):
    """A session is cancelled for the student before the mark only."""

    code = "past_the_mark"
    sentence = gettext_noop(
        "The mark for this session has passed, so it is not cancelled for the student any more. Nothing was done. If "
        "you cannot teach, report an emergency. If your student asked, ask the scheduling desk."
    )


def cancel_for_student(
    *,
    school: School,
    actor: Membership,
    lesson_id: int,
    asked: str,
    note: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
    shown_version: int | None = None,
    announce: bool = True,
) -> Cancelled:
    """Cancel the actor's own session because its student asked; `asked` says how (`AskedWay`).

    `shown_version` is the version of the lesson that the page showed, where there was a page.

    In one transaction, in this order: lock teacher, student and lesson; answer a replay; refuse past the mark of
    the policy in force at its start (exactly on it is in time); record the incident, requested by the student; settle,
    which finds that it counts for nothing (D31); credits back; timeline; outbox (unless not `announce`); the answer for
    replays.

    Raises LessonNotFound (also for somebody else's lesson), LessonNotOpen, ChangedSince, PastTheMark, HowNotSaid,
    NoteTooLong, NoteUnreadable, DifferentRequest, NoPolicyInForce.
    """
    way = read_asked(asked)
    note = checks.check_note(note)
    content = {"lesson_id": lesson_id, "asked": str(way), "note": note}

    def lock() -> LockedLesson:
        locked = lock_with_people(school_id=school.pk, lesson_id=lesson_id)
        refuse_unless_teaches(lesson=locked.lesson, actor=actor)
        return locked

    def work(locked: LockedLesson) -> RecordedCancellation:
        refuse_unless_as_shown(locked=locked, shown_version=shown_version)
        timetable = get_timetable(school_id=school.pk)
        _refuse_past_the_mark(locked, timetable, now)
        return _cancel(school, actor, locked, timetable, way, note, request_id, door, now, announce=announce)

    return cancel_once(
        school=school, actor=actor, route=ROUTE, key=request_id, content=content, lock=lock, work=work, now=now
    )


def _refuse_past_the_mark(locked: LockedLesson, timetable: Timetable, now: datetime) -> None:
    lesson = locked.lesson
    refuse_unless_booked(lesson=lesson, now=now)
    policy = timetable.get_at(lesson.starts_at).policy
    if not is_in_time(starts_at=lesson.starts_at, minutes=policy.reporting.mark_minutes, now=now):
        raise PastTheMark


def _cancel(
    school: School,
    actor: Membership,
    locked: LockedLesson,
    timetable: Timetable,
    way: AskedWay,
    note: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
    *,
    announce: bool,
) -> RecordedCancellation:
    recorded = record_cancellation(
        school=school,
        locked=locked,
        timetable=timetable,
        actor=actor,
        note=note,
        request_id=request_id,
        door=door,
        now=now,
        announce=announce,
    )
    incident = recorded.incident
    event = timeline.record(
        school_id=school.pk,
        kind=EventKind.CANCELLED_FOR_STUDENT,
        at=now,
        door=door,
        actor_id=actor.person_id,
        on_behalf_of_id=locked.lesson.student_id,
        reason=incident.reason,
        lesson_id=incident.lesson_id,
        incident_id=incident.pk,
        values=values_to_json({"asked_by": ASKED_WORDS[way]}),
    )
    if announce:
        change_messages.tell_of_cancelling_for_student(
            event=event, locked=locked, incident=incident, asked_by=ASKED_WORDS[way], now=now
        )
    return recorded
