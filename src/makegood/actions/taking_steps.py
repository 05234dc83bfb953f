"""What every booking of one lesson has in common: taking a free time, the credits, the answer. Shared by the verbs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from makegood.actions import booking_messages
from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import (
    UNDO_WITHIN,
    Parties,
    in_one_booking,
    make_lesson_terms,
    refuse_unless_bookable,
    state_of_booking,
    use_credits,
)
from makegood.actions.desk_lessons import refuse_own_leave, refuse_own_student
from makegood.domain.incidents.queries import find_live_of_lesson
from makegood.domain.lessons import booking, other_times
from makegood.domain.lessons.booking import LessonState
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.lessons.time_checks import Leave
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.kinds import EventKind
from makegood.rules.sentences import Value
from makegood.rules.storing import values_to_json

ROUTE: Final = "book_lesson"


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonBooked:
    """`status` is booked, or requested where the school approves first; it can be undone until `undo_until`."""

    lesson_id: int
    starts_at: datetime
    status: LessonStatus
    undo_until: datetime
    is_replay: bool = False


def book_free_time(
    *,
    asked: BookingOrder,
    starts_at: datetime,
    minutes: int,
    lesson_type: str,
    leave: Leave | None = None,
    instead_of: int | None = None,
) -> LessonBooked:
    """Book for whoever `asked` names, with this `leave`, as one `in_one_booking`. Raises as `book_lesson`.

    `leave` is the desk's to give. `instead_of` is a lesson that is off, whose other time this is. Raises OwnStudent,
    OwnExceptions, NeedsNoOtherTime.
    """

    def work(parties: Parties) -> dict[str, Any]:
        if leave is not None:
            refuse_own_student(parties=parties, actor=asked.actor)
            refuse_own_leave(parties=parties, actor=asked.actor, leave=leave)
        off = None if instead_of is None else _read_off(asked, instead_of)
        terms = make_lesson_terms(asked=asked, rules=parties.rules, lesson_type=lesson_type, minutes=minutes)
        refuse_unless_bookable(asked=asked, parties=parties, terms=terms, starts_at=starts_at, leave=leave)
        state = state_of_booking(asked=asked, rules=parties.rules, first_at=starts_at)
        (lesson,) = booking.take(school_id=asked.school.pk, terms=terms, starts=[starts_at], state=state)
        answer = finish(asked, parties, lesson, state)
        if off is not None:
            tell_of_other_time(asked=asked, off=off, booked=lesson)
        return answer

    content = {
        "teacher": asked.teacher_id,
        "student": asked.student_id,
        "starts_at": starts_at.isoformat(),
        "minutes": minutes,
        "lesson_type": lesson_type,
        "reason": asked.reason,
        "leave": [leave.any_time, leave.any_notice, leave.on_holidays] if leave else [],
        "instead_of": instead_of,
    }
    answer, is_replay = in_one_booking(asked=asked, route=ROUTE, content=content, work=work)
    return read_booked(answer, is_replay=is_replay)


def finish(asked: BookingOrder, parties: Parties, lesson: Lesson, state: LessonState) -> dict[str, Any]:
    """Use the credits of a lesson whose time was taken, tell of it, and make the answer. Raises NotEnoughCredits."""
    use_credits(asked=asked, lessons=[lesson])
    booking_messages.tell_of_booking(asked=asked, parties=parties, booked=[lesson], state=state)
    return {
        "lesson_id": lesson.pk,
        "starts_at": lesson.starts_at.isoformat(),
        "status": state.status.value,
        "undo_until": (asked.now + UNDO_WITHIN).isoformat(),
    }


def _read_off(asked: BookingOrder, lesson_id: int) -> Lesson:
    """The lesson that is off, under the student's lock, or two at the desk would book two. Raises NeedsNoOtherTime."""
    found = find_lesson(school_id=asked.school.pk, lesson_id=lesson_id)
    return other_times.refuse_unless_needed(lesson=found, student_id=asked.student_id)


def tell_of_other_time(*, asked: BookingOrder, off: Lesson, booked: Lesson) -> None:
    """Put on the record of the lesson that is off which one was booked in its place."""
    incident = find_live_of_lesson(school_id=asked.school.pk, lesson_id=off.pk)
    values: dict[str, Value] = {"starts_at": booked.starts_at, "lesson": booked.pk}
    timeline.record(
        school_id=asked.school.pk,
        kind=EventKind.OTHER_TIME_BOOKED,
        at=asked.now,
        door=asked.door,
        actor_id=asked.actor.person_id,
        on_behalf_of_id=asked.on_behalf_of_id,
        reason=asked.reason,
        lesson_id=off.pk,
        incident_id=incident.pk if incident is not None else None,
        values=values_to_json(values),
    )


def read_booked(answer: Mapping[str, Any], *, is_replay: bool) -> LessonBooked:
    """What an answer that was kept says."""
    return LessonBooked(
        lesson_id=answer["lesson_id"],
        starts_at=datetime.fromisoformat(answer["starts_at"]),
        status=LessonStatus(answer["status"]),
        undo_until=datetime.fromisoformat(answer["undo_until"]),
        is_replay=is_replay,
    )
