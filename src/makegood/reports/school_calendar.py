"""A week of the school: who teaches whom when, what became of it, and what about it waits for the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from makegood.domain.incidents.queries import find_live_of_lessons
from makegood.domain.lessons.desk_cases import read_open_cases
from makegood.domain.lessons.models import DeskCase, Lesson, LessonStatus
from makegood.domain.lessons.queries import list_of_span
from makegood.domain.penalties.operations import list_paid
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import list_with_role
from makegood.domain.schools.models import School
from makegood.rules.facts import Kind, RequestedBy

DAYS: Final = 7
# Nothing went wrong yet with the others.
_OVER_OR_OFF: Final = frozenset(
    {
        LessonStatus.TAUGHT,
        LessonStatus.CANCELLED,
        LessonStatus.MOVED,
        LessonStatus.MISSED,
        LessonStatus.CUT_SHORT,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Why a lesson did not go as booked. `is_used`: the student gave it up too late or missed it; it is paid."""

    reference: str
    kind: Kind
    requested_by: RequestedBy
    is_used: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarLesson:
    """A lesson of the week; `happening` None: it goes, or went, as booked. `cases` are open and wait for the desk."""

    lesson: Lesson
    happening: Happening | None
    cases: tuple[DeskCase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDay:
    """The lessons of one day by start, those of the same start by teacher."""

    on: date
    lessons: tuple[CalendarLesson, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolWeek:
    """Seven days from a Monday, in the reader's zone."""

    monday_on: date
    days: tuple[CalendarDay, ...]
    teachers: tuple[Membership, ...]
    count: int

    def has(self, on: date) -> bool:
        """Whether it is a day of this week."""
        return self.monday_on <= on < self.monday_on + timedelta(days=DAYS)


def make_school_week(
    *,
    school: School,
    zone: str,
    day: date,
    teacher_id: int | None,
    student: str,
    status: LessonStatus | None,
    lesson_type: str,
    now: datetime,
) -> SchoolWeek:
    """The week of `day` on the clock of `zone`. `student` is a part of a name; released times show only when asked for.

    Held times that lapsed are left out. At most 4 statements, however many lessons there are.
    """
    monday = day - timedelta(days=day.weekday())
    place = ZoneInfo(zone)
    from_at = datetime.combine(monday, time(), place)
    until_at = datetime.combine(monday + timedelta(days=DAYS), time(), place)
    found = list_of_span(
        school_id=school.pk,
        from_at=from_at,
        until_at=until_at,
        teacher_id=teacher_id,
        student=student,
        status=status,
        lesson_type=lesson_type,
    )
    lessons = [one for one in found if one.held_until is None or one.held_until > now or status is not None]
    happenings = find_happenings(school=school, lessons=lessons)
    by_day: dict[date, list[CalendarLesson]] = {monday + timedelta(days=offset): [] for offset in range(DAYS)}
    for lesson in sorted(lessons, key=lambda one: (one.starts_at, one.teacher.display_name, one.pk)):
        by_day[lesson.starts_at.astimezone(place).date()].append(
            CalendarLesson(lesson=lesson, happening=happenings.get(lesson.pk), cases=read_open_cases(lesson))
        )
    teachers = list_with_role(school_id=school.pk, role=Role.TEACHER)
    return SchoolWeek(
        monday_on=monday,
        days=tuple(CalendarDay(on=on, lessons=tuple(its)) for on, its in by_day.items()),
        teachers=tuple(sorted(teachers, key=lambda member: (member.display_name, member.pk))),
        count=len(lessons),
    )


def find_happenings(*, school: School, lessons: Sequence[Lesson]) -> dict[int, Happening]:
    """By lesson, why those that did not go as booked did not. At most 2 statements."""
    over = [lesson.pk for lesson in lessons if lesson.status in _OVER_OR_OFF]
    incidents = find_live_of_lessons(school_id=school.pk, lesson_ids=over) if over else {}
    by_student = [one.pk for one in incidents.values() if one.requested_by == RequestedBy.STUDENT]
    paid = list_paid(school_id=school.pk, incident_ids=by_student) if by_student else frozenset()
    return {
        lesson_id: Happening(
            reference=incident.reference,
            kind=Kind(incident.kind),
            requested_by=RequestedBy(incident.requested_by),
            is_used=incident.pk in paid,
        )
        for lesson_id, incident in incidents.items()
    }
