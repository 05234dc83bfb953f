"""The reviewer's list of cases, and one case with the decisions that can be made."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from makegood.domain.incidents.permissions import is_own_case
from makegood.domain.people.models import Role
from makegood.rules.facts import Decision
from makegood.web import access
from makegood.web.parts import case_lists
from makegood.web.parts.case_page import case_context, get_case
from makegood.web.reviewer.decision import OUTCOMES


@access.members(Role.REVIEWER)
def queue(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """List the cases; the open ones unless told otherwise."""
    asked = {"state": "open", **request.GET.dict()}
    return render(
        request, "reviewer/queue.html", case_lists.list_context(asked, visit=visit, case_address="reviewer:case")
    )


@access.members(Role.REVIEWER)
def case(request: HttpRequest, visit: access.Visit, reference: str) -> HttpResponseBase:
    """Show one case; nobody decides an own case."""
    page = get_case(visit=visit, reference=reference, roles=(Role.REVIEWER,))
    is_own = is_own_case(membership_id=visit.membership.pk, incident=page.incident)
    context = {
        **case_context(page, now=visit.now),
        "is_own": is_own,
        "can_decide": not is_own and page.withdrawal is None,
        "outcomes": [(outcome.value, words, hint) for outcome, words, hint in OUTCOMES if outcome is not page.decision],
        "side_template": "reviewer/outcomes.html",
        "decided": Decision(page.decision) if page.decision else None,
    }
    return render(request, "reviewer/case.html", context)
