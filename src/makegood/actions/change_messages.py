"""Who is told what when a lesson is cancelled at the student's wish, or moves. The texts are in the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from makegood.actions.lesson_locks import LockedLesson
from makegood.actions.lesson_messages import lesson_values
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.objections import make_token
from makegood.domain.lessons.models import Lesson, LessonMove, MoveRequest
from makegood.domain.notifications.kinds import MessageKind, Side
from makegood.domain.notifications.operations import Announcement, announce
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import list_with_role
from makegood.domain.schools.models import School
from makegood.domain.timeline.models import Event
from makegood.quantities import Money
from makegood.rules.sentences import Value


def tell_of_cancelling_for_student(
    *, event: Event, locked: LockedLesson, incident: Incident, asked_by: str, now: datetime
) -> None:
    """The student, with the link to object; the teacher, a receipt."""
    link = reverse("not_asked", kwargs={"token": make_token(incident)})
    told = [
        *_student(locked, MessageKind.LESSON_CANCELLED_FOR_STUDENT, {"asked_by": asked_by, "link": link}),
        *_teacher(locked, MessageKind.LESSON_CANCELLED_FOR_STUDENT_RECEIPT, {}),
    ]
    announce(event=event, announcements=told, now=now)


def tell_of_cancelling_by_desk(
    *,
    school: School,
    event: Event,
    locked: LockedLesson,
    is_used: bool,
    free_until: datetime,
    asked_by: str,
    reason: str = "",
    now: datetime,
) -> None:
    """The student what it cost, how they are said to have asked, and whom to ask; the teacher as otherwise.

    Both read the reason, where the page said so to whoever typed it.
    """
    why: dict[str, Value] = {"reason": reason} if reason else {}
    kind = MessageKind.LESSON_CANCELLED_BY_DESK_USED if is_used else MessageKind.LESSON_CANCELLED_BY_DESK_FREE
    values: dict[str, Value] = {"free_until": free_until, "asked_by": asked_by, "desk_email": school.desk_email}
    told = [
        *_student(locked, kind, values | why),
        *_told_teacher(locked, is_used=is_used, free_until=free_until, why=why),
    ]
    announce(event=event, announcements=told, now=now)


def tell_of_cancelling_for_school(
    *, school: School, event: Event, locked: LockedLesson, is_paid: bool, reason: str, now: datetime
) -> None:
    """The student, if there is one, that they have the lesson back, the teacher whether they are paid; both why."""
    said: dict[str, Value] = {"reason": reason, "desk_email": school.desk_email}
    kind = MessageKind.LESSON_CANCELLED_FOR_SCHOOL_UNPAID
    if is_paid:
        kind = MessageKind.LESSON_CANCELLED_FOR_SCHOOL_PAID
    told = [
        *_student(locked, MessageKind.LESSON_CANCELLED_FOR_SCHOOL, said),
        *_teacher(locked, kind, said | (_pay_of(locked.lesson) if is_paid else {})),
    ]
    announce(event=event, announcements=told, now=now)


def _pay_of(lesson: Lesson) -> dict[str, Value]:
    """What the teacher is paid for the lesson; empty where nobody said."""
    if lesson.pay_minor is None or lesson.currency is None:
        return {}
    return {"paid": Money(lesson.pay_minor, lesson.currency)}


def tell_of_cancelling_by_student(
    *, event: Event, locked: LockedLesson, is_used: bool, free_until: datetime, now: datetime
) -> None:
    """The student what it cost, the teacher that the session is off and whether it is paid."""
    kind = MessageKind.LESSON_CANCELLED_BY_STUDENT_USED if is_used else MessageKind.LESSON_CANCELLED_BY_STUDENT_FREE
    told = [
        *_student(locked, kind, {"free_until": free_until}),
        *_told_teacher(locked, is_used=is_used, free_until=free_until, why={}),
    ]
    announce(event=event, announcements=told, now=now)


def _told_teacher(
    locked: LockedLesson, *, is_used: bool, free_until: datetime, why: dict[str, Value]
) -> Sequence[Announcement]:
    """That the session is off at the student's wish, and whether it is paid."""
    paid: dict[str, Value] = {"free_until": free_until, **_pay_of(locked.lesson)} if is_used else {}
    return list(_teacher(locked, MessageKind.LESSON_CANCELLED_BY_STUDENT_TEACHER, paid | why))


def tell_of_undoing(*, event: Event, locked: LockedLesson, now: datetime) -> None:
    """Both hear that the lesson takes place after all."""
    kind = MessageKind.CANCELLATION_UNDONE
    announce(event=event, announcements=[*_student(locked, kind, {}), *_teacher(locked, kind, {})], now=now)


def tell_of_objection(
    *, school: School, event: Event, lesson: Lesson, teacher: Membership, note: str, asked_by: str, now: datetime
) -> None:
    """The desk hears that the student did not ask."""
    values = lesson_values(lesson=lesson, teacher=teacher, side=Side.DESK) | {"note": note, "asked_by": asked_by}
    told = {name: value for name, value in values.items() if value != ""}
    desk = list_with_role(school_id=school.pk, role=Role.DESK)
    announcements = [Announcement(recipient_id=member.pk, kind=MessageKind.NOT_ASKED, values=told) for member in desk]
    announce(event=event, announcements=announcements, now=now)


def tell_of_objection_to_move(
    *, event: Event, lesson: Lesson, teacher: Membership, move: LessonMove, note: str, now: datetime
) -> None:
    """The desk hears that the student did not ask for a move that it made, or did not agree."""
    values = lesson_values(lesson=lesson, teacher=teacher, side=Side.DESK) | {"former_starts_at": move.from_starts_at}
    told = values | ({"note": note} if note else {})
    desk = list_with_role(school_id=lesson.school_id, role=Role.DESK)
    kind = MessageKind.MOVE_NOT_AGREED
    announcements = [Announcement(recipient_id=member.pk, kind=kind, values=told) for member in desk]
    announce(event=event, announcements=announcements, now=now)


def tell_of_moving(
    *, event: Event, locked: LockedLesson, former_starts_at: datetime, reason: str, now: datetime
) -> None:
    """Both hear the new time."""
    values: dict[str, Value] = {"former_starts_at": former_starts_at}
    if reason:
        values["reason"] = reason
    kind = MessageKind.LESSON_MOVED
    announce(event=event, announcements=[*_student(locked, kind, values), *_teacher(locked, kind, values)], now=now)


def tell_of_asking(*, school: School, event: Event, locked: LockedLesson, asked: MoveRequest, now: datetime) -> None:
    """The student is asked, with the way to answer."""
    link = reverse("student:answer_move", kwargs={"school": school.slug, "move_request_id": asked.pk})
    values: dict[str, Value] = {
        "former_starts_at": locked.lesson.starts_at,
        "starts_at": asked.to_starts_at,
        "ends_at": asked.to_ends_at,
        "answer_by": asked.expires_at,
        "link": link,
        "reason": asked.reason,
    }
    announce(event=event, announcements=_student(locked, MessageKind.MOVE_ASKED, values), now=now)


def tell_of_agreeing(
    *, event: Event, locked: LockedLesson, former_starts_at: datetime, penalty: Money | None, now: datetime
) -> None:
    """The teacher hears that the student agreed and what it costs, the student where the lesson is now."""
    values: dict[str, Value] = {"former_starts_at": former_starts_at}
    told = [
        *_teacher(locked, MessageKind.MOVE_AGREED, values if penalty is None else {**values, "penalty": penalty}),
        *_student(locked, MessageKind.LESSON_MOVED, values),
    ]
    announce(event=event, announcements=told, now=now)


def tell_of_refusing(*, event: Event, locked: LockedLesson, reason: str, now: datetime) -> None:
    """The teacher hears that the session stays where it is."""
    values: dict[str, Value] = {"reason": reason} if reason else {}
    announce(event=event, announcements=_teacher(locked, MessageKind.MOVE_REFUSED, values), now=now)


def tell_of_changed_price(
    *, school: School, event: Event, locked: LockedLesson, starts_at: datetime, now: datetime
) -> None:
    """The teacher hears that nothing moved and can ask again at the new price."""
    link = reverse("teacher:move_session", kwargs={"school": school.slug, "lesson_id": locked.lesson.pk})
    values: dict[str, Value] = {"wanted_starts_at": starts_at, "link": link}
    announce(event=event, announcements=_teacher(locked, MessageKind.MOVE_PRICE_CHANGED, values), now=now)


def tell_desk_of_taking_back(*, event: Event, locked: LockedLesson, kept: Lesson, now: datetime) -> None:
    """The desk hears that there is nothing to approve about the time that was kept."""
    _tell_desk(event, locked, kept, MessageKind.BOOKING_WITHDRAWN, {}, now)


def tell_desk_of_being_off(*, event: Event, locked: LockedLesson, kept: Lesson, now: datetime) -> None:
    """The desk hears that the lesson does not take place that was to move to the time that was kept."""
    values: dict[str, Value] = {"former_starts_at": locked.lesson.starts_at}
    _tell_desk(event, locked, kept, MessageKind.MOVE_OFF_DESK, values, now)


def tell_of_lapse_at_school(*, event: Event, locked: LockedLesson, kept: Lesson, now: datetime) -> None:
    """The student hears that the school gave no answer and the lesson stays; the teacher never heard of it."""
    assert locked.student is not None, "a student asked"
    kept.student = locked.student
    values = lesson_values(lesson=kept, teacher=locked.teacher, side=Side.STUDENT)
    values["former_starts_at"] = locked.lesson.starts_at
    told = [Announcement(recipient_id=locked.student.pk, kind=MessageKind.BOOKING_EXPIRED, values=values)]
    announce(event=event, announcements=told, now=now)


def tell_of_lapse(*, event: Event, locked: LockedLesson, now: datetime) -> None:
    """Both hear that the lesson stays where it is."""
    kind = MessageKind.MOVE_EXPIRED
    announce(event=event, announcements=[*_student(locked, kind, {}), *_teacher(locked, kind, {})], now=now)


def tell_of_taking_back(*, event: Event, locked: LockedLesson, now: datetime) -> None:
    """The student hears that the lesson stays where it is."""
    announce(event=event, announcements=_student(locked, MessageKind.MOVE_EXPIRED, {}), now=now)


def _tell_desk(
    event: Event, locked: LockedLesson, kept: Lesson, kind: MessageKind, more: dict[str, Value], now: datetime
) -> None:
    kept.student = locked.student
    values = lesson_values(lesson=kept, teacher=locked.teacher, side=Side.DESK) | more
    desk = list_with_role(school_id=kept.school_id, role=Role.DESK)
    told = [Announcement(recipient_id=member.pk, kind=kind, values=values) for member in desk]
    announce(event=event, announcements=told, now=now)


def _student(locked: LockedLesson, kind: MessageKind, more: dict[str, Value]) -> list[Announcement]:
    if locked.student is None:
        return []
    values = lesson_values(lesson=locked.lesson, teacher=locked.teacher, side=Side.STUDENT) | more
    return [Announcement(recipient_id=locked.student.pk, kind=kind, values=values)]


def _teacher(locked: LockedLesson, kind: MessageKind, more: dict[str, Value]) -> list[Announcement]:
    """Also of an imported lesson without a student, whose title says whom it was with."""
    values = lesson_values(lesson=locked.lesson, teacher=locked.teacher, side=Side.TEACHER) | more
    return [Announcement(recipient_id=locked.teacher.pk, kind=kind, values=values)]
