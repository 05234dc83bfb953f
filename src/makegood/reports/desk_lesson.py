"""A lesson as the desk sees it: where it stands, what about it waits or waited for the desk, what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from makegood.domain.lessons.desk_cases import list_of_lesson as list_cases_of_lesson
from makegood.domain.lessons.models import DeskCase, Lesson
from makegood.domain.lessons.other_times import find_other_time
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.lessons.series import list_of_series
from makegood.domain.lessons.statuses import OFF
from makegood.domain.people.models import Role
from makegood.domain.people.roster import holds_role
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
    """Everything on the page; `cases` are open and ended ones, the oldest first, `series` all lessons of its series.

    `other_time` was booked in place of this one; `needs_other_time`: the desk may book one, for it is off, not used,
    and its student still studies here.
    """

    lesson: Lesson
    happening: Happening | None
    cases: Sequence[DeskCase]
    events: Sequence[Event]
    other_time: Lesson | None
    needs_other_time: bool
    series: Sequence[Lesson]


def make_desk_lesson(*, school: School, lesson_id: int) -> DeskLesson | None:
    """The lesson, or the time that is or was kept for one; None for none of the school.

    At most 5 statements, one more of a series, and one of a lesson that is off.
    """
    lesson = find_lesson(school_id=school.pk, lesson_id=lesson_id)
    if lesson is None:
        return None
    happening = find_happenings(school=school, lessons=[lesson]).get(lesson.pk)
    events = list_of_lesson(school_id=school.pk, lesson_id=lesson.pk, kinds=_SHOWN)
    is_told = any(event.kind == EventKind.OTHER_TIME_BOOKED for event in events)
    other_time = find_other_time(lesson=lesson) if is_told else None
    return DeskLesson(
        lesson=lesson,
        happening=happening,
        cases=list_cases_of_lesson(lesson=lesson),
        events=events,
        other_time=other_time,
        needs_other_time=other_time is None and _needs_other_time(lesson, happening),
        series=list_of_series(school_id=school.pk, series_id=lesson.series_id) if lesson.series_id else (),
    )


def _needs_other_time(lesson: Lesson, happening: Happening | None) -> bool:
    if lesson.status not in OFF or lesson.student_id is None or happening is None or happening.is_used:
        return False
    return holds_role(school_id=lesson.school_id, membership_id=lesson.student_id, roles=(Role.STUDENT,))
