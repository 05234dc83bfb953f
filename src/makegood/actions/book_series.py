"""A student books weekly lessons: each week that is wanted is checked; unless all of them can be booked, none is."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Final

from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import Parties, in_one_booking
from makegood.actions.series_steps import (
    SeriesBooked,
    SeriesPreview,
    SeriesWish,
    book_weeks,
    check_weeks,
    preview_weeks,
    read_series_booked,
)
from makegood.actions.transactions import in_one_transaction
from makegood.domain.lessons import booking, releasing
from makegood.domain.lessons.models import ReleaseReason
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door

ROUTE: Final = "book_series"


def preview_series(
    *, school: School, actor: Membership, teacher_id: int, wish: SeriesWish, door: Door, now: datetime
) -> SeriesPreview:
    """Every week of the series for the student who asks, nothing locked or written. Raises as `book_series`."""
    asked = _asked(school, actor, teacher_id, uuid.UUID(int=0), door, now)
    return in_one_transaction(school.pk, lambda: preview_weeks(asked=asked, wish=wish))


def book_series(
    *,
    school: School,
    actor: Membership,
    teacher_id: int,
    wish: SeriesWish,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
) -> SeriesBooked:
    """Book weekly lessons for the student who asks, on the wall clock of the student's zone.

    In one transaction, in the order of `in_one_booking`. Either every week that is not left out is booked, or none.
    Raises SeriesHasProblems with every week when one of them cannot be booked, SeriesUnusable, FirstLessonHad,
    NotEnoughCredits, TypeNotOffered, LengthNotOffered, TeacherNotFound, StudentNotFound, DifferentRequest.
    """
    asked = _asked(school, actor, teacher_id, request_id, door, now)

    def work(parties: Parties) -> dict[str, Any]:
        _let_holds_go(asked)
        weeks = check_weeks(asked=asked, parties=parties, wish=wish)
        return book_weeks(asked=asked, parties=parties, weeks=weeks)

    content = {"teacher": teacher_id, **wish.to_json()}
    answer, is_replay = in_one_booking(asked=asked, route=ROUTE, content=content, work=work)
    return read_series_booked(answer, is_replay=is_replay)


def _let_holds_go(asked: BookingOrder) -> None:
    """What the student holds with this teacher would stand in the way of the series."""
    holds = booking.list_holds(school_id=asked.school.pk, student_id=asked.student_id)
    own = [one for one in holds if one.teacher_id == asked.teacher_id]
    if own:
        releasing.release(
            lessons=own,
            why=ReleaseReason.LET_GO,
            released_by_id=asked.actor.person_id,
            door=asked.door,
            now=asked.now,
        )


def _asked(
    school: School, actor: Membership, teacher_id: int, request_id: uuid.UUID, door: Door, now: datetime
) -> BookingOrder:
    return BookingOrder(
        school=school,
        actor=actor,
        teacher_id=teacher_id,
        student_id=actor.pk,
        request_id=request_id,
        door=door,
        now=now,
    )
