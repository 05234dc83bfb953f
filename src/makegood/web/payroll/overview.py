"""Payroll's months and what each pays."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from makegood.domain.people.models import Role
from makegood.domain.people.queries import find_member
from makegood.reports.school_month import list_payroll_months, make_month_totals
from makegood.web import access
from makegood.web.parts.months import get_month, write_month
from makegood.web.parts.statement_page import statement_context


@access.members(Role.PAYROLL)
def overview(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """List the months, and show what the one that runs pays."""
    found = list_payroll_months(school=visit.school, now=visit.now)
    months = {period.starts_on: period.closed_at for period in found.periods}
    months.setdefault(found.current_month_on, None)
    context = {
        "month_on": found.current_month_on,
        "month_code": write_month(found.current_month_on),
        "totals": make_month_totals(school=visit.school, month_on=found.current_month_on),
        "months": [(month_on, write_month(month_on), months[month_on]) for month_on in sorted(months, reverse=True)],
    }
    return render(request, "payroll/overview.html", context)


@access.members(Role.PAYROLL)
def month(request: HttpRequest, visit: access.Visit, month: str) -> HttpResponseBase:
    """Show what one month pays, teacher by teacher."""
    month_on = get_month(month)
    context = {
        "month_on": month_on,
        "month_code": month,
        "totals": make_month_totals(school=visit.school, month_on=month_on),
    }
    return render(request, "payroll/month.html", context)


@access.members(Role.PAYROLL, Role.OWNER)
def statement(request: HttpRequest, visit: access.Visit, month: str, membership_id: int) -> HttpResponseBase:
    """Show the statement of one teacher, as that teacher sees it."""
    month_on = get_month(month)
    member = find_member(school_id=visit.school.pk, membership_id=membership_id)
    if member is None:
        raise Http404

    def month_url(month: str) -> str:
        kwargs = {"school": visit.school.slug, "month": month, "membership_id": membership_id}
        return reverse("payroll:statement", kwargs=kwargs)

    context = statement_context(
        school=visit.school,
        teacher=member.membership,
        month_on=month_on,
        now=visit.now,
        month_url=month_url,
        case_url=None,
    )
    return render(request, "parts/statement.html", context)
