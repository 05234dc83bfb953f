"""The owner closes a day for everybody."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError

from makegood.actions.school_calendar_changes import SchoolWide, change_school_calendar
from makegood.domain.availability import operations, plans
from makegood.domain.availability.operations import HolidayTaken, Made
from makegood.domain.lessons.blocking import list_open_between
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidayAdded:
    """The holiday, and the booked lessons that lie on it; these were not touched."""

    holiday_id: int
    outside_lesson_ids: tuple[int, ...]


def add_holiday(
    *, school: School, actor: Membership, day_on: date, name: str, request_id: uuid.UUID, door: Door, now: datetime
) -> HolidayAdded:
    """Make `day_on`, a day of the school's zone, a holiday: nobody can be booked on it from now on.

    Raises NotTheOwner, HolidayUnnamed, DayIsOver, DayTooFar, HolidayTaken, DifferentRequest.
    """

    def write(made: Made) -> SchoolWide:
        holiday = operations.add_holiday(school=school, day_on=day_on, name=name, made=made)
        (day,) = plans.closed_days(days=[day_on], zone=school.zone)
        booked = list_open_between(school_id=school.pk, from_at=day.start, until_at=day.end)
        return SchoolWide(
            kind=EventKind.HOLIDAY_ADDED,
            values={"day": day_on.isoformat(), "name": holiday.name},
            answer={"holiday": holiday.pk, "outside": [lesson.pk for lesson in booked]},
        )

    try:
        answer = change_school_calendar(
            school=school,
            actor=actor,
            route="add_holiday",
            content={"day": day_on.isoformat(), "name": name},
            request_id=request_id,
            door=door,
            now=now,
            write=write,
        )
    except IntegrityError as error:
        # Two owners named the same day in the same moment.
        if "one_live_holiday_per_day" in str(error):
            raise HolidayTaken(day=day_on.isoformat(), name=name) from error
        raise
    return HolidayAdded(holiday_id=answer["holiday"], outside_lesson_ids=tuple(answer["outside"]))
