"""A teacher proposes weekly lessons to a student they know; the student confirms or declines them whole."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from makegood.actions import booking_messages
from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import Parties, StudentNotFound, in_one_booking, tell_timeline, waiting
from makegood.actions.reasons import check_reason
from makegood.actions.series_steps import SeriesPreview, SeriesWish, check_weeks, preview_weeks, take_weeks
from makegood.actions.transactions import in_one_transaction
from makegood.domain.lessons.models import WaitsFor
from makegood.domain.lessons.queries import have_met
from makegood.domain.lessons.time_checks import Leave
from makegood.domain.notifications.kinds import MessageKind
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind

ROUTE: Final = "propose_series"
# A teacher's own time is theirs to give, also outside their open times.
_LEAVE: Final = Leave(any_time=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesProposed:
    """The times, by start, are kept for the student until `answer_by`; `left_out` counts the weeks without one."""

    series_id: int
    lesson_ids: tuple[int, ...]
    left_out: int
    answer_by: datetime
    is_replay: bool = False


def preview_proposed_series(
    *, school: School, actor: Membership, student_id: int, wish: SeriesWish, door: Door, now: datetime
) -> SeriesPreview:
    """Every week for the teacher who would propose them, nothing locked or written. Raises as `propose_series`."""
    asked = _asked(school, actor, student_id, "", uuid.UUID(int=0), door, now)

    def work() -> SeriesPreview:
        if not have_met(school_id=school.pk, teacher_id=actor.pk, student_id=student_id):
            raise StudentNotFound
        return preview_weeks(asked=asked, wish=wish, leave=_LEAVE)

    return in_one_transaction(school.pk, work)


def propose_series(
    *,
    school: School,
    actor: Membership,
    student_id: int,
    wish: SeriesWish,
    note: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
) -> SeriesProposed:
    """Keep weekly times of the teacher who asks for one of their students, on the student's wall clock, and ask once.

    In one transaction, in the order of `in_one_booking`: every week that is not left out is kept, or none. They wait
    together, as a single proposal does, and lesson credits are used when the student accepts. Raises as `book_series`,
    and StudentNotFound for a student they never had.
    """
    asked = _asked(school, actor, student_id, check_reason(note, is_needed=False), request_id, door, now)

    def work(parties: Parties) -> dict[str, Any]:
        if not have_met(school_id=school.pk, teacher_id=actor.pk, student_id=student_id):
            raise StudentNotFound
        weeks = check_weeks(asked=asked, parties=parties, wish=wish, leave=_LEAVE)
        state = waiting(asked=asked, waits_for=WaitsFor.STUDENT, first_at=weeks.first_at)
        series, lessons = take_weeks(asked=asked, weeks=weeks, state=state)
        assert state.held_until is not None
        until = state.held_until
        event = tell_timeline(asked=asked, kind=EventKind.LESSON_PROPOSED, lessons=lessons, values={"until": until})
        booking_messages.tell_student(
            asked=asked,
            event=event,
            parties=parties,
            lesson=lessons[0],
            kind=MessageKind.SERIES_PROPOSED if len(lessons) > 1 else MessageKind.BOOKING_PROPOSED,
            more={"answer_by": until, "link": booking_messages.link_to("book/proposals", asked=asked)},
            together=lessons,
        )
        return {
            "series_id": series.pk,
            "lesson_ids": [lesson.pk for lesson in lessons],
            "left_out": len(weeks.dates) - len(weeks.wanted),
            "answer_by": until.isoformat(),
        }

    content = {"student": student_id, "note": asked.reason, **wish.to_json()}
    answer, is_replay = in_one_booking(asked=asked, route=ROUTE, content=content, work=work)
    return SeriesProposed(
        series_id=answer["series_id"],
        lesson_ids=tuple(answer["lesson_ids"]),
        left_out=answer["left_out"],
        answer_by=datetime.fromisoformat(answer["answer_by"]),
        is_replay=is_replay,
    )


def _asked(
    school: School,
    actor: Membership,
    student_id: int,
    note: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
) -> BookingOrder:
    return BookingOrder(
        school=school,
        actor=actor,
        teacher_id=actor.pk,
        student_id=student_id,
        request_id=request_id,
        door=door,
        now=now,
        reason=note,
    )
