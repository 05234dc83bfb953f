"""Who is told what when something happens to a lesson. The texts are in `domain.notifications`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from makegood.actions.lesson_messages import lesson_values
from makegood.domain.incidents.models import Incident
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.notifications.kinds import MessageKind, Side
from makegood.domain.notifications.operations import Announcement, announce
from makegood.domain.penalties.pricing import Priced
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import list_with_role
from makegood.domain.schools.models import School
from makegood.domain.timeline.models import Event
from makegood.rules.facts import Decision
from makegood.rules.sentences import Value, gettext_noop
from makegood.wording import Reader, last_minute_before

# Shown inside sentences, so each is a word of ours that the catalogs translate.
DECISION_WORDS: Mapping[Decision, str] = {
    Decision.UPHELD: gettext_noop("kept"),
    Decision.REDUCED: gettext_noop("reduced"),
    Decision.WAIVED: gettext_noop("waived"),
    Decision.VOIDED: gettext_noop("voided: it counts as never reported"),
}


def tell_of_report(
    *,
    school: School,
    event: Event,
    incident: Incident,
    lesson: Lesson,
    teacher: Membership,
    priced: Priced,
    undo_until: datetime,
    now: datetime,
) -> None:
    """Student: the lesson is off, and it is not their fault. Teacher: the receipt. Desk: what is affected and when."""
    values = _case_values(incident, lesson, teacher) | {"reported_at": now}
    receipt = dict(values)
    if priced.penalty is not None:
        receipt["amount"] = priced.penalty
    # As the pages say it where the teacher is: an end at midnight is 23:59 of the last day.
    reader = Reader.of(language=teacher.person.language, zone=teacher.person.zone)
    receipt["deadline_at"] = last_minute_before(priced.deadlines.general.closes_at, reader)
    if priced.deadlines.longest is not None:
        receipt["longer_deadline_at"] = last_minute_before(priced.deadlines.longest.closes_at, reader)
    receipt["support_email"] = school.support_email
    receipt["undo_until"] = undo_until
    kind = MessageKind.EMERGENCY_RECEIPT if priced.penalty is not None else MessageKind.EMERGENCY_RECEIPT_WITHOUT_MONEY
    announcements = [Announcement(recipient_id=teacher.pk, kind=kind, values=receipt)]
    announcements += _for_student(school, lesson, MessageKind.LESSON_OFF_STUDENT, values)
    announcements += _for_desk(school, MessageKind.EMERGENCY_DESK, values)
    announce(event=event, announcements=announcements, now=now)


def tell_of_withdrawal(
    *, school: School, event: Event, incident: Incident, lesson: Lesson, teacher: Membership, now: datetime
) -> None:
    """Everybody who was told of the report hears that the lesson takes place."""
    values = _case_values(incident, lesson, teacher)
    announcements = [Announcement(recipient_id=teacher.pk, kind=MessageKind.EMERGENCY_WITHDRAWN_TEACHER, values=values)]
    announcements += _for_student(school, lesson, MessageKind.LESSON_ON_AGAIN_STUDENT, values)
    announcements += _for_desk(school, MessageKind.EMERGENCY_WITHDRAWN_DESK, values)
    announce(event=event, announcements=announcements, now=now)


def tell_of_decision(
    *,
    event: Event,
    incident: Incident,
    teacher: Membership,
    decision: Decision,
    reason: str,
    amounts: Mapping[str, Value],
    now: datetime,
) -> None:
    """The teacher reads the outcome, the reason and what changed in money (`amounts`: before and amount, or empty)."""
    kind = MessageKind.DECISION_TEACHER if amounts else MessageKind.DECISION_TEACHER_WITHOUT_MONEY
    values: dict[str, Value] = {
        "reference": incident.reference,
        "starts_at": incident.lesson_starts_at,
        "decision": DECISION_WORDS[decision],
        "reason": reason,
        **amounts,
    }
    announce(event=event, announcements=[Announcement(recipient_id=teacher.pk, kind=kind, values=values)], now=now)


# The reference opens the teacher's case.
_NOT_FOR_STUDENTS = frozenset({"reference", "reported_at"})
# What calendars know of a lesson; a lesson that goes on as booked stays in them as it is.
_FOR_CALENDARS = frozenset({"lesson", "version", "ends_at"})


def _case_values(incident: Incident, lesson: Lesson, teacher: Membership) -> dict[str, Value]:
    values = lesson_values(lesson=lesson, teacher=teacher, side=Side.TEACHER)
    if lesson.status in {LessonStatus.IN_PROGRESS, LessonStatus.TAUGHT, LessonStatus.CUT_SHORT}:
        values = {name: value for name, value in values.items() if name not in _FOR_CALENDARS}
    return {"reference": incident.reference, **values}


def _for_student(school: School, lesson: Lesson, kind: MessageKind, values: Mapping[str, Value]) -> list[Announcement]:
    if lesson.student_id is None:
        return []
    contacts = {"desk_email": school.desk_email, "desk_phone": school.desk_phone}
    told = {name: value for name, value in values.items() if name not in _NOT_FOR_STUDENTS}
    told |= {"side": Side.STUDENT.value, **contacts}
    return [Announcement(recipient_id=lesson.student_id, kind=kind, values=told)]


def _for_desk(school: School, kind: MessageKind, values: Mapping[str, Value]) -> list[Announcement]:
    desk = list_with_role(school_id=school.pk, role=Role.DESK)
    told = {**values, "side": Side.DESK.value}
    return [Announcement(recipient_id=member.pk, kind=kind, values=told) for member in desk]
