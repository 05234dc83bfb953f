"""A teacher, or the desk for one, lets later weeks look like one week."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.utils.translation import gettext_noop

from makegood.actions.availability_changes import AvailabilityChanged, CalendarOrder, Written, change_availability
from makegood.domain.availability import operations, plans, queries
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.refusal import Refusal

MOST_WEEKS: Final = 12


class WeeksUnusable(Refusal):
    """A week is copied to weeks, at most some of them, and not onto itself."""

    code = "availability_weeks_unusable"
    sentence = gettext_noop("Choose between 1 and {most} other weeks, each by its Monday. Nothing was copied.")


def copy_availability_week(
    *,
    school: School,
    actor: Membership,
    teacher_id: int,
    monday_on: date,
    to_mondays: Sequence[date],
    reason: str,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
) -> AvailabilityChanged:
    """Let the weeks of `to_mondays` be open as the week of `monday_on` is, wall time for wall time.

    Raises WeeksUnusable, TeacherNotFound, ReasonNeeded, DayIsOver, DayTooFar, DifferentRequest.
    """
    asked = CalendarOrder(actor=actor, teacher_id=teacher_id, reason=reason, request_id=request_id, door=door, now=now)
    mondays = [monday_on, *to_mondays]
    if not 0 < len(to_mondays) <= MOST_WEEKS or any(day.weekday() for day in mondays) or monday_on in to_mondays:
        raise WeeksUnusable(most=MOST_WEEKS)

    def write(teacher: Membership) -> Written:
        plan = queries.get_plan(
            school_id=school.pk,
            teacher_id=teacher.pk,
            zone=teacher.person.zone,
            from_on=min(mondays),
            until_on=max(mondays) + timedelta(days=6),
        )
        days = {
            monday + offset * plans.DAY: plan.get_day(monday_on + offset * plans.DAY).ranges
            for monday in to_mondays
            for offset in plans.DAYS_OF_WEEK
        }
        changed = operations.set_days(teacher=teacher, plan=plan, days=days, made=asked.made)
        told = ", ".join(day.isoformat() for day in changed)
        return Written(days=tuple(changed), kind=EventKind.AVAILABILITY_COPIED, values={"days": told})

    return change_availability(
        school=school,
        asked=asked,
        route="copy_availability_week",
        content={"from": monday_on.isoformat(), "to": sorted(day.isoformat() for day in to_mondays)},
        write=write,
    )
