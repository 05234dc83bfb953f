"""Who is told what when the desk moves a lesson for somebody. The texts are in the catalogue."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.urls import reverse

from makegood.actions import booking_messages, change_messages
from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import Parties
from makegood.actions.lesson_locks import LockedLesson
from makegood.actions.lesson_messages import lesson_values
from makegood.actions.messages import other_penalties, what_follows
from makegood.actions.moving_steps import UsedAndBooked
from makegood.actions.settlement import Settlement
from makegood.domain.incidents.models import Incident
from makegood.domain.lessons.models import LessonMove
from makegood.domain.lessons.move_objections import make_token
from makegood.domain.notifications.kinds import MessageKind, Side
from makegood.domain.notifications.operations import Announcement, announce
from makegood.domain.schools.models import School
from makegood.domain.timeline.models import Event
from makegood.quantities import Money
from makegood.rules.facts import RequestedBy
from makegood.rules.sentences import Value

_TO_STUDENT: Final = {
    RequestedBy.STUDENT: MessageKind.LESSON_MOVED_FOR_STUDENT,
    RequestedBy.TEACHER: MessageKind.LESSON_MOVED_FOR_TEACHER,
    RequestedBy.COMPANY: MessageKind.LESSON_MOVED_FOR_SCHOOL,
}


def tell_of_moving_by_desk(
    *, event: Event, locked: LockedLesson, made: LessonMove, asked_by: str, now: datetime
) -> None:
    """The student, with the link to say that they did not ask or agree; the teacher, unless it was at their wish."""
    assert locked.student is not None, "nothing moves without the student's word"
    link = reverse("not_agreed", kwargs={"token": make_token(made)})
    said = _said(made)
    kind = _TO_STUDENT[RequestedBy(made.requested_by)]
    values = lesson_values(lesson=locked.lesson, teacher=locked.teacher, side=Side.STUDENT) | said
    told = [
        Announcement(recipient_id=locked.student.pk, kind=kind, values=values | {"asked_by": asked_by, "link": link})
    ]
    if made.requested_by != RequestedBy.TEACHER:
        values = lesson_values(lesson=locked.lesson, teacher=locked.teacher, side=Side.TEACHER) | said
        told.append(Announcement(recipient_id=locked.teacher.pk, kind=MessageKind.LESSON_MOVED, values=values))
    announce(event=event, announcements=told, now=now)


def tell_teacher_of_price(
    *,
    school: School,
    event: Event,
    locked: LockedLesson,
    made: LessonMove,
    incident: Incident,
    penalty: Money | None,
    settlement: Settlement,
    asked_by: str,
    now: datetime,
) -> None:
    """The teacher at whose wish it moved: what it costs, what follows, and whom to ask if it was not their wish."""
    values: dict[str, Value] = {
        **lesson_values(lesson=locked.lesson, teacher=locked.teacher, side=Side.TEACHER),
        **_said(made),
        **other_penalties(settlement=settlement, incident=incident),
        **what_follows(settlement),
        "asked_by": asked_by,
        "reference": incident.reference,
        "desk_email": school.desk_email,
    }
    if penalty is not None:
        values["penalty"] = penalty
    kind = MessageKind.LESSON_MOVED_FOR_TEACHER_RECEIPT
    announce(
        event=event, announcements=[Announcement(recipient_id=locked.teacher.pk, kind=kind, values=values)], now=now
    )


def tell_of_using_by_desk(
    *, asked: BookingOrder, parties: Parties, locked: LockedLesson, done: UsedAndBooked, asked_by: str
) -> None:
    """Both of the lesson that is used, the student with whom to ask if they did not want it, and of the other one."""
    change_messages.tell_of_cancelling_by_desk(
        school=asked.school,
        event=done.cancelled,
        locked=locked,
        is_used=done.is_paid,
        free_until=done.free_until,
        asked_by=asked_by,
        reason=asked.reason,
        now=asked.now,
    )
    booking_messages.tell_both(asked=asked, event=done.booked, parties=parties, lessons=[done.another])


def tell_of_undoing_by_desk(*, event: Event, locked: LockedLesson, former_starts_at: datetime, now: datetime) -> None:
    """Both hear that the lesson is where it was, and that nothing counts for it."""
    assert locked.student is not None, "a lesson that moved has a student"
    told = [
        Announcement(
            recipient_id=member.pk,
            kind=MessageKind.MOVE_UNDONE_BY_DESK,
            values=lesson_values(lesson=locked.lesson, teacher=locked.teacher, side=side)
            | {"former_starts_at": former_starts_at},
        )
        for member, side in ((locked.student, Side.STUDENT), (locked.teacher, Side.TEACHER))
    ]
    announce(event=event, announcements=told, now=now)


def _said(made: LessonMove) -> dict[str, Value]:
    return {"former_starts_at": made.from_starts_at, "reason": made.reason}
