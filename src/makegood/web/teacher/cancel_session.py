"""cancel session: what it is for, and the right door until it can be done here."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render

from makegood.domain.lessons.permissions import is_teacher_of
from makegood.domain.lessons.queries import OPEN, find_lesson
from makegood.domain.people.models import Role
from makegood.domain.policies.queries import get_timetable
from makegood.reports.teacher_dashboard import Button, show_upcoming
from makegood.web import access
from makegood.web.parts.lesson_rows import row_for_teacher


@access.members(Role.TEACHER)
def cancel(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Say how a session is cancelled for the student; past the mark, say which door is the right one."""
    lesson = find_lesson(school_id=visit.school.pk, lesson_id=lesson_id)
    if lesson is None or not is_teacher_of(membership_id=visit.membership.pk, lesson=lesson):
        raise Http404
    timetable = get_timetable(school_id=visit.school.pk)
    upcoming = show_upcoming(lesson=lesson, timetable=timetable, now=visit.now)
    context = {
        "lesson": row_for_teacher(upcoming, school=visit.school),
        "lesson_id": lesson.pk,
        "mark_at": upcoming.mark_at,
        "is_open": lesson.status in OPEN and visit.now < lesson.ends_at,
        "is_before_mark": upcoming.button is Button.CANCEL_FOR_STUDENT,
    }
    return render(request, "teacher/cancel_session.html", context)
