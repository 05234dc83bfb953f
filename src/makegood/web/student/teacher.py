"""One teacher, as students see them: what they can book, and when."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from makegood.domain.people.models import Role
from makegood.web import access
from makegood.web.student.search import search


@access.members(Role.STUDENT)
def teacher(request: HttpRequest, visit: access.Visit, teacher_id: int) -> HttpResponseBase:
    """Show the page; the buttons of its times are answered by the booking page."""
    return render(request, "student/teacher.html", search(request, visit, teacher_id=teacher_id))
