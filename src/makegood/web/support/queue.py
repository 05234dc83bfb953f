"""Support's page: the sessions of today that are in trouble, with how to reach both people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from makegood.domain.people.models import Role
from makegood.web import access
from makegood.web.parts.affected import affected_context


@access.members(Role.SUPPORT)
def queue(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show the page."""
    return render(request, "support/queue.html", affected_context(visit, days_back=0))
