"""Teachers of the demo who kept too little open: for one matching pauses, another is told in time.

The third one opened the calendar again as the first did, and asked the desk, which lifted the pause.

Another one looks after the calendar: a week that differs, and two more like it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from makegood.actions.copy_availability_week import copy_availability_week
from makegood.actions.lift_matching_pause import lift_matching_pause
from makegood.actions.set_availability import set_availability
from makegood.actions.watch_calendars import watch_calendar
from makegood.domain.availability import expansion, openness, operations, plans, queries
from makegood.domain.availability.expansion import WallRange
from makegood.domain.availability.operations import Made
from makegood.domain.availability.plans import TeacherPlan
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door

# When the first one closed the calendar, was warned, was paused, and opened it again.
_CLOSED, _WARNED, _PAUSED, _OPENED = (
    timedelta(days=11), timedelta(days=10, hours=23), timedelta(days=9, hours=22), timedelta(days=8),
)  # fmt: skip
# When the desk lifted the pause of the one who asked.
LIFTED_AGO: Final = timedelta(days=1, hours=4)
# Lessons are planned for so many days.
_BEHIND: Final = timedelta(days=14)
# When calendars were changed, and when the one that is closed too soon was noticed.
_KEPT: Final = timedelta(days=2)
_TOLD: Final = timedelta(hours=3)
_COPIED_AFTER: Final = timedelta(minutes=4)
_EVENING: Final = WallRange(19 * 60, 21 * 60)
_MIDWEEK_FIRST: Final = (2, 3, 4, 5, 6, 0, 1)


def pause_one(*, school: School, teacher: Membership, usual: Mapping[int, Sequence[WallRange]], now: datetime) -> None:
    """Let the teacher have closed all for a few days, been warned, and so be paused; by now it is all open again.

    Runs in the school's transaction.
    """
    _set_default(teacher, {}, at=now - _CLOSED)
    for ago in (_WARNED, _PAUSED):
        watch_calendar(school=school, teacher_id=teacher.pk, now=now - ago)
    _set_default(teacher, usual, at=now - _OPENED)


def lift_one(*, school: School, desk: Membership, teacher: Membership, at: datetime) -> None:
    """Let the desk end the pause of a teacher whose calendar is open again. Runs in the school's transaction."""
    pause = openness.running_pauses(school_id=school.pk, now=at).get(teacher=teacher)
    lift_matching_pause(
        school=school,
        actor=desk,
        pause_id=pause.pk,
        reason="You moved house that week, and your calendar has been open again since. Thank you for telling us.",
        request_id=_form(teacher, "lift", at),
        door=Door.WEB,
        now=at,
    )


def close_a_week(*, school: School, teacher: Membership, now: datetime) -> None:
    """Let the teacher be closed for a week that is not within the horizon yet, but soon will be; and be told of it.

    Runs in the school's transaction.
    """
    at = now - _KEPT
    plan, monday = _behind(teacher, now=now)
    week = {monday + offset * plans.DAY: () for offset in plans.DAYS_OF_WEEK}
    operations.set_days(teacher=teacher, plan=plan, days=week, made=_made(teacher, at))
    watch_calendar(school=school, teacher_id=teacher.pk, now=now - _TOLD)


def keep_a_week(*, school: School, teacher: Membership, now: datetime) -> None:
    """Let the teacher open an evening more in a week behind the lessons that are planned, and copy that week twice."""
    at = now - _KEPT
    plan, monday = _behind(teacher, now=now)
    days = [monday + offset * plans.DAY for offset in _MIDWEEK_FIRST]
    # An evening that is open anyway would change nothing.
    day = next((day for day in days if not _is_open(plan, day, _EVENING)), days[0])
    asked: dict[str, Any] = {
        "school": school, "actor": teacher, "teacher_id": teacher.pk, "reason": "", "door": Door.WEB,
    }  # fmt: skip
    ranges = expansion.merge_ranges([*plan.get_day(day).ranges, _EVENING])
    set_availability(days={day: ranges}, request_id=_form(teacher, "evening", at), now=at, **asked)
    copy_availability_week(
        monday_on=monday,
        to_mondays=[monday + 7 * plans.DAY, monday + 14 * plans.DAY],
        request_id=_form(teacher, "copy", at),
        now=at + _COPIED_AFTER,
        **asked,
    )


def _behind(teacher: Membership, *, now: datetime) -> tuple[TeacherPlan, date]:
    """The teacher's plan, and the Monday of the first whole week behind the lessons that are planned."""
    today = now.astimezone(ZoneInfo(teacher.person.zone)).date()
    plan = queries.get_plan(school_id=teacher.school_id, teacher_id=teacher.pk, zone=teacher.person.zone, from_on=today)
    return plan, plans.monday_of(today + _BEHIND) + 7 * plans.DAY


def _is_open(plan: TeacherPlan, day: date, wanted: WallRange) -> bool:
    ranges = expansion.merge_ranges(plan.get_day(day).ranges)
    return expansion.merge_ranges([*ranges, wanted]) == ranges


def _set_default(teacher: Membership, weekly: Mapping[int, Sequence[WallRange]], *, at: datetime) -> None:
    zone = teacher.person.zone
    from_on = at.astimezone(ZoneInfo(zone)).date() + plans.DAY
    plan = queries.get_plan(school_id=teacher.school_id, teacher_id=teacher.pk, zone=zone, from_on=from_on)
    operations.set_default(teacher=teacher, plan=plan, weekly=weekly, from_on=from_on, made=_made(teacher, at))


def _made(by: Membership, at: datetime) -> Made:
    return Made(at=at, by_id=by.person_id, door=Door.WEB, request_id=_form(by, "closed", at))


def _form(by: Membership, what: str, at: datetime) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{what} {by.pk} {at}")
