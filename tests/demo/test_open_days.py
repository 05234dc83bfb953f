"""Lessons of the demo lie in their teachers' open times, but for one that shows what the product says otherwise."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from makegood.actions.availability_changes import list_outside
from makegood.actions.set_availability import set_availability
from makegood.actions.watch_calendars import watch_calendars
from makegood.demo.open_days import leave_out_closed
from makegood.demo.people import people_of
from makegood.demo.schools import LARKSPUR, MARIGOLD
from makegood.demo.timetable import HORIZON, plan_lessons
from makegood.demo.top_up import top_up
from makegood.domain.availability.openness import Step, running_pauses
from makegood.domain.people.models import Role
from makegood.domain.people.roster import list_with_role
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from tests.demo.loaded import NOW, TEACHERS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("both_schools")]


def list_outside_by_teacher(school: School, *, now: datetime) -> dict[str, int]:
    """How many booked lessons to come of whom lie outside open times."""
    with in_school(school.pk):
        teachers = list_with_role(school_id=school.pk, role=Role.TEACHER)
        found = {one.display_name: len(list_outside(school=school, teacher=one, now=now)) for one in teachers}
    return {name: count for name, count in found.items() if count}


@pytest.mark.parametrize("slug", ["marigold", "larkspur"])
def test_lessons_lie_in_open_times_but_for_one_of_the_cast(slug: str) -> None:
    school = School.objects.get(slug=slug)

    ((name, count),) = list_outside_by_teacher(school, now=NOW).items()

    assert (name.split()[0], count) == ("Tara", 1)


def test_matching_pauses_for_one_teacher_and_another_is_told_in_time() -> None:
    larkspur = School.objects.get(slug="larkspur")
    with in_school(larkspur.pk):
        (pause,) = running_pauses(school_id=larkspur.pk, now=NOW)
    assert (NOW - pause.starts_at, pause.ends_at - pause.starts_at) == (timedelta(days=9, hours=22), timedelta(days=60))

    assert watch_calendars(school=larkspur, now=NOW) == [Step.TELL_AHEAD]
    assert watch_calendars(school=School.objects.get(slug="marigold"), now=NOW) == []


@pytest.mark.parametrize("slug", ["marigold", "larkspur"])
def test_what_is_planned_later_lies_in_open_times_too(slug: str) -> None:
    school = School.objects.get(slug=slug)
    later = NOW + timedelta(days=12)

    top_up(demo=MARIGOLD if slug == "marigold" else LARKSPUR, school=school, now=later)

    assert list_outside_by_teacher(school, now=later) == {}


def test_a_day_that_a_teacher_closed_gets_no_lesson_of_a_series() -> None:
    marigold = School.objects.get(slug="marigold")
    people = people_of(MARIGOLD, teacher_count=TEACHERS)
    planned = plan_lessons(school=MARIGOLD, people=people, now=NOW, since=NOW, until=NOW + HORIZON)
    closed = next(one for one in planned if one.teacher == "T007" and one.starts_at > NOW + timedelta(days=7))
    with in_school(marigold.pk):
        members = {one.code: one for one in list_with_role(school_id=marigold.pk, role=Role.TEACHER)}
        teacher = members["T007"]
        zone = ZoneInfo(teacher.person.zone)
        day = closed.starts_at.astimezone(zone).date()
        set_availability(
            school=marigold, actor=teacher, teacher_id=teacher.pk, days={day: []}, reason="",
            request_id=uuid.uuid4(), door=Door.WEB, now=NOW,
        )  # fmt: skip
        left = leave_out_closed(school=marigold, members=members, lessons=planned, now=NOW)

    days_left = {one.starts_at.astimezone(zone).date() for one in left if one.teacher == "T007"}
    assert day not in days_left
    assert days_left
    assert len(left) > len(planned) - 10
