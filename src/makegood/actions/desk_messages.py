"""Who is told what when the desk ends a request about a lesson. The texts are in `domain.notifications`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from makegood.actions.lesson_locks import LockedLesson
from makegood.actions.lesson_messages import lesson_values
from makegood.actions.messages import known_at, other_penalties, what_follows
from makegood.actions.settlement import Settlement
from makegood.domain.incidents.models import Incident
from makegood.domain.notifications.kinds import MessageKind, Side
from makegood.domain.notifications.operations import Announcement, announce
from makegood.domain.schools.models import School
from makegood.domain.timeline.models import Event
from makegood.quantities import Money
from makegood.rules.sentences import Value


def tell_of_ending(
    *, school: School, locked: LockedLesson, event: Event, outcome: str, reason: str, now: datetime
) -> None:
    """Both sides hear what came of a request and why; `outcome` is a word of ours."""
    said: dict[str, Value] = {"outcome": outcome, "reason": reason, "desk_email": school.desk_email}
    told = [_to_teacher(locked, MessageKind.DESK_CASE_ENDED, said)]
    told += _to_student(locked, MessageKind.DESK_CASE_ENDED, said)
    announce(event=event, announcements=told, now=now)


def tell_of_correction(
    *,
    school: School,
    locked: LockedLesson,
    incident: Incident,
    settlement: Settlement,
    event: Event,
    reason: str,
    now: datetime,
) -> None:
    """The teacher hears what is recorded now and what it costs, the student that they were believed."""
    said: dict[str, Value] = {"reason": reason, "desk_email": school.desk_email}
    recorded: dict[str, Value] = {
        **said,
        **other_penalties(settlement=settlement, incident=incident),
        **what_follows(settlement),
        "reference": incident.reference,
        "support_email": school.support_email,
    }
    live = settlement.live[incident.pk]
    if live.currency is not None:
        recorded["amount"] = Money(live.penalty_minor, live.currency)
    told = [_to_teacher(locked, MessageKind.NOT_ASKED_ACCEPTED_TEACHER, recorded)]
    told += _to_student(locked, MessageKind.NOT_ASKED_ACCEPTED, said)
    happened_at = known_at(incident)
    announce(event=event, announcements=[replace(one, happened_at=happened_at) for one in told], now=now)


def _to_teacher(locked: LockedLesson, kind: MessageKind, more: dict[str, Value]) -> Announcement:
    values = lesson_values(lesson=locked.lesson, teacher=locked.teacher, side=Side.TEACHER) | more
    return Announcement(recipient_id=locked.teacher.pk, kind=kind, values=values)


def _to_student(locked: LockedLesson, kind: MessageKind, more: dict[str, Value]) -> list[Announcement]:
    if locked.student is None:
        return []
    values = lesson_values(lesson=locked.lesson, teacher=locked.teacher, side=Side.STUDENT) | more
    return [Announcement(recipient_id=locked.student.pk, kind=kind, values=values)]
