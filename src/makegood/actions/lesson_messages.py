"""What messages about lessons are filled with, for whoever announces one (docs/messages.md lists the kinds)."""

from __future__ import annotations

from makegood.domain.lessons.models import Lesson
from makegood.domain.notifications.kinds import Side
from makegood.domain.notifications.occurrences import occurrence_of
from makegood.domain.people.models import Membership
from makegood.rules.sentences import Value


def lesson_values(*, lesson: Lesson, teacher: Membership, side: Side) -> dict[str, Value]:
    """The values of a lesson as it stands now, for one side; call it after the lesson was changed.

    `teacher` and `lesson.student` (None where the lesson has no student) come with their persons. The calendar file of
    the message gets the lesson's version, so a mail that is late never carries a newer number than its content.
    """
    now_stands = occurrence_of(lesson)
    values: dict[str, Value] = {
        "lesson": now_stands.lesson_id,
        "version": now_stands.version,
        "starts_at": now_stands.starts_at,
        "ends_at": now_stands.ends_at,
        "teacher": teacher.display_name,
        "side": side.value,
    }
    # An imported lesson may lack a student; its title says whom it was with, if anything does.
    values["student"] = lesson.title or "–"
    if lesson.student is not None:
        values["student"] = lesson.student.display_name
        values["zone_of_teacher"] = teacher.person.zone
        values["zone_of_student"] = lesson.student.person.zone
    return values
