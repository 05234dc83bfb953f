"""The owner opens a holiday again."""

from __future__ import annotations

import uuid
from datetime import datetime

from makegood.actions.school_calendar_changes import SchoolWide, change_school_calendar
from makegood.domain.availability import operations
from makegood.domain.availability.operations import Made
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind


def end_holiday(
    *, school: School, actor: Membership, holiday_id: int, request_id: uuid.UUID, door: Door, now: datetime
) -> None:
    """Let the day be a day like others again. A second call changes nothing.

    Raises NotTheOwner, HolidayNotFound, DifferentRequest.
    """

    def write(made: Made) -> SchoolWide:
        before = operations.get_holiday(school_id=school.pk, holiday_id=holiday_id)
        if before.ended_at is not None:
            return SchoolWide(kind=None, values={}, answer={})
        operations.end_holiday(school_id=school.pk, holiday_id=holiday_id, ended_by_id=made.by_id, now=made.at)
        values = {"day": before.day_on.isoformat(), "name": before.name}
        return SchoolWide(kind=EventKind.HOLIDAY_ENDED, values=values, answer={})

    change_school_calendar(
        school=school,
        actor=actor,
        route="end_holiday",
        content={"holiday": holiday_id},
        request_id=request_id,
        door=door,
        now=now,
        write=write,
    )
