"""The student's lessons and messages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from makegood.domain.people.models import Role
from makegood.reports import landing_pages
from makegood.web import access


@access.members(Role.STUDENT)
def lessons(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show the page."""
    school_id, membership_id = visit.school.pk, visit.membership.pk
    context = {
        "lessons": landing_pages.list_upcoming_lessons(school_id=school_id, now=visit.now, student_id=membership_id),
        "notices": landing_pages.list_notices(school_id=school_id, membership_id=membership_id),
    }
    return render(request, "student/lessons.html", context)
