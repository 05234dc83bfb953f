"""Students, and the Upcoming Lessons of one of them."""

from __future__ import annotations

from itertools import groupby
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render

from makegood.domain.people.models import Role
from makegood.reports.proposals import list_proposals
from makegood.reports.teacher_students import list_lessons_with, list_students
from makegood.web import access
from makegood.web.parts.components import LessonDay
from makegood.web.parts.lesson_rows import row_for_teacher
from makegood.web.teacher.proposals import rows_of


@access.members(Role.TEACHER)
def students(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """List the teacher's students."""
    lines = list_students(school=visit.school, teacher=visit.membership, now=visit.now)
    return render(request, "teacher/students.html", {"lines": lines})


@access.members(Role.TEACHER)
def lessons(request: HttpRequest, visit: access.Visit, student_id: int) -> HttpResponseBase:
    """Show what is to come with one student."""
    lines = list_students(school=visit.school, teacher=visit.membership, now=visit.now)
    student = next((line.student for line in lines if line.student.pk == student_id), None)
    if student is None:
        raise Http404
    found = list_lessons_with(school=visit.school, teacher=visit.membership, student=student, now=visit.now)
    rows = [row_for_teacher(upcoming, school=visit.school) for upcoming in found]
    zone = ZoneInfo(visit.person.zone)
    days = groupby(rows, key=lambda row: row.interval.start.astimezone(zone).date())
    proposals = list_proposals(school=visit.school, teacher=visit.membership, student=student, now=visit.now)
    context = {
        "student": student,
        "days": [LessonDay(day, list(its_rows)) for day, its_rows in days],
        "proposals": rows_of(proposals),
    }
    return render(request, "teacher/student_lessons.html", context)
