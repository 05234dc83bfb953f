"""A student says, by the link in the message: I did not ask for this. The desk looks into it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop

from makegood.actions import change_messages
from makegood.actions.lesson_locks import lock_with_people
from makegood.actions.transactions import in_one_transaction
from makegood.domain.incidents import checks
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.objections import may_be_objected_to
from makegood.domain.incidents.queries import find_incident, find_live_of_lesson
from makegood.domain.lessons import claims
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.queries import find_of_case
from makegood.refusal import Refusal


class NothingToObject(Refusal):
    """The link is too old, or the lesson is no longer cancelled by what it is about."""

    code = "nothing_to_object"
    sentence = gettext_noop(
        "This link was for a cancelled lesson and has ended. If something is wrong, ask the scheduling desk."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAskedSaid:
    """The desk was told; `is_replay`: it had been said before."""

    lesson_id: int
    is_replay: bool = False


def say_not_asked(
    *, school: School, incident_id: int, note: str, request_id: uuid.UUID, door: Door, now: datetime
) -> NotAskedSaid:
    """Record that the student of a cancelled lesson did not ask for it; whoever has the signed link may say so.

    In one transaction, in this order: lock teacher, student and lesson; refuse what can no longer be objected to; the
    claim and the desk's case; timeline; outbox. Nothing changes for the lesson until the desk has looked. A second tap
    gets the first answer.

    Raises NothingToObject, NoteTooLong, NoteUnreadable, DifferentRequest.
    """
    note = checks.check_note(note)

    def work() -> NotAskedSaid:
        incident = find_incident(school_id=school.pk, incident_id=incident_id)
        if incident is None:
            raise NothingToObject
        locked = lock_with_people(school_id=school.pk, lesson_id=incident.lesson_id)
        lesson = locked.lesson
        if claims.has_objection(school_id=school.pk, incident_id=incident.pk):
            return NotAskedSaid(lesson_id=lesson.pk, is_replay=True)
        if locked.student is None or not is_open_to_objection(school=school, incident=incident, now=now):
            raise NothingToObject
        claims.object_to(lesson=lesson, incident_id=incident.pk, note=note, door=door, request_id=request_id, now=now)
        event = timeline.record(
            school_id=school.pk,
            kind=EventKind.NOT_ASKED,
            at=now,
            door=door,
            actor_id=locked.student.person_id,
            reason=note,
            lesson_id=lesson.pk,
            incident_id=incident.pk,
        )
        cancelled = find_of_case(school_id=school.pk, incident_id=incident.pk, kind=EventKind.CANCELLED_FOR_STUDENT)
        asked_by = str(cancelled.values.get("asked_by", "")) if cancelled is not None else ""
        change_messages.tell_of_objection(
            school=school,
            event=event,
            lesson=lesson,
            teacher=locked.teacher,
            note=note,
            asked_by=asked_by,
            now=now,
        )
        return NotAskedSaid(lesson_id=lesson.pk)

    return in_one_transaction(school.pk, work)


def is_open_to_objection(*, school: School, incident: Incident, now: datetime) -> bool:
    """Whether the incident still stands, was put on record by the teacher as the student's wish, and is not too old."""
    live = find_live_of_lesson(school_id=school.pk, lesson_id=incident.lesson_id)
    return live is not None and live.pk == incident.pk and may_be_objected_to(incident=incident, now=now)
