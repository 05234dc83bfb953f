"""The teacher's first page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from makegood.domain.people.models import Role
from makegood.reports import landing_pages
from makegood.web import access


@access.members(Role.TEACHER)
def dashboard(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show the page."""
    lessons = landing_pages.list_upcoming_lessons(
        school_id=visit.school.pk, now=visit.now, teacher_id=visit.membership.pk
    )
    return render(request, "teacher/dashboard.html", {"lessons": lessons})
