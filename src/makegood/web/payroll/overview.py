"""Payroll's months."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from makegood.domain.people.models import Role
from makegood.reports import landing_pages
from makegood.web import access


@access.members(Role.PAYROLL)
def overview(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show the page."""
    periods = landing_pages.list_pay_periods(school_id=visit.school.pk)
    return render(request, "payroll/overview.html", {"periods": periods})
