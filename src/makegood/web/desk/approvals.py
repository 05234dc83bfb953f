"""Bookings that wait for the school's word."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.approve_booking import approve_booking, decline_booking
from makegood.actions.reasons import LONGEST_REASON, ReasonMissing, ReasonUnreadable
from makegood.actions.waiting_lessons import NothingToAnswer
from makegood.domain.ledger.credits import NotEnoughCredits
from makegood.domain.lessons.models import WaitsFor
from makegood.domain.lessons.queries import find_lesson, list_waiting
from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.web import access
from makegood.web.desk.lesson_states import anchor_of


class AnswerForm(forms.Form):
    """Yes or no; a no has its reason."""

    answer = forms.ChoiceField(
        choices=[("approve", _("Approve")), ("refuse", _("Refuse"))],
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose whether you approve or refuse it.")),
    )
    reason = forms.CharField(
        required=False,
        max_length=LONGEST_REASON,
        label=_("Reason"),
        error_messages={
            "max_length": _("The note is too long. Shorten it to %(limit_value)d characters."),
            "null_characters_not_allowed": _(
                "The reason contains a character that cannot be stored. Type it again instead of pasting it."
            ),
        },
    )
    request_id = forms.UUIDField(widget=forms.HiddenInput, label=_("Form"))


@access.members(Role.DESK)
def approvals(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """List them, the next lesson first; a series by its first lesson."""
    return _show(request, visit)


@access.members(Role.DESK, methods=access.WRITE)
def answer(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Approve or refuse one booking; what cannot be done is said beside it, and what was typed stays."""
    if find_lesson(school_id=visit.school.pk, lesson_id=lesson_id) is None:
        raise Http404
    form = AnswerForm(request.POST)
    if not form.is_valid():
        problem = str(next(iter(form.errors.values()))[0])
        return _show(request, visit, lesson_id=lesson_id, problem=problem, status=422)
    values = {
        "school": visit.school,
        "actor": visit.membership,
        "lesson_id": lesson_id,
        "request_id": form.cleaned_data["request_id"],
        "door": Door.WEB,
        "now": visit.now,
    }
    try:
        if form.cleaned_data["answer"] == "approve":
            approve_booking(**values)
        else:
            decline_booking(**values, reason=form.cleaned_data["reason"])
    except NotEnoughCredits as refusal:
        words = gettext(
            "The student needs {needed} lesson credits for it and has {left}. Give some first, or refuse it."
        )
        return _show(request, visit, lesson_id=lesson_id, problem=words.format(**refusal.values), status=409)
    except (ReasonMissing, ReasonUnreadable) as refusal:
        problem = gettext(refusal.sentence).format(**refusal.values)
        return _show(request, visit, lesson_id=lesson_id, problem=problem, status=422)
    except NothingToAnswer as refusal:
        messages.warning(request, gettext(refusal.sentence))
    return redirect("desk:approvals", school=visit.school.slug)


def _show(
    request: HttpRequest, visit: access.Visit, *, lesson_id: int = 0, problem: str = "", status: int = 200
) -> HttpResponseBase:
    waiting = list_waiting(school_id=visit.school.pk, waits_for=WaitsFor.SCHOOL, now=visit.now)
    rows: list[dict[str, Any]] = []
    seen = set()
    for lesson in waiting:
        if lesson.series_id is not None and lesson.series_id in seen:
            continue
        seen.add(lesson.series_id)
        together = [one for one in waiting if one.series_id is not None and one.series_id == lesson.series_id]
        is_it = lesson_id in {lesson.pk, *(one.pk for one in together)}
        rows.append(
            {
                "lesson": lesson,
                "anchor": anchor_of(lesson),
                "count": max(len(together), 1),
                "request_id": uuid.uuid4(),
                "problem": problem if is_it else "",
                "reason": request.POST.get("reason", "") if is_it else "",
            }
        )
    context = {"rows": rows, "has_problems": bool(problem)}
    return render(request, "desk/approvals.html", context, status=status)
