"""The teacher's own Teaching Calendar and default week."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from makegood.domain.people.models import Role
from makegood.web import access
from makegood.web.parts import default_availability, teaching_calendar


@access.members(Role.TEACHER, methods=access.READ_AND_WRITE)
def availability(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show or change one week."""
    return teaching_calendar.show(
        request, visit, teacher=visit.membership, template="teacher/availability.html", address=_address(visit)
    )


@access.members(Role.TEACHER, methods=access.READ_AND_WRITE)
def default(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show or change the usual week."""
    return default_availability.show(
        request, visit, teacher=visit.membership, template="teacher/default_availability.html", back=_address(visit)
    )


def _address(visit: access.Visit) -> str:
    return reverse("teacher:availability", kwargs={"school": visit.school.slug})
