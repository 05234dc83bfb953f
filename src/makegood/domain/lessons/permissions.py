"""Who may see or act on a lesson."""

from __future__ import annotations

from makegood.domain.lessons.models import Lesson


def is_teacher_of(*, membership_id: int, lesson: Lesson) -> bool:
    """Whether this member is booked to teach the lesson."""
    return lesson.teacher_id == membership_id


def is_student_of(*, membership_id: int, lesson: Lesson) -> bool:
    """Whether the lesson is booked for this member."""
    return lesson.student_id == membership_id
