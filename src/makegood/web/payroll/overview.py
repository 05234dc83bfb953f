"""Payroll's months and what each pays."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from makegood.domain.people.models import Role
from makegood.reports.school_month import list_payroll_months, make_month_totals
from makegood.web import access
from makegood.web.parts.months import get_month, write_month


@access.members(Role.PAYROLL)
def overview(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """List the months, and show what the one that runs pays."""
    found = list_payroll_months(school=visit.school, now=visit.now)
    months = {period.starts_on: period.closed_at for period in found.periods}
    months.setdefault(found.current_month_on, None)
    context = {
        "month_on": found.current_month_on,
        "totals": make_month_totals(school=visit.school, month_on=found.current_month_on),
        "months": [(month_on, write_month(month_on), months[month_on]) for month_on in sorted(months, reverse=True)],
    }
    return render(request, "payroll/overview.html", context)


@access.members(Role.PAYROLL)
def month(request: HttpRequest, visit: access.Visit, month: str) -> HttpResponseBase:
    """Show what one month pays, teacher by teacher."""
    month_on = get_month(month)
    context = {"month_on": month_on, "totals": make_month_totals(school=visit.school, month_on=month_on)}
    return render(request, "payroll/month.html", context)
