"""Lesson credits that were given by mistake: undone at once by whoever gave them, or taken back with a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.credit_steps import MOST_CREDITS
from makegood.actions.reasons import LONGEST_REASON, ReasonMissing, ReasonUnreadable
from makegood.actions.take_back_credits import CreditsNotLeft, take_back_credits, undo_grant
from makegood.domain.ledger.credits import count_removable, find_grant
from makegood.domain.ledger.models import CreditGrant
from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.requests import DifferentRequest
from makegood.refusal import Refusal
from makegood.web import access
from makegood.web.parts.change_forms import SentOnce
from makegood.web.parts.whole_numbers import whole_number
from makegood.web.refusals import words_of


class TakeBackForm(SentOnce):
    """How many, and why; the student reads it."""

    count = whole_number(label=_("Lesson credits to take back"), least=1, most=MOST_CREDITS)
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        label=_("Reason"),
        help_text=_("The student reads it."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": _("Say why they are taken back."),
            "max_length": _("The note is too long. Shorten it to %(limit_value)d characters."),
            "null_characters_not_allowed": _(
                "The reason contains a character that cannot be stored. Type it again instead of pasting it."
            ),
        },
    )


@access.members(Role.DESK, methods=access.READ_AND_WRITE)
def take_back(request: HttpRequest, visit: access.Visit, grant_id: int) -> HttpResponseBase:
    """Show how many of what was given can be taken back, or take some."""
    given = _find(visit, grant_id)
    if request.method != "POST":
        return _show(request, visit, given)
    form = TakeBackForm(request.POST)
    if not form.is_valid():
        return _show(request, visit, given, sent=form, status=422)
    try:
        taken = take_back_credits(
            school=visit.school,
            actor=visit.membership,
            grant_id=grant_id,
            count=form.cleaned_data["count"],
            reason=form.cleaned_data["reason"],
            request_id=form.request_id,
            door=Door.WEB,
            now=visit.now,
        )
    except (ReasonMissing, ReasonUnreadable) as refusal:
        form.add_error("reason", words_of(refusal))
        return _show(request, visit, given, sent=form, status=422)
    except CreditsNotLeft as refusal:
        form.add_error("count", words_of(refusal))
        return _show(request, visit, given, sent=form, status=409)
    except DifferentRequest as refusal:
        form.add_error(None, words_of(refusal))
        return _show(request, visit, given, sent=form, status=409)
    return _lead_back(request, visit, given, left=taken.left)


@access.members(Role.DESK, methods=access.WRITE)
def undo(request: HttpRequest, visit: access.Visit, grant_id: int) -> HttpResponseBase:
    """Undo what this member of the desk gave a moment ago."""
    given = _find(visit, grant_id)
    form = SentOnce(request.POST)
    if not form.is_valid():
        messages.warning(request, form.problem)
        return redirect("desk:student_credits", school=visit.school.slug, student_id=given.student_id)
    try:
        undone = undo_grant(
            school=visit.school,
            actor=visit.membership,
            grant_id=grant_id,
            request_id=form.request_id,
            door=Door.WEB,
            now=visit.now,
        )
    except Refusal as refusal:
        messages.warning(request, words_of(refusal))
        return redirect("desk:student_credits", school=visit.school.slug, student_id=given.student_id)
    return _lead_back(request, visit, given, left=undone.left)


def _find(visit: access.Visit, grant_id: int) -> CreditGrant:
    given = find_grant(school_id=visit.school.pk, grant_id=grant_id)
    if given is None:
        raise Http404
    return given


def _lead_back(request: HttpRequest, visit: access.Visit, given: CreditGrant, *, left: int) -> HttpResponseBase:
    said = gettext("The credits are taken back, and the student is told. There are {left} now.")
    messages.success(request, said.format(left=left))
    return redirect("desk:student_credits", school=visit.school.slug, student_id=given.student_id)


def _show(
    request: HttpRequest,
    visit: access.Visit,
    given: CreditGrant,
    *,
    sent: TakeBackForm | None = None,
    status: int = 200,
) -> HttpResponseBase:
    most = count_removable(given=given, now=visit.now)
    context: dict[str, Any] = {
        "given": given,
        "most": most,
        "form": TakeBackForm.shown(sent=sent, count=most),
        "has_problems": sent is not None and bool(sent.errors),
    }
    return render(request, "desk/take_back_credits.html", context, status=status)
