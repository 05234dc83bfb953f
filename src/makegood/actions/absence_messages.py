"""Who is told of a lesson that was missed or cut short, and the desk of problems. Texts: `domain.notifications`."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.urls import reverse

from makegood.actions.lesson_locks import LockedLesson
from makegood.actions.lesson_messages import lesson_values
from makegood.actions.messages import other_penalties, what_follows
from makegood.actions.settlement import Settlement
from makegood.actions.verdict_messages import pay_of, replaced_by
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.queries import to_facts
from makegood.domain.lessons.judging import Finding
from makegood.domain.lessons.models import Lesson
from makegood.domain.notifications.kinds import MessageKind, Side
from makegood.domain.notifications.operations import Announcement, announce
from makegood.domain.penalties.foreseeing import Foreseen
from makegood.domain.penalties.pricing import find_deadlines
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import list_with_role
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline.models import Event
from makegood.quantities import Money
from makegood.rules.facts import ConsequenceKind, Kind, RequestedBy
from makegood.rules.sentences import Value, gettext_noop
from makegood.wording import Reader, last_minute_before

# Shown inside a sentence, so it is a word of ours that the catalogs translate.
TROUBLE = gettext_noop("something does not work")
_DOUBTS_OF_TEACHER: Final = {
    Finding.TEACHER_ABSENT: MessageKind.LESSON_WITHOUT_TEACHER,
    Finding.CUT_SHORT: MessageKind.LESSON_ENDED_EARLY,
    Finding.UNCLEAR: MessageKind.LESSON_UNCLEAR,
}


def tell_of_absence(
    *,
    school: School,
    locked: LockedLesson,
    incident: Incident,
    settlement: Settlement,
    event: Event,
    now: datetime,
    former: Incident | None = None,
) -> None:
    """The teacher hears what was recorded and what it costs, the student whose lesson it was. Who came late taught it.

    `former` is what was on record before, where the desk decided otherwise.
    """
    if incident.kind == Kind.LATE:
        announcements = _teacher_was_late(school, locked, incident, settlement)
    elif incident.requested_by == RequestedBy.STUDENT:
        announcements = _student_missed(school, locked, incident, settlement, former)
    else:
        announcements = _teacher_missed(school, locked, incident, settlement, former, now=now)
    announce(event=event, announcements=announcements, now=now)


def tell_of_doubt(
    *, school: School, locked: LockedLesson, foreseen: Foreseen, is_sure: bool, event: Event, now: datetime
) -> None:
    """The student hears what the lesson page saw while people can still say more, and the teacher unless they waited.

    Where `is_sure`, also when it is recorded by itself, and the teacher what it will cost. Somebody whose own absence
    it is hears how to come or to say otherwise.
    """
    lesson, teacher = locked.lesson, locked.teacher
    more: dict[str, Value] = {"desk_email": school.desk_email, "desk_phone": school.desk_phone}
    if is_sure:
        more["until"] = foreseen.by_itself_at
    announcements = []
    to_teacher = _DOUBTS_OF_TEACHER.get(foreseen.finding)
    if to_teacher is not None:
        values = lesson_values(lesson=lesson, teacher=teacher, side=Side.TEACHER) | more
        values["minutes"] = foreseen.taught_minutes
        if is_sure and foreseen.penalty is not None:
            values["amount"] = foreseen.penalty
        announcements.append(Announcement(recipient_id=teacher.pk, kind=to_teacher, values=values))
    if lesson.student_id is not None:
        is_student = foreseen.finding is Finding.STUDENT_ABSENT
        kind = MessageKind.LESSON_WITHOUT_STUDENT if is_student else MessageKind.LESSON_LOOKED_INTO
        values = lesson_values(lesson=lesson, teacher=teacher, side=Side.STUDENT) | more
        announcements.append(Announcement(recipient_id=lesson.student_id, kind=kind, values=values))
    announce(event=event, announcements=announcements, now=now)


def tell_desk_of_problem(
    *, school: School, lesson: Lesson, teacher: Membership, reporter: str, note: str, event: Event, now: datetime
) -> None:
    """The desk and tech support hear that something does not work in a lesson."""
    values: dict[str, Value] = {
        **lesson_values(lesson=lesson, teacher=teacher, side=Side.DESK),
        "reporter": reporter,
        "problem": TROUBLE,
    }
    if note:
        values["note"] = note
    staff = {
        member.pk: member
        for role in (Role.DESK, Role.SUPPORT)
        for member in list_with_role(school_id=school.pk, role=role)
    }
    announcements = [
        Announcement(recipient_id=member_id, kind=MessageKind.PROBLEM_REPORTED, values=values) for member_id in staff
    ]
    announce(event=event, announcements=announcements, now=now)


def _student_missed(
    school: School, locked: LockedLesson, incident: Incident, settlement: Settlement, former: Incident | None
) -> list[Announcement]:
    lesson, teacher = locked.lesson, locked.teacher
    values = lesson_values(lesson=lesson, teacher=teacher, side=Side.TEACHER) | replaced_by(former)
    if former is not None:
        values |= other_penalties(settlement=settlement, incident=incident, former=former)
    if settlement.live[incident.pk].paid and lesson.pay_minor and lesson.currency:
        values["paid"] = Money(lesson.pay_minor, lesson.currency)
    found = [Announcement(recipient_id=teacher.pk, kind=MessageKind.LESSON_MISSED_BY_STUDENT_TEACHER, values=values)]
    if lesson.student_id is not None:
        told = lesson_values(lesson=lesson, teacher=teacher, side=Side.STUDENT)
        told["link"] = reverse("student:lesson", kwargs={"school": school.slug, "lesson_id": lesson.pk})
        found.append(
            Announcement(recipient_id=lesson.student_id, kind=MessageKind.LESSON_MISSED_BY_STUDENT, values=told)
        )
    return found


def _teacher_was_late(
    school: School, locked: LockedLesson, incident: Incident, settlement: Settlement
) -> list[Announcement]:
    """The teacher reads what it costs, the student that it was recorded."""
    lesson, teacher, live = locked.lesson, locked.teacher, settlement.live[incident.pk]
    values = lesson_values(lesson=lesson, teacher=teacher, side=Side.TEACHER) | {
        "reference": incident.reference,
        "support_email": school.support_email,
        **other_penalties(settlement=settlement, incident=incident),
    }
    if live.currency is not None and live.penalty_minor:
        values["amount"] = Money(live.penalty_minor, live.currency)
    if live.paid:
        values |= pay_of(school, lesson)
    found = [Announcement(recipient_id=teacher.pk, kind=MessageKind.LESSON_LATE, values=values)]
    if lesson.student_id is not None:
        told = lesson_values(lesson=lesson, teacher=teacher, side=Side.STUDENT)
        told |= {"desk_email": school.desk_email, "desk_phone": school.desk_phone}
        found.append(Announcement(recipient_id=lesson.student_id, kind=MessageKind.LESSON_LATE_STUDENT, values=told))
    return found


def _teacher_missed(
    school: School,
    locked: LockedLesson,
    incident: Incident,
    settlement: Settlement,
    former: Incident | None,
    *,
    now: datetime,
) -> list[Announcement]:
    lesson, teacher = locked.lesson, locked.teacher
    values = lesson_values(lesson=lesson, teacher=teacher, side=Side.TEACHER) | {"reference": incident.reference}
    values |= {
        **replaced_by(former),
        **other_penalties(settlement=settlement, incident=incident, former=former),
        **what_follows(settlement, besides=ConsequenceKind.HOLD_SCHEDULE),
    }
    if _is_held(settlement, incident):
        values["link"] = reverse("teacher:session", kwargs={"school": school.slug, "lesson_id": lesson.pk})
    live = settlement.live[incident.pk]
    is_cut_short = incident.kind == Kind.CUT_SHORT
    # In a lesson that began, trouble reported in time costs nothing (D12), and there is no price to tell.
    if live.currency is not None and (live.penalty_minor or not is_cut_short):
        values["amount"] = Money(live.penalty_minor, live.currency)
    if incident.reported_at is not None:
        values["reported_at"] = incident.reported_at
    if is_cut_short:
        values |= {"minutes": incident.taught_minutes, "support_email": school.support_email}
    if "amount" in values or not is_cut_short:
        values |= _proof_by(school, teacher, incident, now)
    to_teacher = MessageKind.LESSON_CUT_SHORT if is_cut_short else MessageKind.LESSON_NEVER_REPORTED
    found = [Announcement(recipient_id=teacher.pk, kind=to_teacher, values=values)]
    if lesson.student_id is not None:
        contacts: dict[str, Value] = {"desk_email": school.desk_email, "desk_phone": school.desk_phone}
        told = lesson_values(lesson=lesson, teacher=teacher, side=Side.STUDENT) | contacts
        to_student = MessageKind.LESSON_CUT_SHORT_STUDENT if is_cut_short else MessageKind.LESSON_MISSED_BY_TEACHER
        found.append(Announcement(recipient_id=lesson.student_id, kind=to_student, values=told))
    return found


def _proof_by(school: School, teacher: Membership, incident: Incident, now: datetime) -> dict[str, Value]:
    """Until when proof is taken, and where; empty where that is over."""
    policy = get_timetable(school_id=school.pk).get_at(incident.lesson_starts_at).policy
    closes_at = find_deadlines(to_facts(incident), policy).general.closes_at
    if closes_at <= now:
        return {}
    reader = Reader.of(language=teacher.person.language, zone=teacher.person.zone)
    return {"deadline_at": last_minute_before(closes_at, reader), "support_email": school.support_email}


def _is_held(settlement: Settlement, incident: Incident) -> bool:
    """Whether the schedule is closed from now on until the teacher answers; not where they had answered already."""
    return any(
        one.kind == ConsequenceKind.HOLD_SCHEDULE and one.incident_id == incident.pk and one.ends_at is None
        for one in settlement.consequences.started
    )
