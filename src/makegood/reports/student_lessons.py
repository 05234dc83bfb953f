"""What a student sees: the lessons to come and the notices about those that cannot take place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.queries import list_upcoming_of_student
from makegood.domain.notifications.queries import list_in_app
from makegood.domain.notifications.texts import Text, render
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message in the app, in the reader's language and zone."""

    message_id: int
    created_at: datetime
    is_unread: bool
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentLessons:
    """The page: notices newest first, lessons by start."""

    notices: tuple[Notice, ...]
    lessons: tuple[Lesson, ...]


def make_student_lessons(*, school: School, student: Membership, now: datetime) -> StudentLessons:
    """The student's page at `now`. 2 statements."""
    return StudentLessons(
        notices=list_notices(school=school, member=student),
        lessons=tuple(list_upcoming_of_student(school_id=school.pk, student_id=student.pk, now=now)),
    )


def list_notices(*, school: School, member: Membership, limit: int = 50) -> tuple[Notice, ...]:
    """The messages of anybody in the school, newest first. 1 statement."""
    return tuple(
        Notice(
            message_id=message.pk,
            created_at=message.created_at,
            is_unread=message.read_at is None,
            text=render(message),
        )
        for message in list_in_app(school_id=school.pk, recipient_id=member.pk, limit=limit)
    )
