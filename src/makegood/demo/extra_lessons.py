"""Extra lessons of the cast around now: somebody always teaches, and everybody's next lesson is near. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from makegood.demo.bookings import Calendar
from makegood.demo.lessons import DemoLesson
from makegood.demo.people import DemoPeople, DemoPerson
from makegood.demo.schools import DemoSchool
from makegood.demo.waking_hours import hours_from_noon, is_awake
from makegood.quantities import Interval

# Somebody of the cast teaches at every moment from now until then.
COVERED = timedelta(hours=36)
_SLOT = timedelta(minutes=30)
# The next lesson of each of them starts between 45 minutes and 5 and a half hours from now.
_SOONEST = timedelta(minutes=45)
_NEXT_SLOTS = 9
NEXT_WITHIN = _SOONEST + _SLOT * (_NEXT_SLOTS + 1)
_MINUTES = (60, 30, 25)
TITLE = "Conversation hour"
_BOOKED_BEFORE = timedelta(days=3, minutes=17)


def lessons_around(
    *, school: DemoSchool, people: DemoPeople, now: datetime, calendar: Calendar, waits_for_series: bool
) -> Iterator[DemoLesson]:
    """Book extra lessons for the cast into `calendar`, and yield them.

    With `waits_for_series` only the next lesson of each (call it before the weekly series are booked), without it what
    is still missing for somebody to teach at every moment.
    """
    # Who is on probation gives few lessons, and none on top of them.
    cast = [teacher for teacher in people.teachers if teacher.is_sign_in and not teacher.is_new]
    planner = _Planner(school=school, people=people, calendar=calendar)
    if waits_for_series:
        for teacher in cast:
            if calendar.first_start_in(teacher.code, now, now + NEXT_WITHIN) is None:
                yield from planner.next_lesson(teacher, now=now)
    else:
        yield from planner.cover(cast, now=now)


class _Planner:
    def __init__(self, *, school: DemoSchool, people: DemoPeople, calendar: Calendar) -> None:
        self._school = school
        self._students = people.students
        self._calendar = calendar
        self._extra_counts = Counter[str]()

    def next_lesson(self, teacher: DemoPerson, *, now: datetime) -> Iterator[DemoLesson]:
        first = _next_slot(now + _SOONEST)
        marks = sorted(
            (first + _SLOT * number for number in range(_NEXT_SLOTS)),
            key=lambda mark: (hours_from_noon(mark, teacher.home), mark),
        )
        for mark in marks:
            lesson = self._book(teacher, starts_at=mark, minutes=_MINUTES[0])
            if lesson is not None:
                yield lesson
                return

    def cover(self, cast: Sequence[DemoPerson], *, now: datetime) -> Iterator[DemoLesson]:
        at = now
        while at < now + COVERED:
            busy = [end for teacher in cast if (end := self._calendar.busy_until(teacher.code, at)) is not None]
            if busy:
                at = max(busy)
                continue
            lesson = self._book_any(cast, at=at)
            if lesson is None:
                at = _next_slot(at + timedelta(minutes=1))
            else:
                yield lesson
                at = lesson.ends_at

    def _book_any(self, cast: Sequence[DemoPerson], *, at: datetime) -> DemoLesson | None:
        starts_at = _next_slot(at) if at == _next_slot(at) else _next_slot(at) - _SLOT
        for minutes in _MINUTES:
            for teacher in sorted(cast, key=lambda teacher: hours_from_noon(at, teacher.home)):
                for start in (starts_at, at.replace(second=0, microsecond=0)):
                    lesson = self._book(teacher, starts_at=start, minutes=minutes)
                    if lesson is not None and lesson.ends_at > at:
                        return lesson
        return None

    def _book(self, teacher: DemoPerson, *, starts_at: datetime, minutes: int) -> DemoLesson | None:
        wanted = Interval(starts_at, starts_at + timedelta(minutes=minutes))
        if not self._calendar.is_free(teacher.code, wanted):
            return None
        free = [student for student in self._students if self._calendar.is_free(student.code, wanted)]
        if not free:
            return None
        student = max(
            free,
            key=lambda student: (
                _interest(student, teacher, starts_at),
                -self._extra_counts[student.code],
                student.code,
            ),
        )
        self._extra_counts[student.code] += 1
        lesson = DemoLesson.of(
            school=self._school,
            teacher=teacher,
            student=student,
            starts_at=starts_at,
            minutes=minutes,
            title=TITLE,
            lesson_type="regular",
            booked_at=starts_at - _BOOKED_BEFORE,
        )
        self._calendar.book(lesson)
        return lesson


def _interest(student: DemoPerson, teacher: DemoPerson, at: datetime) -> tuple[bool, bool, bool]:
    """Best a student who is awake, for whom it is another date, or at least another time."""
    there, here = at.astimezone(ZoneInfo(student.home.zone)), at.astimezone(ZoneInfo(teacher.home.zone))
    return there.utcoffset() != here.utcoffset(), is_awake(at, student.home), there.date() != here.date()


def _next_slot(at: datetime) -> datetime:
    """The first half hour at or after `at`."""
    since_slot = timedelta(minutes=at.minute % 30, seconds=at.second, microseconds=at.microsecond)
    return at if not since_slot else at + _SLOT - since_slot
