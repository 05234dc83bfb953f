"""Deciding a case: look at what it changes, give the reason, decide."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.decide_incident import FactsChanged, OutsideCatalog, decide_incident
from makegood.actions.decision_steps import DecisionPreview
from makegood.actions.lesson_credits import CreditSpentSince
from makegood.actions.preview_decision import preview_decision
from makegood.domain.incidents.checks import NoDecisionReason, NoteTooLong, NoteUnreadable
from makegood.domain.incidents.operations import CannotDecide, CaseNotFound, OwnCase
from makegood.domain.penalties.models import Consequence
from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.requests import DifferentRequest
from makegood.rules.facts import ConsequenceKind, Decision
from makegood.rules.sentences import Sentence
from makegood.web import access
from makegood.web.parts.change_forms import INCOMPLETE
from makegood.web.parts.count_effects import list_rows
from makegood.web.parts.shown_again import ShownAgain
from makegood.web.parts.words import consequence_words
from makegood.web.refusals import words_of

REASON_LENGTH: Final = 1000
SUBMITS: Final[dict[Decision, tuple[Promise, Promise]]] = {
    Decision.WAIVED: (_("Waive case {reference}"), _("Waive this case")),
    Decision.REDUCED: (_("Reduce case {reference}"), _("Reduce this case")),
    Decision.UPHELD: (_("Keep case {reference}"), _("Keep this case")),
    Decision.VOIDED: (_("Void case {reference}"), _("Void this case")),
}
OUTCOMES: Final[tuple[tuple[Decision, Promise, Promise], ...]] = (
    (Decision.WAIVED, _("Waive"), _("The proof is accepted: no penalty.")),
    (Decision.REDUCED, _("Reduce"), _("Part of it was outside the teacher's control.")),
    (Decision.UPHELD, _("Keep"), _("The penalty stays as it is.")),
    (Decision.VOIDED, _("Void"), _("It was recorded wrongly: it never happened.")),
)


class DecisionForm(ShownAgain):
    """What is decided and why, with what was seen when it was."""

    decision = forms.ChoiceField(
        choices=[(outcome.value, words) for outcome, words, _hint in OUTCOMES],
        widget=forms.HiddenInput,
        label=_("Decision"),
        error_messages={"required": _("Choose a decision."), "invalid_choice": _("Choose a decision.")},
    )
    reason = forms.CharField(
        max_length=REASON_LENGTH,
        label=_("Reason"),
        help_text=_("The teacher reads it. Say what you looked at and why you decide so."),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Say why you decide this. The teacher will read it."),
            "max_length": _("The reason is too long. Shorten it to %(limit_value)d characters."),
            "null_characters_not_allowed": _(
                "The reason contains a character that cannot be stored. Type it again instead of pasting it."
            ),
        },
    )
    is_exception = forms.BooleanField(
        required=False,
        label=_("This is an exception to the policy, and the reason above says why."),
        help_text=_("The policy lets staff accept only the reasons it lists. Anything else is a written exception."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=100)
    request_id = forms.UUIDField(widget=forms.HiddenInput)


@access.members(Role.REVIEWER, methods=access.READ_AND_WRITE)
def decide(request: HttpRequest, visit: access.Visit, reference: str) -> HttpResponseBase:
    """Show what a decision would change, or make it."""
    asked = request.POST if request.method == "POST" else request.GET
    outcome = _read_outcome(asked.get("decision", ""))
    try:
        if outcome is None:
            preview_decision(
                school=visit.school,
                actor=visit.membership,
                reference=reference,
                decision=Decision.UPHELD,
                now=visit.now,
            )
            if request.method == "POST":
                messages.warning(request, str(INCOMPLETE))
            return redirect("reviewer:case", school=visit.school.slug, reference=reference)
        if request.method == "POST":
            return _send(request, visit, reference, outcome)
        return _show(request, _preview(visit, reference, outcome))
    except (CaseNotFound, OwnCase) as missing:
        raise Http404 from missing
    except CannotDecide as refusal:
        messages.warning(request, words_of(refusal))
        return redirect("reviewer:case", school=visit.school.slug, reference=reference)


def _read_outcome(text: str) -> Decision | None:
    return Decision(text) if text in set(Decision) else None


def _preview(visit: access.Visit, reference: str, outcome: Decision) -> DecisionPreview:
    return preview_decision(
        school=visit.school, actor=visit.membership, reference=reference, decision=outcome, now=visit.now
    )


def _send(request: HttpRequest, visit: access.Visit, reference: str, outcome: Decision) -> HttpResponseBase:
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _show(request, _preview(visit, reference, outcome), form=form)
    values = form.cleaned_data
    try:
        decided = decide_incident(
            school=visit.school,
            actor=visit.membership,
            reference=reference,
            decision=outcome,
            reason=values["reason"],
            seen=values["seen"],
            is_exception=values["is_exception"],
            request_id=values["request_id"],
            door=Door.WEB,
            now=visit.now,
        )
    except FactsChanged as changed:
        return _show(request, changed.preview, form=form, has_changed=True)
    except OutsideCatalog as refusal:
        form.add_error("is_exception", words_of(refusal))
    except (NoDecisionReason, NoteTooLong, NoteUnreadable) as refusal:
        form.add_error("reason", words_of(refusal))
    except (DifferentRequest, CreditSpentSince) as refusal:
        form.add_error(None, words_of(refusal))
    else:
        messages.success(request, gettext("The decision is recorded, and the teacher was told."))
        return redirect("reviewer:case", school=visit.school.slug, reference=decided.reference)
    return _show(request, _preview(visit, reference, outcome), form=form)


def _show(
    request: HttpRequest, preview: DecisionPreview, *, form: DecisionForm | None = None, has_changed: bool = False
) -> HttpResponseBase:
    fresh = {"decision": preview.decision.value, "seen": preview.seen, "request_id": str(uuid.uuid4())}
    typed: dict[str, Any] = {}
    if form is not None:
        typed = {"reason": form.data.get("reason", "").replace("\0", ""), "is_exception": "is_exception" in form.data}
        if "request_id" not in form.errors and not has_changed:
            fresh["request_id"] = form.data["request_id"]
    shown = DecisionForm(initial={**typed, **fresh})
    has_problems = form is not None and not has_changed and bool(form.errors)
    if form is not None and has_problems:
        shown.take_errors_of(form)
    title, submit = SUBMITS[preview.decision]
    hint = next(hint for outcome, _label, hint in OUTCOMES if outcome is preview.decision)
    context = {
        "preview": preview,
        "form": shown,
        "has_problems": has_problems,
        "has_changed": has_changed,
        "title": format_html(conditional_escape(str(title)), reference=format_html("<bdi>{}</bdi>", preview.reference)),
        "submit": submit,
        "hint": hint,
        "counts": list_rows(preview.counts, policy=preview.policy),
        "started": [_say(found) for found in preview.started],
        "ended": [_say(found) for found in preview.ended],
        "kept": [_say(found) for found in preview.kept],
        "lesson_credits": abs(preview.credits.change) if preview.credits is not None else 0,
    }
    return render(request, "reviewer/decide.html", context, status=409 if has_changed else 422 if has_problems else 200)


def _say(found: Consequence) -> Sentence:
    return consequence_words(ConsequenceKind(found.kind), ends_at=found.ends_at)
