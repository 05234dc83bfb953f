"""The owner's first page: the month's incidents and totals."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from makegood.domain.ledger.periods import month_of
from makegood.domain.people.models import Role
from makegood.reports.school_month import make_month_totals
from makegood.web import access
from makegood.web.parts import case_lists
from makegood.web.parts.case_page import case_context, get_case
from makegood.web.parts.months import find_month, write_month
from makegood.web.parts.standings import list_rows

# The list beside the cases; the filter above them offers all.
_MONTHS_LISTED = 24


@access.members(Role.OWNER)
def overview(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show the month that is asked for, this month unless told otherwise."""
    current_on = month_of(at=visit.now, zone=visit.school.zone)
    month_on = find_month(request.GET.get("month", "")) or current_on
    asked = {**request.GET.dict(), "month": write_month(month_on)}
    context = case_lists.list_context(asked, visit=visit, case_address="owner:case")
    context |= {
        "month_on": month_on,
        "standings": list_rows(school=visit.school, now=visit.now),
        "totals": make_month_totals(school=visit.school, month_on=month_on),
        "months": [
            (one, f"{reverse('owner:overview', kwargs={'school': visit.school.slug})}?month={write_month(one)}")
            for one in context["months_of_cases"][:_MONTHS_LISTED]
            if one != month_on
        ],
    }
    return render(request, "owner/overview.html", context)


@access.members(Role.OWNER)
def case(request: HttpRequest, visit: access.Visit, reference: str) -> HttpResponseBase:
    """Show one case."""
    page = get_case(visit=visit, reference=reference, roles=(Role.OWNER,))
    return render(request, "owner/case.html", case_context(page, now=visit.now))
