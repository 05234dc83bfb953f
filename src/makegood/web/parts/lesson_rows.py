"""Lessons as rows of a page, seen by their teacher or by their student."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.utils.translation import gettext_noop

from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.presence import JOIN_EARLY
from makegood.domain.lessons.series import PlaceInSeries
from makegood.domain.schools.models import School
from makegood.quantities import Interval
from makegood.reports.upcoming import Button, UpcomingLesson
from makegood.rules.sentences import Sentence
from makegood.web.parts.addresses import lesson_address
from makegood.web.parts.components import LessonRow
from makegood.web.parts.lesson_names import show_kind
from makegood.web.parts.series import note_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """How a student gives a lesson up or moves it, and until when that is free."""

    cancel_url: str
    move_url: str
    free_until: datetime
    is_free: bool


def row_for_teacher(upcoming: UpcomingLesson, *, school: School) -> LessonRow:
    """The lesson with the door that the mark demands."""
    lesson = upcoming.lesson
    student = lesson.student
    address = partial(lesson_address, school=school.slug, lesson_id=lesson.pk)
    can_cancel = upcoming.button is Button.CANCEL_FOR_STUDENT
    hours = round((lesson.starts_at - upcoming.mark_at).total_seconds() / 3600)
    is_live = upcoming.has_begun and not upcoming.is_finished
    note = Sentence(gettext_noop("On now")) if is_live else _within(hours)
    return LessonRow(
        interval=Interval(lesson.starts_at, lesson.ends_at),
        other_name=student.display_name if student else "",
        other_zone=student.person.zone if student else school.zone,
        other_role="student",
        about=show_kind(lesson.title),
        url=address("teacher:session"),
        join_url=address("teacher:session"),
        opens_at=lesson.starts_at - JOIN_EARLY,
        cancel_url=address("teacher:cancel_session") if can_cancel else "",
        cancel_until=upcoming.mark_at if can_cancel else None,
        report_url="" if can_cancel else address("teacher:report_emergency"),
        report_note="" if upcoming.is_finished else note,
        move_url="" if upcoming.has_begun or student is None else address("teacher:move_session"),
        state=Sentence(gettext_noop("You finished this session")) if upcoming.is_finished else "",
        is_live=is_live,
        series=note_of(upcoming.place),
    )


def row_for_student(
    lesson: Lesson,
    *,
    school: School,
    is_live: bool,
    doors: Doors | None = None,
    place: PlaceInSeries | None = None,
) -> LessonRow:
    """The lesson with its teacher's time; with the student's `doors` where it can still be changed."""
    url = lesson_address("student:lesson", school=school.slug, lesson_id=lesson.pk)
    return LessonRow(
        interval=Interval(lesson.starts_at, lesson.ends_at),
        other_name=lesson.teacher.display_name,
        other_zone=lesson.teacher.person.zone,
        other_role="teacher",
        about=show_kind(lesson.title),
        url=url,
        join_url=url,
        opens_at=lesson.starts_at - JOIN_EARLY,
        give_up_url=doors.cancel_url if doors else "",
        move_url=doors.move_url if doors else "",
        free_until=doors.free_until if doors else None,
        is_free=doors.is_free if doors else True,
        is_live=is_live,
        series=note_of(place),
    )


def _within(hours: int) -> Sentence:
    return Sentence(
        gettext_noop("Starts within 1 hour"),
        {"hours": hours},
        plural=gettext_noop("Starts within {hours} hours"),
        count="hours",
    )
