"""A teacher, or the desk for one, says how the usual week looks from a day on."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from makegood.actions.availability_changes import AvailabilityChanged, CalendarOrder, Written, change_availability
from makegood.domain.availability import expansion, operations, plans, queries
from makegood.domain.availability.expansion import WallRange
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind


def set_default_availability(
    *,
    school: School,
    actor: Membership,
    teacher_id: int,
    weekly: Mapping[int, Sequence[WallRange]],
    from_on: date,
    reason: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
) -> AvailabilityChanged:
    """Let every week from `from_on` (a day of the teacher's zone) look like `weekly`; Monday is 0.

    Days that were set singly keep what was set. `days` of the answer are the first day of each weekday that differs
    now; where none does, nothing is written. Raises TeacherNotFound, ReasonNeeded, RangesUnusable, DayIsOver,
    DayTooFar, DifferentRequest.
    """
    asked = CalendarOrder(actor=actor, teacher_id=teacher_id, reason=reason, request_id=request_id, door=door, now=now)

    def write(teacher: Membership) -> Written:
        plan = queries.get_plan(
            school_id=school.pk, teacher_id=teacher.pk, zone=teacher.person.zone, from_on=from_on, until_on=from_on
        )
        changed = operations.set_default(teacher=teacher, plan=plan, weekly=weekly, from_on=from_on, made=asked.made)
        first_days = sorted(from_on + (weekday - from_on.weekday()) % 7 * plans.DAY for weekday in changed)
        return Written(
            days=tuple(first_days), kind=EventKind.DEFAULT_AVAILABILITY_SET, values={"from_on": from_on.isoformat()}
        )

    return change_availability(
        school=school,
        asked=asked,
        route="set_default_availability",
        content={"weekly": expansion.weekly_as_rows(weekly), "from_on": from_on.isoformat()},
        write=write,
    )
