"""A week of the school: who teaches whom when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.queries import list_of_span
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import list_with_role
from makegood.domain.schools.models import School

DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRow:
    """A teacher and their lessons on each day of the week."""

    teacher: Membership
    days: tuple[tuple[Lesson, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolWeek:
    """Seven days from a Monday, in the reader's zone."""

    monday_on: date
    days: tuple[date, ...]
    rows: tuple[CalendarRow, ...]
    teachers: tuple[Membership, ...]
    count: int


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

    Teachers without a lesson that fits have a row only where nothing is filtered. Held times that lapsed are left out.
    """
    monday = day - timedelta(days=day.weekday())
    place = ZoneInfo(zone)
    found = list_of_span(
        school_id=school.pk,
        from_at=datetime.combine(monday, time(), place),
        until_at=datetime.combine(monday + timedelta(days=DAYS), time(), place),
        teacher_id=teacher_id,
        student=student,
        status=status,
        lesson_type=lesson_type,
    )
    lessons = [one for one in found if one.held_until is None or one.held_until > now or status is not None]
    teachers = list_with_role(school_id=school.pk, role=Role.TEACHER)
    is_filtered = bool(teacher_id or student or status or lesson_type)
    by_cell: dict[tuple[int, date], list[Lesson]] = {}
    for lesson in lessons:
        by_cell.setdefault((lesson.teacher_id, lesson.starts_at.astimezone(place).date()), []).append(lesson)
    shown = {lesson.teacher_id: lesson.teacher for lesson in lessons}
    if not is_filtered:
        shown |= {teacher.pk: teacher for teacher in teachers}
    days = tuple(monday + timedelta(days=offset) for offset in range(DAYS))
    rows = (
        CalendarRow(teacher=teacher, days=tuple(tuple(by_cell.get((teacher.pk, on), ())) for on in days))
        for teacher in _by_name(list(shown.values()))
    )
    return SchoolWeek(
        monday_on=monday, days=days, rows=tuple(rows), teachers=tuple(_by_name(teachers)), count=len(lessons)
    )


def _by_name(members: Sequence[Membership]) -> list[Membership]:
    return sorted(members, key=lambda member: (member.display_name, member.pk))
