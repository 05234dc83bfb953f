"""The desk's list: lessons that need another time, by time to their start."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from makegood.domain.people.models import Role
from makegood.web import access
from makegood.web.parts.affected import affected_context
from makegood.web.parts.case_page import case_context, get_case


@access.members(Role.DESK)
def queue(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show the lessons to come, then those of the last two days."""
    return render(request, "desk/queue.html", affected_context(visit, days_back=2))


@access.members(Role.DESK)
def case(request: HttpRequest, visit: access.Visit, reference: str) -> HttpResponseBase:
    """Show one case."""
    page = get_case(visit=visit, reference=reference, roles=(Role.DESK,))
    return render(request, "desk/case.html", case_context(page, now=visit.now))
