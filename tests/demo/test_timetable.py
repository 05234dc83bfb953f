from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from makegood.demo.bookings import Calendar
from makegood.demo.cast import NEWCOMER
from makegood.demo.extra_lessons import COVERED
from makegood.demo.offers import RULES
from makegood.demo.people import JOINED_AGO, people_of
from makegood.demo.schools import DEMO_SCHOOLS, LARKSPUR, MARIGOLD, DemoSchool
from makegood.demo.timetable import HISTORY, HORIZON, plan_lessons, weekly_series
from makegood.demo.waking_hours import is_awake
from makegood.quantities import Interval
from tests.demo.plans import CASE_NAMES, CASES, INSTANTS, make_plan, plan

every_case = pytest.mark.parametrize(("school", "name"), CASES, ids=CASE_NAMES)
every_instant = pytest.mark.parametrize("name", INSTANTS)
every_school = pytest.mark.parametrize("school", DEMO_SCHOOLS, ids=lambda school: school.slug)


@every_case
def test_nobody_is_booked_twice_at_once(school: DemoSchool, name: str) -> None:
    by_person = defaultdict(list)
    for lesson in plan(school, name).lessons:
        by_person[lesson.teacher].append(lesson)
        by_person[lesson.student].append(lesson)

    overlaps = [
        (code, earlier.starts_at, later.starts_at)
        for code, lessons in by_person.items()
        for earlier, later in pairwise(lessons)
        if earlier.ends_at > later.starts_at
    ]

    assert overlaps == []


@every_case
def test_about_six_thousand_lessons_lie_in_four_months_and_two_weeks(school: DemoSchool, name: str) -> None:
    planned = plan(school, name)

    assert 5700 <= len(planned.lessons) <= 6700
    assert planned.now - HISTORY <= planned.lessons[0].starts_at
    assert planned.lessons[-1].starts_at < planned.now + HORIZON
    assert [lesson.number for lesson in planned.lessons] == list(range(1, len(planned.lessons) + 1))


@every_case
def test_somebody_of_the_cast_teaches_at_every_moment_from_now(school: DemoSchool, name: str) -> None:
    planned = plan(school, name)
    cast = {teacher.code for teacher in planned.people.teachers if teacher.is_sign_in}
    lessons = [lesson for lesson in planned.lessons if lesson.teacher in cast and lesson.ends_at > planned.now]
    moments = [planned.now + timedelta(minutes=minutes) for minutes in range(0, int(COVERED.total_seconds()) // 60, 5)]

    uncovered = [at for at in moments if not any(lesson.starts_at <= at < lesson.ends_at for lesson in lessons)]

    assert uncovered == []


@every_case
def test_the_next_lesson_of_the_cast_is_within_hours_and_in_two_zones(school: DemoSchool, name: str) -> None:
    planned = plan(school, name)
    cast = [teacher for teacher in planned.people.teachers if teacher.is_sign_in and not teacher.is_new]

    for teacher in cast:
        coming = [lesson for lesson in planned.of_teacher(teacher.code) if lesson.starts_at > planned.now]
        student = planned.person[coming[0].student]
        here, there = (coming[0].starts_at.astimezone(ZoneInfo(person.home.zone)) for person in (teacher, student))
        assert coming[0].starts_at - planned.now <= timedelta(hours=6)
        assert here.utcoffset() != there.utcoffset()
        assert coming[-1].starts_at - planned.now > timedelta(hours=24)


@every_case
def test_some_coming_lessons_of_the_cast_fall_on_another_date_for_the_student(school: DemoSchool, name: str) -> None:
    planned = plan(school, name)
    person = planned.person

    on_another_date = [
        lesson
        for lesson in planned.lessons
        if person[lesson.teacher].is_sign_in
        and planned.now < lesson.starts_at < planned.now + COVERED
        and lesson.starts_at.astimezone(ZoneInfo(person[lesson.teacher].home.zone)).date()
        != lesson.starts_at.astimezone(ZoneInfo(person[lesson.student].home.zone)).date()
    ]

    assert len(on_another_date) >= 3


@every_instant
def test_a_new_teacher_has_joined_lately_and_gives_one_lesson_less_a_week_than_the_probation_allows(name: str) -> None:
    planned = plan(MARIGOLD, name)
    code, zone = planned.teacher(NEWCOMER), ZoneInfo(planned.person[planned.teacher(NEWCOMER)].home.zone)
    joined_at = planned.now - JOINED_AGO
    lessons = planned.of_teacher(code)
    weeks = Counter(lesson.starts_at.astimezone(zone).date().isocalendar()[:2] for lesson in lessons)
    following = (planned.now.astimezone(zone) + timedelta(days=7)).date().isocalendar()[:2]

    assert min(lesson.booked_at for lesson in lessons) > joined_at
    assert max(lesson.booked_at for lesson in lessons) < planned.now
    assert max(weeks.values()) == weeks[following] == RULES["marigold"].probation_max_lessons_per_week - 1
    assert any(lesson.ends_at < planned.now for lesson in lessons)


@every_school
def test_a_plan_is_the_same_for_the_same_instant(school: DemoSchool) -> None:
    now = INSTANTS["a leap day"]

    assert make_plan(school, now) == make_plan(school, now)


@every_school
def test_a_small_school_keeps_the_same_promises(school: DemoSchool) -> None:
    planned = make_plan(school, INSTANTS["an ordinary afternoon"], teacher_count=4)

    assert len(planned.people.students) == 40
    assert 500 <= len(planned.lessons) <= 800


@every_school
def test_people_are_almost_always_awake(school: DemoSchool) -> None:
    planned = plan(school, "an ordinary afternoon")
    awake = [
        lesson
        for lesson in planned.lessons
        if all(is_awake(lesson.starts_at, planned.person[code].home) for code in (lesson.teacher, lesson.student))
    ]

    assert len(awake) / len(planned.lessons) > 0.95


@every_school
def test_people_live_in_a_dozen_zones_some_at_half_and_quarter_hours(school: DemoSchool) -> None:
    people = people_of(school)
    at = INSTANTS["an ordinary afternoon"]
    offsets = {at.astimezone(ZoneInfo(person.home.zone)).utcoffset() for person in people.everybody}

    assert len(people.teachers) == 40
    assert len(people.students) == 400
    assert len({person.home.zone for person in people.everybody}) >= 12
    assert {30, 45} <= {int(offset.total_seconds()) // 60 % 60 for offset in offsets if offset is not None}
    assert len({person.email for person in people.everybody}) == len(people.everybody)
    assert len({person.full_name for person in people.everybody}) == len(people.everybody)


@every_school
def test_every_student_has_one_series_and_every_teacher_ten(school: DemoSchool) -> None:
    people = people_of(school)
    series = weekly_series(school, people)

    assert sorted(one.student.code for one in series) == sorted(student.code for student in people.students)
    assert {one.teacher.code for one in series} == {teacher.code for teacher in people.teachers}
    assert all(sum(one.teacher.code == teacher.code for one in series) == 10 for teacher in people.teachers)


def test_a_series_keeps_its_wall_time_over_a_change_of_the_clock() -> None:
    series = next(
        one for one in weekly_series(LARKSPUR, people_of(LARKSPUR)) if one.teacher.home.zone == "Europe/Berlin"
    )
    starts = series.starts(since=datetime(2026, 10, 1, tzinfo=UTC), until=datetime(2026, 12, 1, tzinfo=UTC))
    local = [start.astimezone(ZoneInfo("Europe/Berlin")) for start in starts]

    assert {start.timetz().replace(tzinfo=None) for start in local} == {series.at}
    assert {start.utcoffset() for start in local} == {timedelta(hours=1), timedelta(hours=2)}


def test_a_series_in_the_hour_that_does_not_exist_moves_forward() -> None:
    series = next(
        one for one in weekly_series(LARKSPUR, people_of(LARKSPUR)) if one.teacher.home.zone == "Europe/Berlin"
    )
    at_night = replace(series, weekday=6, at=time(2, 30), parity=None)

    starts = list(at_night.starts(since=datetime(2027, 3, 27, tzinfo=UTC), until=datetime(2027, 3, 29, tzinfo=UTC)))

    assert starts == [datetime(2027, 3, 28, 1, 30, tzinfo=UTC)]
    assert starts[0].astimezone(ZoneInfo("Europe/Berlin")).time() == time(3, 30)


def test_a_series_in_the_hour_that_comes_twice_takes_the_first() -> None:
    series = next(
        one for one in weekly_series(LARKSPUR, people_of(LARKSPUR)) if one.teacher.home.zone == "Europe/Berlin"
    )
    at_night = replace(series, weekday=6, at=time(2, 30), parity=None)

    starts = list(at_night.starts(since=datetime(2026, 10, 24, tzinfo=UTC), until=datetime(2026, 10, 26, tzinfo=UTC)))

    assert starts == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]


def test_topping_up_plans_nothing_over_what_exists() -> None:
    now = INSTANTS["an ordinary afternoon"]
    people = people_of(MARIGOLD, teacher_count=4)
    first = make_plan(MARIGOLD, now, teacher_count=4)
    later = now + timedelta(days=3, hours=5)
    taken = [(code, lesson.interval) for lesson in first.lessons for code in (lesson.teacher, lesson.student)]

    added = plan_lessons(
        school=MARIGOLD, people=people, now=later, since=now + HORIZON, until=later + HORIZON, taken=taken
    )

    calendar = Calendar(taken)
    assert all(calendar.book(lesson) for lesson in added)
    assert max(lesson.starts_at for lesson in added) > now + HORIZON
    assert any(lesson.starts_at <= later < lesson.ends_at for lesson in (*first.lessons, *added))


def test_a_calendar_knows_touching_lessons_from_overlapping_ones() -> None:
    ten, eleven, noon = (datetime(2026, 5, 4, hour, tzinfo=UTC) for hour in (10, 11, 12))
    calendar = Calendar([("T001", Interval(ten, eleven))])

    assert calendar.is_free("T001", Interval(eleven, noon))
    assert not calendar.is_free("T001", Interval(ten + timedelta(minutes=59), noon))
    assert not calendar.is_free("T001", Interval(ten - timedelta(hours=1), ten + timedelta(minutes=1)))
