"""What is not on record yet of lessons that ended early or were missed, as their teacher reads it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from makegood.domain.lessons import attending
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.presence import Attendance
from makegood.domain.penalties.foreseeing import Foreseen, foresee, may_be_foreseen
from makegood.domain.penalties.history import History
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import Timetable
from makegood.domain.schools.models import School


def list_foreseen(
    *,
    school: School,
    teacher: Membership,
    lessons: Sequence[Lesson],
    history: History,
    timetable: Timetable,
    now: datetime,
) -> list[Foreseen]:
    """What would be recorded of the teacher's open lessons that are over or finished, in their order.

    1 statement where there are any, and one more for each that ended early.
    """
    attendances = attending.find_attendances(lessons=lessons, now=now)
    found = [
        foresee(
            lesson=lesson,
            teacher=teacher,
            attendance=attendances[lesson.pk],
            history=history,
            timetable=timetable,
            now=now,
        )
        for lesson in lessons
        if is_to_be_told(school=school, lesson=lesson, attendance=attendances[lesson.pk], timetable=timetable, now=now)
    ]
    return [one for one in found if one is not None]


def is_to_be_told(
    *, school: School, lesson: Lesson, attendance: Attendance, timetable: Timetable, now: datetime
) -> bool:
    """Whether the teacher is to hear what will be recorded; the demo's lessons that nobody opened are never watched."""
    if timetable.find_at(lesson.starts_at) is None or not may_be_foreseen(
        lesson=lesson, attendance=attendance, timetable=timetable, now=now
    ):
        return False
    return not school.is_demo or bool(attendance.teacher or attendance.student)
