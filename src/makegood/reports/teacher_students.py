"""A teacher's students, and what is to come with each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.queries import (
    list_student_ids_of_teacher,
    list_upcoming_of_pair,
    list_upcoming_of_teacher,
)
from makegood.domain.lessons.series import list_places
from makegood.domain.people.models import Membership
from makegood.domain.people.roster import list_members
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.models import School
from makegood.reports.upcoming import UpcomingLesson, show_upcoming


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentLine:
    """A student of the teacher, with the next lesson (None: nothing is booked) and how many are to come."""

    student: Membership
    next_lesson: Lesson | None
    upcoming_count: int


def list_students(*, school: School, teacher: Membership, now: datetime) -> tuple[StudentLine, ...]:
    """Everybody the teacher teaches or taught: those with lessons to come first, by time, then by name."""
    upcoming: dict[int, list[Lesson]] = {}
    for lesson in list_upcoming_of_teacher(school_id=school.pk, teacher_id=teacher.pk, now=now, limit=1000):
        if lesson.student_id is not None:
            upcoming.setdefault(lesson.student_id, []).append(lesson)
    ids = list_student_ids_of_teacher(school_id=school.pk, teacher_id=teacher.pk)
    members = list_members(school_id=school.pk, membership_ids=ids)
    lines = [_line(member, upcoming) for member in members]
    return tuple(
        sorted(
            lines,
            key=lambda line: (
                line.next_lesson is None,
                line.next_lesson.starts_at if line.next_lesson else now,
                line.student.display_name,
            ),
        )
    )


def list_lessons_with(
    *, school: School, teacher: Membership, student: Membership, now: datetime
) -> tuple[UpcomingLesson, ...]:
    """What is to come with one student, each with the button that fits."""
    timetable = get_timetable(school_id=school.pk)
    lessons = list_upcoming_of_pair(school_id=school.pk, teacher_id=teacher.pk, student_id=student.pk, now=now)
    places = list_places(school_id=school.pk, lessons=lessons)
    return tuple(
        show_upcoming(lesson=lesson, timetable=timetable, now=now, place=places.get(lesson.pk)) for lesson in lessons
    )


def _line(student: Membership, upcoming: Mapping[int, list[Lesson]]) -> StudentLine:
    own = upcoming.get(student.pk, [])
    return StudentLine(student=student, next_lesson=own[0] if own else None, upcoming_count=len(own))
