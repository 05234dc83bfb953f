"""Tech support's contacts and the lessons in trouble."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from makegood.domain.people.models import Role
from makegood.reports import landing_pages
from makegood.web import access


@access.members(Role.SUPPORT)
def queue(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show the page."""
    affected = landing_pages.list_affected_lessons(
        school_id=visit.school.pk, zone=ZoneInfo(visit.person.zone), now=visit.now
    )
    return render(request, "support/queue.html", {"affected": affected})
