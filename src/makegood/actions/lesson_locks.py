"""Locks a lesson with its two people, in the order that docs/database.md asks for. Shared by the verbs."""

from __future__ import annotations

from dataclasses import dataclass

from makegood.domain.lessons import operations as lessons
from makegood.domain.lessons.coming_back import StudentLeftSince, TeacherLeftSince
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import holds_role, lock_member


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedLesson:
    """A lesson with its teacher and student (None: an imported lesson), each locked until the transaction ends."""

    lesson: Lesson
    teacher: Membership
    student: Membership | None


def lock_with_people(*, school_id: int, lesson_id: int) -> LockedLesson:
    """Lock teacher, student and lesson. Raises LessonNotFound, also when it got another teacher meanwhile."""
    found = find_lesson(school_id=school_id, lesson_id=lesson_id)
    if found is None:
        raise LessonNotFound
    teacher = lock_member(school_id=school_id, membership_id=found.teacher_id)
    student = None
    if found.student_id is not None:
        student = lock_member(school_id=school_id, membership_id=found.student_id)
    lesson = lessons.lock_lesson(school_id=school_id, lesson_id=lesson_id)
    if (lesson.teacher_id, lesson.student_id) != (found.teacher_id, found.student_id):
        raise LessonNotFound
    return LockedLesson(lesson=lesson, teacher=teacher, student=student)


def refuse_if_one_left(*, locked: LockedLesson) -> None:
    """Raise the refusal of a lesson that cannot come back, because one of its two is there no longer.

    Raises TeacherLeftSince, StudentLeftSince.
    """
    if _has_teacher_left(locked.lesson):
        raise TeacherLeftSince
    if _has_student_left(locked.lesson):
        raise StudentLeftSince


def has_one_left(*, lesson: Lesson) -> bool:
    """Whether one of the lesson's two is there no longer, so that it cannot come back."""
    return _has_teacher_left(lesson) or _has_student_left(lesson)


def _has_teacher_left(lesson: Lesson) -> bool:
    return not holds_role(school_id=lesson.school_id, membership_id=lesson.teacher_id, roles=(Role.TEACHER,))


def _has_student_left(lesson: Lesson) -> bool:
    student_id = lesson.student_id
    if student_id is None:
        return False
    return not holds_role(school_id=lesson.school_id, membership_id=student_id, roles=(Role.STUDENT,))
