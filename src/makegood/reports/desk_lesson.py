"""A lesson as the desk sees it: where it stands, what about it waits or waited for the desk, what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from makegood.domain.lessons.desk_cases import list_of_lesson as list_cases_of_lesson
from makegood.domain.lessons.models import DeskCase, Lesson
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.schools.models import School
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from makegood.domain.timeline.queries import list_of_lesson
from makegood.reports.school_calendar import Happening, find_happenings

# What follows from an incident stands on its case, with the reasons.
_LEFT_OUT: Final = frozenset(
    {EventKind.PENALTY_CHANGED, EventKind.CONSEQUENCE_STARTED, EventKind.CONSEQUENCE_ENDED, EventKind.SLOT_HELD}
)
_SHOWN: Final = tuple(kind for kind in EventKind if kind not in _LEFT_OUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskLesson:
    """Everything on the page; `cases` are open and ended ones, the oldest first."""

    lesson: Lesson
    happening: Happening | None
    cases: Sequence[DeskCase]
    events: Sequence[Event]


def make_desk_lesson(*, school: School, lesson_id: int) -> DeskLesson | None:
    """The lesson, or the time that is or was kept for one; None for none of the school. At most 5 statements."""
    lesson = find_lesson(school_id=school.pk, lesson_id=lesson_id)
    if lesson is None:
        return None
    return DeskLesson(
        lesson=lesson,
        happening=find_happenings(school=school, lessons=[lesson]).get(lesson.pk),
        cases=list_cases_of_lesson(lesson=lesson),
        events=list_of_lesson(school_id=school.pk, lesson_id=lesson.pk, kinds=_SHOWN),
    )
