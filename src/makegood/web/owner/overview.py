"""The owner's first page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from makegood.domain.people.models import Role
from makegood.reports import landing_pages
from makegood.web import access


@access.members(Role.OWNER)
def overview(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show the page."""
    incidents = landing_pages.list_latest_incidents(school_id=visit.school.pk)
    return render(request, "owner/overview.html", {"incidents": incidents})
