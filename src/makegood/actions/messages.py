"""Who is told what when something happens to a lesson. The texts are in `domain.notifications`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from makegood.actions.lesson_messages import lesson_values
from makegood.actions.settlement import Settlement
from makegood.domain.incidents.models import Incident
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.notifications.kinds import MessageKind, Side
from makegood.domain.notifications.operations import Announcement, announce
from makegood.domain.penalties.operations import find_pause
from makegood.domain.penalties.pricing import Charge
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import list_with_role
from makegood.domain.schools.models import School
from makegood.domain.timeline.models import Event
from makegood.quantities import Money
from makegood.rules.facts import ConsequenceKind, Decision
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
    priced: Charge,
    settlement: Settlement,
    undo_until: datetime,
    now: datetime,
) -> None:
    """Student: the lesson is off, and it is not their fault. Teacher: the receipt. Desk: what is affected and when."""
    values = _case_values(incident, lesson, teacher) | {"reported_at": now}
    others = other_penalties(settlement=settlement, incident=incident)
    receipt = dict(values) | others | what_follows(settlement)
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
    settlement: Settlement,
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
        **other_penalties(settlement=settlement, incident=incident),
    }
    pause = find_pause(school_id=teacher.school_id, teacher_id=teacher.pk, now=now)
    if amounts and pause is not None and pause.ends_at is not None:
        values["still_paused_until"] = pause.ends_at
    told = Announcement(recipient_id=teacher.pk, kind=kind, values=values, happened_at=known_at(incident))
    announce(event=event, announcements=[told], now=now)


def known_at(incident: Incident) -> datetime:
    """When it was known that the lesson would not go as booked, at its start at the latest."""
    return min(incident.reported_at or incident.lesson_starts_at, incident.lesson_starts_at)


def other_penalties(*, settlement: Settlement, incident: Incident, former: Incident | None = None) -> dict[str, Value]:
    """By how much the teacher's other penalties change together; empty when they do not.

    `former` is what the incident takes the place of: that it costs nothing any more is said by itself.
    """
    own = {incident.pk} if former is None else {incident.pk, former.pk}
    others = [change for change in settlement.changes if change.after.incident_id not in own]
    found = next((change.after.currency for change in others if change.after.currency), None)
    change_minor = sum(change.change_minor for change in others)
    if found is None or change_minor == 0:
        return {}
    return {"others_up" if change_minor > 0 else "others_down": Money(abs(change_minor), found)}


def what_follows(settlement: Settlement, *, besides: ConsequenceKind | None = None) -> dict[str, Value]:
    """The consequences that begin, each as the value of its own sentence; `besides`: one that the text says itself."""
    found: dict[str, Value] = {}
    for consequence in settlement.consequences.started:
        kind = ConsequenceKind(consequence.kind)
        if kind is besides:
            continue
        if consequence.ends_at is not None and kind in _UNTIL:
            found[_UNTIL[kind]] = consequence.ends_at
        elif kind in FOLLOWS_WORDS:
            found["follows"] = FOLLOWS_WORDS[kind]
    return found


_UNTIL: Mapping[ConsequenceKind, str] = {
    ConsequenceKind.PAUSE_ACCOUNT: "paused_until",
    ConsequenceKind.DEPRIORITIZE: "others_first_until",
}
# Shown inside a sentence, so each is a text of ours that the catalogs translate.
FOLLOWS_WORDS: Mapping[ConsequenceKind, str] = {
    ConsequenceKind.PAUSE_ACCOUNT: gettext_noop("Your account is paused until the scheduling desk opens it again."),
    ConsequenceKind.HOLD_SCHEDULE: gettext_noop(
        "Your schedule is closed for new bookings until you answer the scheduling desk."
    ),
    ConsequenceKind.DEPRIORITIZE: gettext_noop("New students are proposed to other teachers first."),
    ConsequenceKind.PAUSE_MATCHING: gettext_noop("No new students are proposed."),
    ConsequenceKind.REMATCH_STUDENT: gettext_noop("The student is matched with another teacher."),
    ConsequenceKind.WARN: gettext_noop("A warning."),
    ConsequenceKind.REVIEW_FOR_TERMINATION: gettext_noop(
        "A person of the school looks at the agreement and talks with you."
    ),
}

# The reference opens the teacher's case.
_NOT_FOR_STUDENTS = frozenset({"reference", "reported_at"})
# What calendars know of a lesson; a lesson that goes on as booked stays in them as it is.
_FOR_CALENDARS = frozenset({"lesson", "version", "ends_at"})


def _case_values(incident: Incident, lesson: Lesson, teacher: Membership) -> dict[str, Value]:
    values = lesson_values(lesson=lesson, teacher=teacher, side=Side.TEACHER)
    if lesson.status in {LessonStatus.IN_PROGRESS, LessonStatus.TAUGHT, LessonStatus.CUT_SHORT}:
        values = {name: value for name, value in values.items() if name not in _FOR_CALENDARS}
    # An imported lesson may lack its student; the emergency is told all the same.
    return {"student": "–", "reference": incident.reference, **values}


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
