"""A member's own lessons to come, in whichever part."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from makegood.domain.lessons.attending import has_finished
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.queries import list_coming
from makegood.domain.people.models import Membership, Role
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.models import School
from makegood.reports.student_lessons import own_lesson


@dataclass(frozen=True, slots=True, kw_only=True)
class ComingLesson:
    """A lesson with until when (included) its student cancels it free."""

    lesson: Lesson
    is_teacher: bool
    free_until: datetime
    is_finished: bool


def list_coming_lessons(
    *, school: School, member: Membership, roles: Collection[Role], now: datetime
) -> Sequence[ComingLesson]:
    """The lessons by start, at most 200; those of a part whose role the member no longer holds are left out."""
    timetable = get_timetable(school_id=school.pk)
    found = (
        (lesson, lesson.teacher_id == member.pk)
        for lesson in list_coming(school_id=school.pk, member_id=member.pk, now=now)
    )
    return [
        ComingLesson(
            lesson=lesson,
            is_teacher=is_teacher,
            free_until=own_lesson(lesson=lesson, timetable=timetable, now=now).free_until,
            is_finished=has_finished(lesson),
        )
        for lesson, is_teacher in found
        if (Role.TEACHER if is_teacher else Role.STUDENT) in roles
    ]
