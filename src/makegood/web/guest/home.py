"""Where somebody lands: their schools, or the page of their first role in a school."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from makegood.domain.people.models import Role
from makegood.domain.people.permissions import ROLES_IN_ORDER
from makegood.web import access
from makegood.web.switching import landing_of


@access.signed_in()
def home(request: HttpRequest, guest: access.Guest) -> HttpResponseBase:
    """Go to the only school, or let the person choose one."""
    mine = access.own_memberships(guest.person) if guest.person else []
    if len(mine) == 1:
        return redirect("school_home", school=mine[0].membership.school.slug)
    return render(request, "guest/home.html", {"mine": mine, "school": None, "sections": []})


@access.members(*Role)
def school_home(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Go to the page of the first role held here."""
    first = next(role for role in ROLES_IN_ORDER if role in visit.roles)
    return redirect(landing_of(role=first, school_slug=visit.school.slug))
