"""When teachers of the demo can be booked: around their lessons, with single days that differ, and two holidays."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from makegood.actions.calendars import rebuild_teachers
from makegood.demo.closed_calendars import close_a_week, keep_a_week, pause_one
from makegood.demo.lessons import DemoLesson
from makegood.demo.offers import RULES
from makegood.demo.open_days import close_over_one, open_days_of
from makegood.demo.people import DemoPeople, DemoPerson
from makegood.demo.schools import DemoSchool
from makegood.demo.timetable import HORIZON, Series, weekly_series
from makegood.domain.availability import expansion, operations, queries
from makegood.domain.availability.expansion import WallRange
from makegood.domain.availability.operations import Made
from makegood.domain.availability.plans import TeacherPlan
from makegood.domain.people.models import Membership, Role
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door

_HOUR_MINUTES: Final = 60
_FIRST_MINUTE, _LAST_MINUTE = 6 * _HOUR_MINUTES, 22 * _HOUR_MINUTES
# Besides them somebody has to have time.
_CLOSERS: Final = 3
# Days that differ: one teacher in so many has one.
_DIFFERS_ONE_IN: Final = 3
# Behind the lessons that are planned, so that none lies on them; days after the horizon of lessons.
_HOLIDAYS: Final = ((3, "Founders' day"), (24, "Staff training"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Closers:
    """Who keeps too little open: one is told in time, for two matching pauses, and the desk lifts one pause."""

    told: DemoPerson
    paused: DemoPerson
    lifted: DemoPerson


def find_closers(demo: DemoSchool, people: DemoPeople) -> Closers | None:
    """Three of the crowd where the school's rules ask for open calendars; None where they do not, or in a tiny demo."""
    crowd = [person for person in people.teachers if not person.is_sign_in]
    if RULES[demo.slug].pauses_matching and len(crowd) > _CLOSERS:
        *_others, lifted, told, paused = crowd
        return Closers(told=told, paused=paused, lifted=lifted)
    return None


def open_calendars(
    *,
    demo: DemoSchool,
    people: DemoPeople,
    school: School,
    members: Mapping[str, Membership],
    lessons: Sequence[DemoLesson],
    since: datetime,
    now: datetime,
) -> None:
    """Write default weeks since `since`, single days of the coming weeks, holidays, and the calendar weeks of them all.

    All planned lessons to come lie inside, but for one of the first teacher of the cast. The second one copied a week.

    Runs in the school's transaction. The same people have the same weeks each time.
    """
    rng = random.Random(f"availability of {demo.slug}")
    series = weekly_series(demo, people)
    teachers = [members[person.code] for person in people.teachers]
    for person in people.teachers:
        own = [one for one in series if one.teacher.code == person.code]
        teacher = members[person.code]
        joined_at = person.joined_at(since=since, now=now)
        from_on = joined_at.astimezone(ZoneInfo(teacher.person.zone)).date()
        made = _made(teacher, joined_at)
        usual = _usual_week(own)
        new = TeacherPlan(zone=teacher.person.zone)
        operations.set_default(teacher=teacher, plan=new, weekly=usual, from_on=from_on, made=made)
        if rng.randrange(_DIFFERS_ONE_IN) == 0:
            _differ(teacher, rng, now=now)
    closers = find_closers(demo, people)
    if closers is not None:
        for paused in (closers.paused, closers.lifted):
            own = [one for one in series if one.teacher.code == paused.code]
            pause_one(school=school, teacher=members[paused.code], usual=_usual_week(own), now=now)
        close_a_week(school=school, teacher=members[closers.told.code], now=now)
    open_days_of(school=school, members=members, lessons=lessons, now=now)
    first = next((members[person.code] for person in people.teachers if person.is_sign_in), None)
    if first is not None:
        close_over_one(school=school, teacher=first, lessons=lessons, now=now)
    for person in [person for person in people.teachers if person.is_sign_in][1:2]:
        keep_a_week(school=school, teacher=members[person.code], now=now)
    owner = next(members[person.code] for person in people.staff if Role.OWNER in person.roles)
    for days, name in _HOLIDAYS:
        day = (now + HORIZON + timedelta(days=days)).astimezone(ZoneInfo(school.zone)).date()
        operations.add_holiday(school=school, day_on=day, name=name, made=_made(owner, now))
    rebuild_teachers(school=school, teacher_ids=[teacher.pk for teacher in teachers], now=now)


def _usual_week(own: Sequence[Series]) -> Mapping[int, Sequence[WallRange]]:
    """The hours around each series, joined: one before and after it, and nobody begins early or ends late for that."""
    weekly: dict[int, list[WallRange]] = {}
    for series in own:
        start = series.at.hour * _HOUR_MINUTES + series.at.minute
        first = max(_FIRST_MINUTE, start // _HOUR_MINUTES * _HOUR_MINUTES - _HOUR_MINUTES)
        ends = -(-(start + series.minutes) // _HOUR_MINUTES) * _HOUR_MINUTES
        last = min(max(ends, min(_LAST_MINUTE, ends + _HOUR_MINUTES)), expansion.DAY_MINUTES)
        weekly.setdefault(series.weekday, []).append(WallRange(first, last))
    return {weekday: expansion.merge_ranges(ranges) for weekday, ranges in weekly.items()}


def _differ(teacher: Membership, rng: random.Random, *, now: datetime) -> None:
    """A day off in the week after next, and an evening more."""
    today = now.astimezone(ZoneInfo(teacher.person.zone)).date()
    off = today + timedelta(days=rng.randint(15, 20))
    more = today + timedelta(days=rng.randint(2, 6))
    plan = queries.get_plan(school_id=teacher.school_id, teacher_id=teacher.pk, zone=teacher.person.zone, from_on=today)
    usual = plan.get_day(more).ranges
    days: dict[date, Sequence[WallRange]] = {
        off: (),
        more: expansion.merge_ranges([*usual, WallRange(19 * _HOUR_MINUTES, 21 * _HOUR_MINUTES)]),
    }
    operations.set_days(teacher=teacher, plan=plan, days=days, made=_made(teacher, now))


def _made(by: Membership, at: datetime) -> Made:
    return Made(at=at, by_id=by.person_id, door=Door.WEB, request_id=uuid.uuid5(uuid.NAMESPACE_OID, f"{by.pk} {at}"))
