"""Lessons as rows of a page, seen by their teacher or by their student."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_noop

from makegood.domain.lessons.models import Lesson
from makegood.domain.schools.models import School
from makegood.quantities import Interval
from makegood.reports.teacher_dashboard import Button, UpcomingLesson
from makegood.rules.sentences import Sentence
from makegood.web.parts.components import LessonRow


def row_for_teacher(upcoming: UpcomingLesson, *, school: School) -> LessonRow:
    """The lesson with the door that the mark demands."""
    lesson = upcoming.lesson
    student = lesson.student
    address = {"school": school.slug, "lesson_id": lesson.pk}
    can_cancel = upcoming.button is Button.CANCEL_FOR_STUDENT
    hours = round((lesson.starts_at - upcoming.mark_at).total_seconds() / 3600)
    note = Sentence(gettext_noop("On now")) if upcoming.has_begun else _within(hours)
    return LessonRow(
        interval=Interval(lesson.starts_at, lesson.ends_at),
        other_name=student.display_name if student else "",
        other_zone=student.person.zone if student else school.zone,
        other_role="student",
        about=lesson.title,
        url=reverse("teacher:session", kwargs=address),
        join_url=reverse("teacher:session", kwargs=address),
        cancel_url=reverse("teacher:cancel_session", kwargs=address) if can_cancel else "",
        cancel_until=upcoming.mark_at if can_cancel else None,
        report_url="" if can_cancel else reverse("teacher:report_emergency", kwargs=address),
        report_note=note,
        is_live=upcoming.has_begun,
    )


def row_for_student(lesson: Lesson, *, school: School, is_live: bool) -> LessonRow:
    """The lesson with its teacher's time."""
    url = reverse("student:lesson", kwargs={"school": school.slug, "lesson_id": lesson.pk})
    return LessonRow(
        interval=Interval(lesson.starts_at, lesson.ends_at),
        other_name=lesson.teacher.display_name,
        other_zone=lesson.teacher.person.zone,
        other_role="teacher",
        about=lesson.title,
        url=url,
        join_url=url,
        is_live=is_live,
    )


def _within(hours: int) -> Sentence:
    return Sentence(
        gettext_noop("Starts within 1 hour"),
        {"hours": hours},
        plural=gettext_noop("Starts within {hours} hours"),
        count="hours",
    )
