"""The student's lessons and the messages about those that cannot take place."""

from __future__ import annotations

from itertools import groupby
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from makegood.actions.read_messages import read_messages
from makegood.domain.people.models import Role
from makegood.reports.student_lessons import make_student_lessons
from makegood.web import access
from makegood.web.parts.components import LessonDay
from makegood.web.parts.lesson_rows import row_for_student


@access.members(Role.STUDENT)
def lessons(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show the page."""
    found = make_student_lessons(school=visit.school, student=visit.membership, now=visit.now)
    rows = [
        row_for_student(lesson, school=visit.school, is_live=lesson.starts_at <= visit.now) for lesson in found.lessons
    ]
    zone = ZoneInfo(visit.person.zone)
    days = groupby(rows[1:], key=lambda row: row.interval.start.astimezone(zone).date())
    context = {
        "lesson": rows[0] if rows else None,
        "days": [LessonDay(day, list(its_rows)) for day, its_rows in days],
        "notices": found.notices,
        "unread_count": sum(notice.is_unread for notice in found.notices),
    }
    return render(request, "student/lessons.html", context)


@access.members(Role.STUDENT, methods=access.WRITE)
def read(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Mark all messages as read."""
    read_messages(school=visit.school, member=visit.membership, now=visit.now)
    return redirect("student:lessons", school=visit.school.slug)
