"""Who is told what when an answer is undone: whoever was told of the answer. The texts are in the catalogue."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from makegood.actions import booking_messages
from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import Parties
from makegood.actions.lesson_locks import LockedLesson
from makegood.actions.lesson_messages import lesson_values
from makegood.domain.lessons.models import Lesson, MoveRequest, WaitsFor
from makegood.domain.notifications.kinds import MessageKind, Side
from makegood.domain.notifications.operations import Announcement, announce
from makegood.domain.timeline.models import Event
from makegood.quantities import Money
from makegood.rules.sentences import Value


def tell_of_answer(
    *,
    asked: BookingOrder,
    event: Event,
    parties: Parties,
    former: Sequence[Lesson],
    again: Sequence[Lesson],
    was_approved: bool,
) -> None:
    """Both of what is booked no more, or proposed again; the student alone of what the school looks at again.

    What was booked leaves the calendars by its own number: `former`, after it was released.
    """
    until = again[0].held_until
    assert until is not None, "what waits lapses"
    more: dict[str, Value] = {"answer_by": until}
    kind, to_teacher, told = MessageKind.REQUEST_OPEN_AGAIN, None, again
    if was_approved:
        kind, to_teacher, told = MessageKind.APPROVAL_UNDONE, MessageKind.APPROVAL_UNDONE, former
    elif again[0].waits_for == WaitsFor.STUDENT:
        kind, to_teacher = MessageKind.PROPOSAL_OPEN_AGAIN, MessageKind.PROPOSAL_OPEN_AGAIN_TEACHER
        more["link"] = booking_messages.link_to("book/proposals", asked=asked)
    first = told[0]
    booking_messages.tell_student(
        asked=asked, event=event, parties=parties, lesson=first, kind=kind, more=more, together=told
    )
    if to_teacher is not None:
        only: dict[str, Value] = {"answer_by": until}
        booking_messages.tell_teacher(
            asked=asked, event=event, parties=parties, lesson=first, kind=to_teacher, more=only, together=told
        )


def tell_of_refusal(*, asked: BookingOrder, event: Event, locked: LockedLesson, again: MoveRequest) -> None:
    """The lesson stays, and the other time waits again: both where the teacher asked, the student of the school's."""
    until: dict[str, Value] = {"answer_by": again.expires_at}
    if again.waits_for is WaitsFor.SCHOOL:
        kept = again.hold
        kept.student = locked.student
        values = lesson_values(lesson=kept, teacher=locked.teacher, side=Side.STUDENT)
        values |= {**until, "former_starts_at": again.from_starts_at}
        told = [Announcement(recipient_id=asked.student_id, kind=MessageKind.REQUEST_OPEN_AGAIN, values=values)]
    else:
        wanted = {**until, "wanted_starts_at": again.to_starts_at}
        told = [
            _to_student(asked, locked, MessageKind.MOVE_OPEN_AGAIN, {**wanted, "link": _link_to_answer(asked, again)}),
            _to_teacher(asked, locked, MessageKind.MOVE_OPEN_AGAIN_TEACHER, wanted),
        ]
    announce(event=event, announcements=told, now=asked.now)


def tell_of_move(
    *, asked: BookingOrder, event: Event, locked: LockedLesson, again: MoveRequest, penalty: Money | None
) -> None:
    """Both hear that the lesson is back where it was, and the teacher that what moving it cost is taken back."""
    values: dict[str, Value] = {"former_starts_at": again.to_starts_at, "answer_by": again.expires_at}
    to_student: dict[str, Value] = {}
    if again.waits_for is WaitsFor.STUDENT:
        to_student["link"] = _link_to_answer(asked, again)
    to_teacher: dict[str, Value] = {} if penalty is None else {"penalty": penalty}
    told = [
        _to_student(asked, locked, MessageKind.MOVE_UNDONE, {**values, **to_student}),
        _to_teacher(asked, locked, MessageKind.MOVE_UNDONE_TEACHER, {**values, **to_teacher}),
    ]
    announce(event=event, announcements=told, now=asked.now)


def _to_student(asked: BookingOrder, locked: LockedLesson, kind: MessageKind, more: dict[str, Value]) -> Announcement:
    values = lesson_values(lesson=locked.lesson, teacher=locked.teacher, side=Side.STUDENT) | more
    return Announcement(recipient_id=asked.student_id, kind=kind, values=values)


def _to_teacher(asked: BookingOrder, locked: LockedLesson, kind: MessageKind, more: dict[str, Value]) -> Announcement:
    values = lesson_values(lesson=locked.lesson, teacher=locked.teacher, side=Side.TEACHER) | more
    return Announcement(recipient_id=asked.teacher_id, kind=kind, values=values)


def _link_to_answer(asked: BookingOrder, again: MoveRequest) -> str:
    return reverse("student:answer_move", kwargs={"school": asked.school.slug, "move_request_id": again.pk})
