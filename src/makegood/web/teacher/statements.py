"""The teacher's statements: the month so far, and those before it."""

from __future__ import annotations

from datetime import date
from functools import partial

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from makegood.domain.ledger.periods import month_of
from makegood.domain.people.models import Role
from makegood.web import access
from makegood.web.parts.months import get_month
from makegood.web.parts.statement_page import statement_context


@access.members(Role.TEACHER)
def current(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show the month that runs."""
    return _show(request, visit, month_of(at=visit.now, zone=visit.school.zone))


@access.members(Role.TEACHER)
def month(request: HttpRequest, visit: access.Visit, month: str) -> HttpResponseBase:
    """Show one month."""
    return _show(request, visit, get_month(month))


def _show(request: HttpRequest, visit: access.Visit, month_on: date) -> HttpResponseBase:
    context = statement_context(
        school=visit.school,
        teacher=visit.membership,
        month_on=month_on,
        now=visit.now,
        month_url=partial(_month_url, visit.school.slug),
        case_url=partial(_case_url, visit.school.slug),
    )
    return render(request, "parts/statement.html", context)


def _month_url(slug: str, month: str) -> str:
    return reverse("teacher:statement_month", kwargs={"school": slug, "month": month})


def _case_url(slug: str, reference: str) -> str:
    return reverse("teacher:case", kwargs={"school": slug, "reference": reference})
