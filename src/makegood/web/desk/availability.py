"""The desk's doors to the calendars of teachers, which it changes on their behalf."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from makegood.domain.availability import openness
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.queries import find_member
from makegood.domain.people.roster import list_with_role
from makegood.web import access
from makegood.web.parts import default_availability, teaching_calendar


@access.members(Role.DESK)
def teachers(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """List the teachers by name, and first those for whom matching pauses."""
    found = list_with_role(school_id=visit.school.pk, role=Role.TEACHER)
    context = {
        "teachers": sorted(found, key=lambda one: one.display_name),
        "pauses": openness.running_pauses(school_id=visit.school.pk, now=visit.now),
    }
    return render(request, "desk/teachers.html", context)


@access.members(Role.DESK, methods=access.READ_AND_WRITE)
def availability(request: HttpRequest, visit: access.Visit, teacher_id: int) -> HttpResponseBase:
    """Show or change one week of a teacher."""
    return teaching_calendar.show(
        request,
        visit,
        teacher=find_teacher(visit, teacher_id),
        template="desk/availability.html",
        address=_address(visit, teacher_id),
    )


@access.members(Role.DESK, methods=access.READ_AND_WRITE)
def default(request: HttpRequest, visit: access.Visit, teacher_id: int) -> HttpResponseBase:
    """Show or change the usual week of a teacher."""
    return default_availability.show(
        request,
        visit,
        teacher=find_teacher(visit, teacher_id),
        template="desk/default_availability.html",
        back=_address(visit, teacher_id),
    )


def find_teacher(visit: access.Visit, teacher_id: int) -> Membership:
    """Somebody who teaches in the school now. Raises Http404 for anybody else."""
    member = find_member(school_id=visit.school.pk, membership_id=teacher_id)
    if member is None or all(grant.role != Role.TEACHER for grant in member.live_grants):
        raise Http404
    return member.membership


def _address(visit: access.Visit, teacher_id: int) -> str:
    return reverse("desk:availability", kwargs={"school": visit.school.slug, "teacher_id": teacher_id})
