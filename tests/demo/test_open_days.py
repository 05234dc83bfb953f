"""Lessons of the demo lie in their teachers' open times, but for one that shows what the product says otherwise."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from makegood.actions.availability_changes import list_outside
from makegood.actions.set_availability import set_availability
from makegood.actions.watch_calendars import watch_calendars
from makegood.demo.offers import RULES
from makegood.demo.open_days import leave_out_closed
from makegood.demo.people import JOINED_AGO, people_of
from makegood.demo.schools import LARKSPUR, MARIGOLD
from makegood.demo.timetable import HORIZON, plan_lessons
from makegood.demo.top_up import top_up
from makegood.domain.availability.models import AvailabilityDay
from makegood.domain.availability.openness import running_pauses
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.teaching_loads import find_full_times, week_of
from makegood.domain.notifications.models import Message
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import list_with_role
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.models import Event
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


def test_matching_pauses_for_one_teacher_was_lifted_for_another_and_a_third_was_told_in_time() -> None:
    larkspur = School.objects.get(slug="larkspur")
    with in_school(larkspur.pk):
        (pause,) = running_pauses(school_id=larkspur.pk, now=NOW)
        length = pause.ends_at - pause.starts_at
        assert (NOW - pause.starts_at, length) == (timedelta(days=9, hours=22), timedelta(days=60))
        told = Message.objects.filter(channel="in_app", recipient__role_grants__role="teacher").order_by("created_at")
        of_pauses = ("availability_too_short", "matching_paused", "matching_pause_lifted", "availability_runs_out")
        about: dict[int, list[str]] = {}
        for one in told.filter(kind__in=of_pauses):
            about.setdefault(one.recipient_id, []).append(one.kind)
        assert about.pop(pause.teacher_id) == ["availability_too_short", "matching_paused"]
        assert sorted(about.values()) == [
            ["availability_runs_out"],
            ["availability_too_short", "matching_paused", "matching_pause_lifted"],
        ]
    for slug in ("larkspur", "marigold"):
        assert watch_calendars(school=School.objects.get(slug=slug), now=NOW) == []


@pytest.mark.parametrize("slug", ["marigold", "larkspur"])
def test_somebody_of_the_cast_made_one_week_differ_and_copied_it(slug: str) -> None:
    school = School.objects.get(slug=slug)
    with in_school(school.pk):
        copied = Event.objects.get(kind="availability_copied")
        teacher = Membership.objects.select_related("person").get(person_id=copied.actor_id or 0)
        days = list(AvailabilityDay.objects.filter(teacher=teacher).order_by("day_on", "-number").distinct("day_on"))
    assert teacher.person.is_demo
    evenings = [one.day_on for one in days if one.made_at <= copied.at and one.day_on > NOW.date() + timedelta(days=14)]
    assert [(later - sooner).days for sooner, later in itertools.pairwise(evenings)] == [7, 7]


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


def test_a_new_teacher_is_on_probation_and_the_week_after_this_one_is_full() -> None:
    marigold, rules = School.objects.get(slug="marigold"), RULES["marigold"]
    with in_school(marigold.pk):
        teacher = Membership.objects.select_related("person").get(person__email="mila@marigold.example")
        following = week_of(NOW + timedelta(days=7), teacher.person.zone)
        lessons = Lesson.objects.filter(teacher=teacher, starts_at__gte=following.start, starts_at__lt=following.end)
        booked = lessons.count()
        full, without_probation = (
            find_full_times(
                school_id=marigold.pk,
                teachers=[teacher],
                rules=replace(rules, probation_days=days),
                from_at=NOW,
                until_at=NOW + timedelta(days=14),
            )
            for days in (rules.probation_days, 0)
        )
    assert teacher.joined_at == NOW - JOINED_AGO
    assert booked == rules.probation_max_lessons_per_week
    assert full.holds(teacher.pk, following.start)
    assert not full.holds(teacher.pk, NOW)
    assert not without_probation.holds(teacher.pk, following.start)
