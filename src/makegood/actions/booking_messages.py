"""Who is told of a booking, and what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import Parties, tell_timeline
from makegood.actions.lesson_messages import lesson_values
from makegood.domain.lessons.booking import LessonState
from makegood.domain.lessons.marks import mark_of
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.notifications.kinds import MessageKind, Side
from makegood.domain.notifications.occurrences import occurrence_of
from makegood.domain.notifications.operations import Announcement, announce
from makegood.domain.people.models import Role
from makegood.domain.people.roster import list_with_role
from makegood.domain.policies.queries import NoPolicyInForce, get_timetable
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from makegood.rules.sentences import Value


def tell_of_booking(*, asked: BookingOrder, parties: Parties, booked: Sequence[Lesson], state: LessonState) -> None:
    """The event, then the messages: both sides of what is booked, the desk of what it has to approve."""
    if state.status == LessonStatus.BOOKED:
        event = tell_timeline(asked=asked, kind=EventKind.LESSON_BOOKED, lessons=booked)
        tell_both(asked=asked, event=event, parties=parties, lessons=booked)
        return
    assert state.held_until is not None
    until = state.held_until
    event = tell_timeline(asked=asked, kind=EventKind.LESSON_REQUESTED, lessons=booked, values={"until": until})
    tell_desk(
        asked=asked,
        event=event,
        parties=parties,
        lesson=booked[0],
        kind=MessageKind.BOOKING_REQUESTED,
        more={"answer_by": until, "link": link_to("desk/approvals", asked=asked)},
        together=booked,
    )


def tell_both(
    *, asked: BookingOrder, event: Event, parties: Parties, lessons: Sequence[Lesson], kind: MessageKind | None = None
) -> None:
    """Tell teacher and student of booked lessons: of one as such, of several as a series, or with another `kind`."""
    is_series = len(lessons) > 1
    kind = kind or (MessageKind.SERIES_BOOKED if is_series else MessageKind.LESSON_BOOKED)
    free: Mapping[str, Value] = {}
    if kind in {MessageKind.LESSON_BOOKED, MessageKind.SERIES_BOOKED}:
        free = _free_until(asked, lessons)
    announce(
        event=event,
        announcements=[
            Announcement(
                recipient_id=recipient_id,
                kind=kind,
                values={**_values(asked, parties, lessons[0], side), **(free if side is Side.STUDENT else {})},
                series=[occurrence_of(lesson) for lesson in lessons] if is_series else (),
            )
            for recipient_id, side in ((asked.teacher_id, Side.TEACHER), (asked.student_id, Side.STUDENT))
        ],
        now=asked.now,
    )


def tell_student(
    *,
    asked: BookingOrder,
    event: Event,
    parties: Parties,
    lesson: Lesson,
    kind: MessageKind,
    more: Mapping[str, Value],
    together: Sequence[Lesson] = (),
) -> None:
    """Tell the student alone; `together` as of `tell_desk`."""
    _tell(asked, event, parties, lesson, kind, [(asked.student_id, Side.STUDENT)], more, together=together)


def tell_teacher(
    *,
    asked: BookingOrder,
    event: Event,
    parties: Parties,
    lesson: Lesson,
    kind: MessageKind,
    more: Mapping[str, Value],
    together: Sequence[Lesson] = (),
) -> None:
    """Tell the teacher alone; `together` as of `tell_desk`."""
    _tell(asked, event, parties, lesson, kind, [(asked.teacher_id, Side.TEACHER)], more, together=together)


def tell_desk(
    *,
    asked: BookingOrder,
    event: Event,
    parties: Parties,
    lesson: Lesson,
    kind: MessageKind,
    more: Mapping[str, Value],
    together: Sequence[Lesson] = (),
) -> None:
    """Tell everybody at the desk; with all times where several lessons are answered `together`."""
    desk = [(member.pk, Side.DESK) for member in list_with_role(school_id=asked.school.pk, role=Role.DESK)]
    _tell(asked, event, parties, lesson, kind, desk, more, together=together)


def link_to(page: str, *, asked: BookingOrder) -> str:
    """The path of a page of the school, for a message: `desk/approvals`."""
    return f"/{asked.school.slug}/{page}/"


def _free_until(asked: BookingOrder, lessons: Sequence[Lesson]) -> Mapping[str, Value]:
    """Until when the student cancels or moves for nothing (D29); empty where no policy says it yet.

    Where that is over for every lesson, `was_free_until` is when it was for the last. Of a series `free_until` is the
    first lesson's where all are free equally long before their start, and `first_free_until` where they are not. Where
    it is over for the first, `later_free_until` is that of the one at `later_starts_at`.
    """
    timetable = get_timetable(school_id=asked.school.pk)
    try:
        minutes = [timetable.get_at(lesson.starts_at).policy.students.cancel_free_minutes for lesson in lessons]
    except NoPolicyInForce:
        return {}
    marks = [
        (lesson, mark_of(starts_at=lesson.starts_at, minutes=free))
        for lesson, free in zip(lessons, minutes, strict=True)
    ]
    found = next(((lesson, until) for lesson, until in marks if asked.now < until), None)
    if found is None:
        return {"was_free_until": marks[-1][1]}
    lesson, until = found
    if lesson is not lessons[0]:
        return {"later_starts_at": lesson.starts_at, "later_free_until": until}
    return {"free_until" if len(set(minutes)) == 1 else "first_free_until": until}


def _tell(
    asked: BookingOrder,
    event: Event,
    parties: Parties,
    lesson: Lesson,
    kind: MessageKind,
    told: Sequence[tuple[int, Side]],
    more: Mapping[str, Value],
    *,
    together: Sequence[Lesson] = (),
) -> None:
    announcements = [
        Announcement(
            recipient_id=recipient_id,
            kind=kind,
            values={**_values(asked, parties, lesson, side), **more},
            series=[occurrence_of(one) for one in together] if len(together) > 1 else (),
        )
        for recipient_id, side in told
    ]
    announce(event=event, announcements=announcements, now=asked.now)


def _values(asked: BookingOrder, parties: Parties, lesson: Lesson, side: Side) -> dict[str, Value]:
    lesson.student = parties.student
    values = lesson_values(lesson=lesson, teacher=parties.teacher, side=side)
    return values | ({"reason": asked.reason} if asked.reason else {})
