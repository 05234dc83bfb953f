"""When a demo school teaches: weekly series in each teacher's zone, and extra lessons around now for the cast. Pure.

Nobody is ever booked twice at once. A weekly series keeps its wall time over changes of the clock: an instance in a gap
moves forward by the gap, in a fold it takes the first.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from makegood.demo.bookings import Calendar
from makegood.demo.extra_lessons import NEXT_WITHIN, lessons_around
from makegood.demo.lessons import DemoLesson
from makegood.demo.people import JOINED_AGO, STUDENTS_PER_TEACHER, DemoPeople, DemoPerson
from makegood.demo.schools import DemoSchool
from makegood.demo.waking_hours import is_awake
from makegood.quantities import Interval

HISTORY = timedelta(days=122)
HORIZON = timedelta(days=14)
# Series are placed on the half-hour grid of an ordinary week, which only serves to compare zones.
_SLOT = timedelta(minutes=30)
_SAMPLE_MONDAY = date(2026, 1, 12)
_MEETING_MINUTES = 30
# Of the five a week that a teacher on probation takes; the fifth is booked like anybody's (`booking_story.py`).
_LESSONS_OF_A_NEWCOMER = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A student's lesson with a teacher, every week or every other (`parity`) at the same wall time of the teacher.

    `began_weeks_ago` is None where it is older than the history; otherwise its first lesson is a `meet_your_teacher`.
    `is_to_come`: it has not begun, as its teacher is new and takes few lessons a week.
    """

    teacher: DemoPerson
    student: DemoPerson
    weekday: int
    at: time
    minutes: int
    title: str
    parity: int | None
    began_weeks_ago: int | None
    is_to_come: bool = False

    def starts(self, *, since: datetime, until: datetime) -> Iterator[datetime]:
        """Every start in `[since, until)`, as UTC instants in order."""
        zone = ZoneInfo(self.teacher.home.zone)
        day = since.astimezone(zone).date() - timedelta(days=1)
        day += timedelta(days=(self.weekday - day.weekday()) % 7)
        while (start := datetime.combine(day, self.at, tzinfo=zone).astimezone(UTC)) < until:
            is_turn = self.parity is None or day.toordinal() // 7 % 2 == self.parity
            if start >= since and is_turn:
                yield start
            day += timedelta(days=7)


def plan_lessons(
    *,
    school: DemoSchool,
    people: DemoPeople,
    now: datetime,
    since: datetime,
    until: datetime,
    taken: Iterable[tuple[str, Interval]] = (),
) -> tuple[DemoLesson, ...]:
    """The lessons of `school` that start in `[since, until)`, in order of their start, as they stand at `now`.

    `taken` are (code, interval) of lessons that exist already; nothing is planned over them. Around now the cast get
    extra lessons, so that one of them always teaches and each has a next lesson within hours.
    """
    calendar = Calendar(taken)
    lessons = list(lessons_around(school=school, people=people, now=now, calendar=calendar, waits_for_series=True))
    next_starts = {
        teacher.code: start
        for teacher in people.teachers
        if teacher.is_sign_in
        and not teacher.is_new
        and (start := calendar.first_start_in(teacher.code, now, now + NEXT_WITHIN)) is not None
    }
    for series in weekly_series(school, people):
        for lesson in _instances(school, series, now=now, since=since, until=until):
            comes_first = now < lesson.starts_at < next_starts.get(lesson.teacher, now)
            if not comes_first and calendar.book(lesson):
                lessons.append(lesson)
    lessons += lessons_around(school=school, people=people, now=now, calendar=calendar, waits_for_series=False)
    lessons.sort(key=lambda lesson: (lesson.starts_at, lesson.teacher))
    return tuple(replace(lesson, number=number) for number, lesson in enumerate(lessons, 1))


def weekly_series(school: DemoSchool, people: DemoPeople) -> tuple[Series, ...]:
    """The series of `school`: one per student, ten per teacher, at hours at which both are awake. Always the same."""
    return _weekly_series(school.slug, school.lesson_minutes, school.titles, people)


# Three parts of the demo ask for the series of a school, which take a second to place.
@lru_cache(maxsize=4)
def _weekly_series(
    slug: str, lesson_minutes: tuple[int, ...], titles: tuple[str, ...], people: DemoPeople
) -> tuple[Series, ...]:
    rng = random.Random(f"series of {slug}")
    free = {teacher.code: _waking_slots(teacher) for teacher in people.teachers}
    places = {teacher.code: 0 for teacher in people.teachers}
    series = []
    for student in people.students:
        teacher = _teacher_for(student, people.teachers, free=free, places=places, rng=rng)
        slot = _slot_for(student, free[teacher.code], rng=rng)
        place = places[teacher.code]
        places[teacher.code] += 1
        series.append(
            Series(
                teacher=teacher,
                student=student,
                weekday=slot.weekday(),
                at=slot.time(),
                minutes=rng.choice(lesson_minutes),
                title=rng.choice(titles),
                parity=place % 2 if place in (6, 7) else None,
                began_weeks_ago=rng.randint(2, 15) if place in (8, 9) else None,
            )
        )
        if teacher.is_new:
            begun = place < _LESSONS_OF_A_NEWCOMER
            series[-1] = replace(series[-1], parity=None, began_weeks_ago=1 if begun else None, is_to_come=not begun)
    return tuple(series)


def _instances(
    school: DemoSchool, series: Series, *, now: datetime, since: datetime, until: datetime
) -> Iterator[DemoLesson]:
    if series.is_to_come:
        return
    began_at = None if series.began_weeks_ago is None else now - timedelta(weeks=series.began_weeks_ago)
    for start in series.starts(since=since if began_at is None else max(since, began_at), until=until):
        is_first = began_at is not None and start < began_at + timedelta(days=7)
        minutes = min(series.minutes, _MEETING_MINUTES) if is_first else series.minutes
        yield DemoLesson.of(
            school=school,
            teacher=series.teacher,
            student=series.student,
            starts_at=start,
            minutes=minutes,
            title=series.title,
            lesson_type="meet_your_teacher" if is_first else "regular",
            booked_at=_booked_at(series, start, days=5 if is_first else 21, now=now),
        )


def _booked_at(series: Series, start: datetime, *, days: int, now: datetime) -> datetime:
    """So many days before, at another minute for each series; nobody books a teacher who is not there yet."""
    minutes = timedelta(minutes=series.at.hour * 7 + 13)
    usual = start - timedelta(days=days) - minutes
    return max(usual, now - JOINED_AGO + timedelta(days=1) + minutes) if series.teacher.is_new else usual


def _waking_slots(teacher: DemoPerson) -> list[datetime]:
    """The half hours of an ordinary week in which the teacher may teach, as times in the teacher's zone."""
    midnight = datetime.combine(_SAMPLE_MONDAY, time(0), tzinfo=ZoneInfo(teacher.home.zone))
    slots = [midnight + _SLOT * number for number in range(7 * 48)]
    return [
        slot for slot in slots if is_awake(slot, teacher.home) and is_awake(slot + timedelta(hours=1), teacher.home)
    ]


def _teacher_for(
    student: DemoPerson,
    teachers: Sequence[DemoPerson],
    *,
    free: dict[str, list[datetime]],
    places: dict[str, int],
    rng: random.Random,
) -> DemoPerson:
    """Of the teachers with a place left, one who shares waking hours with the student; the cast have each other."""
    open_teachers = [teacher for teacher in teachers if places[teacher.code] < STUDENTS_PER_TEACHER]
    if student.is_sign_in:
        return open_teachers[0]
    awake_together = [
        teacher
        for teacher in rng.sample(open_teachers, len(open_teachers))
        if any(is_awake(slot, student.home) for slot in free[teacher.code][::4])
    ]
    return (awake_together or open_teachers)[0]


def _slot_for(student: DemoPerson, free: list[datetime], *, rng: random.Random) -> datetime:
    """Take a slot out of a teacher's free ones, with the hour around it, best when the student is awake too."""
    good = [slot for slot in free if is_awake(slot, student.home)] or free
    slot = rng.choice(good)
    free[:] = [other for other in free if abs(other - slot) >= timedelta(hours=1)]
    return slot
