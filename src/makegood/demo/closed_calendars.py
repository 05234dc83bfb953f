"""Two teachers of the demo who kept too little open: for one matching pauses, the other is told in time."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from makegood.actions.watch_calendars import watch_calendar
from makegood.domain.availability import operations, plans, queries
from makegood.domain.availability.expansion import WallRange
from makegood.domain.availability.operations import Made
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door

# When the first one closed the calendar, was warned, was paused, and opened it again.
_CLOSED, _WARNED, _PAUSED, _OPENED = (
    timedelta(days=11), timedelta(days=10, hours=23), timedelta(days=9, hours=22), timedelta(days=8),
)  # fmt: skip
# Behind the lessons that are planned: the other one closes the first whole week that begins after so many days.
_BEHIND: Final = timedelta(days=14)


def pause_one(*, school: School, teacher: Membership, usual: Mapping[int, Sequence[WallRange]], now: datetime) -> None:
    """Let the teacher have closed everything for a few days, and so be paused; by now it is all open again.

    Runs in the school's transaction. Nobody is told: it is past.
    """
    _set_default(teacher, {}, at=now - _CLOSED)
    for ago in (_WARNED, _PAUSED):
        watch_calendar(school=school, teacher_id=teacher.pk, now=now - ago, announce=False)
    _set_default(teacher, usual, at=now - _OPENED)


def close_a_week(*, teacher: Membership, now: datetime) -> None:
    """Let the teacher be closed for a week that is not within the horizon yet, but soon will be."""
    today = now.astimezone(ZoneInfo(teacher.person.zone)).date()
    monday = plans.monday_of(today + _BEHIND) + 7 * plans.DAY
    plan = queries.get_plan(school_id=teacher.school_id, teacher_id=teacher.pk, zone=teacher.person.zone, from_on=today)
    week = {monday + offset * plans.DAY: () for offset in plans.DAYS_OF_WEEK}
    operations.set_days(teacher=teacher, plan=plan, days=week, made=_made(teacher, now))


def _set_default(teacher: Membership, weekly: Mapping[int, Sequence[WallRange]], *, at: datetime) -> None:
    zone = teacher.person.zone
    from_on = at.astimezone(ZoneInfo(zone)).date() + plans.DAY
    plan = queries.get_plan(school_id=teacher.school_id, teacher_id=teacher.pk, zone=zone, from_on=from_on)
    operations.set_default(teacher=teacher, plan=plan, weekly=weekly, from_on=from_on, made=_made(teacher, at))


def _made(by: Membership, at: datetime) -> Made:
    return Made(
        at=at, by_id=by.person_id, door=Door.WEB, request_id=uuid.uuid5(uuid.NAMESPACE_OID, f"closed {by.pk} {at}")
    )
