"""Lessons of the demo lie in their teachers' open times, but for one that shows what the product says of the others."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from makegood.demo.extra_lessons import TITLE
from makegood.demo.lessons import DemoLesson
from makegood.domain.availability import expansion, operations, plans, queries
from makegood.domain.availability.expansion import DAY_MINUTES, STEP_MINUTES, WallRange
from makegood.domain.availability.operations import Made
from makegood.domain.availability.plans import TeacherPlan
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door

_HOUR: Final = 60
_DAY: Final = timedelta(days=1)
# The lesson that lies outside is near enough to be seen and not so near that it needs anything.
_SHOWN_AFTER: Final = timedelta(days=2)


def open_days_of(
    *, school: School, members: Mapping[str, Membership], lessons: Iterable[DemoLesson], now: datetime
) -> None:
    """Let teachers open more on single days where planned lessons to come lie outside, by whole hours.

    Runs in the school's transaction.
    """
    for teacher, plan, own in _by_teacher(school, members, lessons, now=now):
        more: dict[date, list[WallRange]] = {}
        for lesson in own:
            if not _is_inside(lesson, plan):
                for day, hours in _list_hours(lesson, plan.zone, step=_HOUR):
                    if day >= now.astimezone(ZoneInfo(plan.zone)).date():
                        more.setdefault(day, [*plan.get_day(day).ranges]).append(hours)
        days = {day: expansion.merge_ranges(ranges) for day, ranges in more.items()}
        operations.set_days(teacher=teacher, plan=plan, days=days, made=_made(teacher, "more", now))


def close_over_one(
    *, school: School, teacher: Membership, lessons: Iterable[DemoLesson], now: datetime
) -> DemoLesson | None:
    """Let the teacher close the time of one lesson of the coming days, which stays booked; returns it.

    Runs in the school's transaction.
    """
    after = now + _SHOWN_AFTER
    for _teacher, plan, own in _by_teacher(school, {teacher.code: teacher}, lessons, now=after):
        for lesson in own:
            if lesson.title == TITLE or not _is_inside(lesson, plan):
                continue
            days = {
                day: [*_without(plan.get_day(day).ranges, hours)]
                for day, hours in _list_hours(lesson, plan.zone, step=STEP_MINUTES)
            }
            operations.set_days(teacher=teacher, plan=plan, days=days, made=_made(teacher, "less", now))
            return lesson
    return None


def leave_out_closed(
    *, school: School, members: Mapping[str, Membership], lessons: Sequence[DemoLesson], now: datetime
) -> Sequence[DemoLesson]:
    """The planned lessons without those of a series at a time that its teacher, or the school, closed since."""
    from_on, until_on = now.date() - _DAY, max((lesson.ends_at for lesson in lessons), default=now).date() + _DAY
    holidays = queries.list_holidays(school_id=school.pk, from_on=from_on, until_on=until_on)
    closed = plans.closed_days(days=[holiday.day_on for holiday in holidays], zone=school.zone)
    lost = {
        (lesson.teacher, lesson.starts_at)
        for _teacher, plan, own in _by_teacher(school, members, lessons, now=now)
        for lesson in own
        if lesson.title != TITLE
        and not (_is_inside(lesson, plan) and expansion.subtract([lesson.interval], closed) == [lesson.interval])
    }
    return [lesson for lesson in lessons if (lesson.teacher, lesson.starts_at) not in lost]


def _by_teacher(
    school: School, members: Mapping[str, Membership], lessons: Iterable[DemoLesson], *, now: datetime
) -> Iterator[tuple[Membership, TeacherPlan, Sequence[DemoLesson]]]:
    """Each teacher with their plan and the lessons that end after `now`."""
    coming: dict[str, list[DemoLesson]] = {}
    for lesson in lessons:
        if lesson.ends_at > now and lesson.teacher in members:
            coming.setdefault(lesson.teacher, []).append(lesson)
    found = queries.get_plans(
        school_id=school.pk,
        zones={members[code].pk: members[code].person.zone for code in coming},
        from_on=now.date() - _DAY,
    )
    for code, own in coming.items():
        yield members[code], found[members[code].pk], own


def _is_inside(lesson: DemoLesson, plan: TeacherPlan) -> bool:
    opens = plan.list_opens(from_at=lesson.starts_at - _DAY, until_at=lesson.ends_at + _DAY)
    return expansion.is_covered(lesson.interval, expansion.merge_intervals(opens))


def _list_hours(lesson: DemoLesson, zone: str, *, step: int) -> Iterator[tuple[date, WallRange]]:
    """The lesson on the teacher's clock in full steps, by day."""
    start, end = (at.astimezone(ZoneInfo(zone)) for at in (lesson.starts_at, lesson.ends_at))
    first = (start.hour * _HOUR + start.minute) // step * step
    last = -(-(end.hour * _HOUR + end.minute) // step) * step
    if start.date() == end.date():
        yield start.date(), WallRange(first, last)
        return
    yield start.date(), WallRange(first, DAY_MINUTES)
    if last:
        yield end.date(), WallRange(0, last)


def _without(ranges: Iterable[WallRange], cut: WallRange) -> Iterator[WallRange]:
    for one in ranges:
        if one.start_minute < min(one.end_minute, cut.start_minute):
            yield WallRange(one.start_minute, min(one.end_minute, cut.start_minute))
        if max(one.start_minute, cut.end_minute) < one.end_minute:
            yield WallRange(max(one.start_minute, cut.end_minute), one.end_minute)


def _made(by: Membership, what: str, at: datetime) -> Made:
    return Made(
        at=at, by_id=by.person_id, door=Door.WEB, request_id=uuid.uuid5(uuid.NAMESPACE_OID, f"{what} {by.pk} {at}")
    )
