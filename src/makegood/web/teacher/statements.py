"""The teacher's statements: the month so far, and those before it."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from makegood.domain.ledger.periods import month_of
from makegood.domain.people.models import Role
from makegood.reports.school_month import list_payroll_months
from makegood.reports.statement import Section, StatementLine, make_statement
from makegood.rules.sentences import Sentence
from makegood.web import access
from makegood.web.parts import components as c
from makegood.web.parts.months import get_month, write_month
from makegood.web.parts.pay_day import expected_on
from makegood.wording import DayForm, Reader, format_day

_MONTHS_SHOWN = 24


@access.members(Role.TEACHER)
def current(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show the month that runs."""
    return _show(request, visit, month_of(at=visit.now, zone=visit.school.zone))


@access.members(Role.TEACHER)
def month(request: HttpRequest, visit: access.Visit, month: str) -> HttpResponseBase:
    """Show one month."""
    return _show(request, visit, get_month(month))


def _show(request: HttpRequest, visit: access.Visit, month_on: date) -> HttpResponseBase:
    school = visit.school
    found = make_statement(school=school, membership_id=visit.membership.pk, month_on=month_on)
    if found is None:
        raise Http404
    current_on = month_of(at=visit.now, zone=school.zone)
    name = format_day(month_on, Reader.active(), DayForm.MONTH_YEAR)
    periods = list_payroll_months(school=school, now=visit.now).periods
    months = sorted({current_on, *(period.starts_on for period in periods)}, reverse=True)[:_MONTHS_SHOWN]
    context = {
        "teacher": visit.membership,
        "month_on": month_on,
        "is_current": month_on == current_on,
        "closed_at": found.closed_at,
        "statements": [
            _component(section, name=name, is_closed=found.closed_at is not None, month_on=month_on, visit=visit)
            for section in found.sections
        ],
        "months": [
            (one, reverse("teacher:statement_month", kwargs={"school": school.slug, "month": write_month(one)}))
            for one in months
            if one != month_on
        ],
    }
    return render(request, "teacher/statement.html", context)


def _component(section: Section, *, name: str, is_closed: bool, month_on: date, visit: access.Visit) -> c.Statement:
    pay = [_line(line, visit) for line in section.lines if not line.is_penalty]
    penalties = [_line(line, visit) for line in section.lines if line.is_penalty]
    groups = []
    if pay:
        groups.append(c.StatementGroup(title=Sentence(gettext_noop("Sessions")), lines=pay, total=section.lesson_pay))
    if penalties:
        groups.append(
            c.StatementGroup(title=Sentence(gettext_noop("Penalties")), lines=penalties, total=section.penalties)
        )
    return c.Statement(
        caption=gettext("Statement, {month}").format(month=name),
        groups=groups,
        total_label=Sentence(gettext_noop("Total")) if is_closed else expected_on(month_on),
        total=section.total,
    )


def _line(line: StatementLine, visit: access.Visit) -> c.StatementLine:
    notes = []
    if line.is_penalty and line.student_name:
        notes.append(Sentence(gettext_noop("Session with {name}"), {"name": line.student_name}))
    adjusted = Sentence(gettext_noop("Correction of a month that is closed")) if line.is_adjustment else ""
    title = (
        Sentence(gettext_noop("Case {reference}"), {"reference": str(line.reference)})
        if line.is_penalty
        else Sentence("{name}", {"name": line.student_name})
        if line.student_name
        else Sentence(gettext_noop("Session"))
    )
    return c.StatementLine(
        on=line.lesson_starts_at,
        title=title,
        amount=line.amount,
        anchor=line.reference or "",
        url=reverse("teacher:case", kwargs={"school": visit.school.slug, "reference": line.reference})
        if line.reference
        else "",
        note=adjusted or (notes[0] if notes else ""),
    )
