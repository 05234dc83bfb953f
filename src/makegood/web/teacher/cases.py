"""The teacher's own cases: one, the confirmation after a report, undoing it, and the list."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from makegood.actions.withdraw_incident import withdraw_incident
from makegood.domain.incidents.operations import CaseNotFound
from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.refusal import Refusal
from makegood.reports.cases import CasePage
from makegood.rules.sentences import Sentence
from makegood.rules.storing import values_from_json
from makegood.web import access
from makegood.web.parts import case_lists
from makegood.web.parts import components as c
from makegood.web.parts.case_page import case_context, get_case, list_deadlines, tell_of_statement
from makegood.web.parts.undoing import say_why_not
from makegood.web.refusals import words_of


@access.members(Role.TEACHER)
def case(request: HttpRequest, visit: access.Visit, reference: str) -> HttpResponseBase:
    """Show a case of one's own."""
    page = get_case(visit=visit, reference=reference, roles=())
    context = case_context(page, now=visit.now)
    if visit.school.pays_teachers and page.live.penalty is not None and page.withdrawal is None:
        context["statement_url"] = _statement_url(visit, context["month_on"], reference)
    if page.undo_until is not None:
        context |= {"side_template": "teacher/undo.html", "why_not": say_why_not(page.undo_hindrance)}
    return render(request, "teacher/case.html", context)


@access.members(Role.TEACHER)
def reported(request: HttpRequest, visit: access.Visit, reference: str) -> HttpResponseBase:
    """Confirm a report: its reference, when it was received, what happens next, and undoing it."""
    page = get_case(visit=visit, reference=reference, roles=())
    if page.incident.reported_at is None:
        raise Http404
    if page.withdrawal is not None:
        return redirect("teacher:case", school=visit.school.slug, reference=reference)
    context = case_context(page, now=visit.now)
    context |= {"moments": _next_steps(page), "why_not": say_why_not(page.undo_hindrance)}
    return render(request, "teacher/emergency_reported.html", context)


@access.members(Role.TEACHER, methods=access.WRITE)
def undo(request: HttpRequest, visit: access.Visit, reference: str) -> HttpResponseBase:
    """Take a report back that was a mistake."""
    try:
        withdraw_incident(
            school=visit.school, actor=visit.membership, reference=reference, door=Door.WEB, now=visit.now
        )
    except CaseNotFound as missing:
        raise Http404 from missing
    except Refusal as refusal:
        messages.warning(request, words_of(refusal))
    else:
        messages.success(
            request, gettext("The report was taken back. The session takes place, and everybody was told.")
        )
    return redirect("teacher:case", school=visit.school.slug, reference=reference)


@access.members(Role.TEACHER)
def penalties(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """List one's own cases by state and month."""
    context = case_lists.list_context(request.GET, visit=visit, teacher=visit.membership, case_address="teacher:case")
    return render(request, "teacher/penalties.html", context)


def _next_steps(page: CasePage) -> list[c.Moment]:
    told_at = page.incident.reported_at
    student = page.incident.lesson.student
    told = [c.Moment(at=told_at, title=Sentence(gettext_noop("The scheduling desk was told.")))]
    if student is not None:
        title = Sentence(gettext_noop("{name} and the scheduling desk were told."), {"name": student.display_name})
        told = [c.Moment(at=told_at, title=title, text=Sentence(gettext_noop("By e-mail and in the app.")))]
    found = [*told, *_effect_on_others(page), *list_deadlines(page)]
    if page.live.penalty:
        found.append(tell_of_statement(takes_proof=True))
    return found


def _effect_on_others(page: CasePage) -> list[c.Moment]:
    """What the report did to earlier penalties, as its price said before."""
    report = next((event for event in page.timeline if event.kind == EventKind.EMERGENCY_REPORTED), None)
    others = values_from_json(report.values).get("others") if report is not None else None
    if others is None:
        return []
    return [
        c.Moment(
            at=None,
            title=Sentence(gettext_noop("Your earlier penalties went up by {amount}"), {"amount": others}),
            text=Sentence(gettext_noop("because they are counted together. Each case says why.")),
        )
    ]


def _statement_url(visit: access.Visit, month_on: date, reference: str) -> str:
    address = reverse(
        "teacher:statement_month", kwargs={"school": visit.school.slug, "month": f"{month_on.year}-{month_on.month:02}"}
    )
    return f"{address}#{reference}"
