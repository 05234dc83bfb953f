"""A statement as a page shows it: for its teacher, and for those who pay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.http import Http404
from django.utils.translation import gettext, gettext_noop

from makegood.domain.ledger.periods import month_of
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.reports.cases import find_months
from makegood.reports.school_month import list_payroll_months
from makegood.reports.statement import Section, StatementLine, make_statement
from makegood.rules.sentences import Sentence
from makegood.web.parts import components as c
from makegood.web.parts.months import write_month
from makegood.web.parts.pay_day import expected_on
from makegood.web.parts.pay_notes import explain_carried, explain_pay
from makegood.wording import DayForm, Reader, format_day

_MONTHS_SHOWN = 24


def statement_context(
    *,
    school: School,
    teacher: Membership,
    month_on: date,
    now: datetime,
    month_url: Callable[[str], str],
    case_url: Callable[[str], str] | None,
) -> dict[str, Any]:
    """What `parts/statement.html` shows; `case_url` None leaves the cases without links. Raises Http404."""
    found = make_statement(school=school, membership_id=teacher.pk, month_on=month_on)
    if found is None:
        raise Http404
    current_on = month_of(at=now, zone=school.zone)
    name = format_day(month_on, Reader.active(), DayForm.MONTH_YEAR)
    periods = list_payroll_months(school=school, now=now).periods
    first_on, _last_on = find_months(school=school, teacher=teacher, now=now)
    own = {period.starts_on for period in periods if period.starts_on >= first_on}
    months = sorted({current_on, *own}, reverse=True)[:_MONTHS_SHOWN]
    ends = Sentence(gettext_noop("Total")) if found.closed_at else expected_on(month_on, school=school)
    return {
        "teacher": teacher,
        "month_on": month_on,
        "is_current": month_on == current_on,
        "closed_at": found.closed_at,
        "statements": [
            _component(section, name=name, total_label=ends, case_url=case_url) for section in found.sections
        ],
        "months": [(one, month_url(write_month(one))) for one in months if one != month_on],
    }


def _component(
    section: Section, *, name: str, total_label: Sentence, case_url: Callable[[str], str] | None
) -> c.Statement:
    pay = [_line(line, case_url) for line in section.lines if not line.is_penalty]
    penalties = [_line(line, case_url) for line in section.lines if line.is_penalty]
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
        total_label=total_label,
        total=section.payout,
        carried_before=section.carried_before or None,
        carried_after=section.carried_after or None,
        carried_note=explain_carried(section.carried_after) or "",
        note=explain_pay(lesson_pay=section.lesson_pay, penalties=section.penalties, has_imported=section.has_imported)
        or "",
    )


def _line(line: StatementLine, case_url: Callable[[str], str] | None) -> c.StatementLine:
    notes = []
    if line.is_penalty and line.student_name:
        notes.append(Sentence(gettext_noop("Session with {name}"), {"name": line.student_name}))
    if line.is_off and line.amount and not line.is_penalty:
        notes.append(Sentence(gettext_noop("It did not take place and is paid all the same")))
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
        url=case_url(line.reference) if line.reference and case_url else "",
        note=adjusted or (notes[0] if notes else ""),
    )
