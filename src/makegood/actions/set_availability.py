"""A teacher, or the desk for one, says when single days differ from the default: a day, or all days of a week."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from makegood.actions.availability_changes import AvailabilityChanged, CalendarOrder, Written, change_availability
from makegood.domain.availability import expansion, operations, queries
from makegood.domain.availability.expansion import WallRange
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind


def set_availability(
    *,
    school: School,
    actor: Membership,
    teacher_id: int,
    days: Mapping[date, Sequence[WallRange] | None],
    reason: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
) -> AvailabilityChanged:
    """Let `days` of a teacher be open in these ranges (none: closed; None: as the default says).

    Days are of the teacher's zone, today or later. Only days that differ are written. Raises TeacherNotFound,
    ReasonNeeded, RangesUnusable, DayIsOver, DayTooFar, DifferentRequest.
    """
    asked = CalendarOrder(actor=actor, teacher_id=teacher_id, reason=reason, request_id=request_id, door=door, now=now)

    def write(teacher: Membership) -> Written:
        plan = queries.get_plan(
            school_id=school.pk,
            teacher_id=teacher.pk,
            zone=teacher.person.zone,
            from_on=min(days, default=now.date()),
            until_on=max(days, default=now.date()),
        )
        changed = operations.set_days(teacher=teacher, plan=plan, days=days, made=asked.made)
        told = ", ".join(day.isoformat() for day in changed)
        return Written(days=tuple(changed), kind=EventKind.AVAILABILITY_SET, values={"days": told})

    content = {
        day.isoformat(): None if ranges is None else expansion.ranges_as_rows(ranges) for day, ranges in days.items()
    }
    return change_availability(
        school=school, asked=asked, route="set_availability", content={"days": content}, write=write
    )
