"""Who is told what the desk decided about a lesson in doubt, besides absences. Texts: `domain.notifications`."""

from __future__ import annotations

from datetime import datetime

from makegood.actions.lesson_locks import LockedLesson
from makegood.actions.lesson_messages import lesson_values
from makegood.actions.messages import other_penalties
from makegood.actions.settlement import Settlement
from makegood.domain.incidents.models import Incident
from makegood.domain.lessons.desk_cases import STAYS_AS_RECORDED
from makegood.domain.lessons.models import Lesson
from makegood.domain.notifications.kinds import MessageKind, Side
from makegood.domain.notifications.operations import Announcement, announce
from makegood.domain.schools.models import School
from makegood.domain.timeline.models import Event
from makegood.quantities import Money
from makegood.rules.facts import RequestedBy
from makegood.rules.sentences import Value


def tell_that_it_stays(*, school: School, locked: LockedLesson, event: Event, now: datetime) -> None:
    """Both sides hear that the desk looked into it and that it stays as it was recorded."""
    kind = MessageKind.DESK_CASE_ENDED
    said: dict[str, Value] = {"outcome": STAYS_AS_RECORDED, "desk_email": school.desk_email}
    announce(event=event, announcements=[_to_teacher(locked, kind, said), *_to_student(locked, kind, said)], now=now)


def tell_that_it_was_taught(
    *,
    school: School,
    locked: LockedLesson,
    minutes: int,
    former: Incident | None,
    settlement: Settlement | None,
    event: Event,
    now: datetime,
) -> None:
    """Teacher: it counts and is paid, and `former`, what was on record of it, does not. Student: it is used."""
    desk: dict[str, Value] = {"desk_email": school.desk_email}
    more = {**desk, "minutes": minutes, **replaced_by(former), **pay_of(school, locked.lesson)}
    if former is not None and settlement is not None:
        more |= other_penalties(settlement=settlement, incident=former)
    told = [_to_teacher(locked, MessageKind.LESSON_FOUND_TAUGHT_TEACHER, more)]
    told += _to_student(locked, MessageKind.LESSON_FOUND_TAUGHT, desk)
    announce(event=event, announcements=told, now=now)


def tell_of_outage(
    *,
    school: School,
    locked: LockedLesson,
    incident: Incident,
    former: Incident | None,
    settlement: Settlement,
    event: Event,
    now: datetime,
) -> None:
    """Nobody is to blame. Teacher: whether it is paid. Student: the lesson is theirs again."""
    desk: dict[str, Value] = {"desk_email": school.desk_email}
    more = {
        **desk,
        **replaced_by(former),
        **other_penalties(settlement=settlement, incident=incident, former=former),
    }
    kind = MessageKind.LESSON_OFF_BY_OUTAGE_UNPAID
    if settlement.live[incident.pk].paid:
        kind = MessageKind.LESSON_OFF_BY_OUTAGE_PAID
        more |= pay_of(school, locked.lesson)
    told = [_to_teacher(locked, kind, more)]
    told += _to_student(locked, MessageKind.LESSON_OFF_BY_OUTAGE, {**desk, "desk_phone": school.desk_phone})
    announce(event=event, announcements=told, now=now)


def replaced_by(former: Incident | None) -> dict[str, Value]:
    """The teacher's own case that the desk's finding takes the place of, as a value; empty where there was none."""
    if former is None or former.requested_by != RequestedBy.TEACHER:
        return {}
    return {"former_reference": former.reference}


def pay_of(school: School, lesson: Lesson) -> dict[str, Value]:
    """What the teacher is paid for the lesson; empty where nobody said, or where the school pays elsewhere."""
    if not school.pays_teachers or not lesson.pay_minor or not lesson.currency:
        return {}
    return {"paid": Money(lesson.pay_minor, lesson.currency)}


def _to_teacher(locked: LockedLesson, kind: MessageKind, more: dict[str, Value]) -> Announcement:
    values = lesson_values(lesson=locked.lesson, teacher=locked.teacher, side=Side.TEACHER) | more
    return Announcement(recipient_id=locked.teacher.pk, kind=kind, values=values)


def _to_student(locked: LockedLesson, kind: MessageKind, more: dict[str, Value]) -> list[Announcement]:
    if locked.student is None:
        return []
    values = lesson_values(lesson=locked.lesson, teacher=locked.teacher, side=Side.STUDENT) | more
    return [Announcement(recipient_id=locked.student.pk, kind=kind, values=values)]
