"""Bookings that wait for the school's word."""

from __future__ import annotations

import uuid

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from makegood.actions.approve_booking import approve_booking, decline_booking
from makegood.domain.lessons.models import WaitsFor
from makegood.domain.lessons.queries import find_lesson, list_waiting
from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.web import access


class AnswerForm(forms.Form):
    """Yes or no; a no has its reason."""

    answer = forms.ChoiceField(choices=[("approve", _("Approve")), ("refuse", _("Refuse"))])
    reason = forms.CharField(required=False, max_length=500, label=_("Reason"))
    request_id = forms.UUIDField(widget=forms.HiddenInput, label=_("Form"))


@access.members(Role.DESK)
def approvals(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """List them, the next lesson first; a series by its first lesson."""
    waiting = list_waiting(school_id=visit.school.pk, waits_for=WaitsFor.SCHOOL, now=visit.now)
    shown, seen = [], set()
    for lesson in waiting:
        if lesson.series_id is None or lesson.series_id not in seen:
            seen.add(lesson.series_id)
            count = sum(one.series_id == lesson.series_id for one in waiting) if lesson.series_id else 1
            shown.append((lesson, count, uuid.uuid4()))
    return render(request, "desk/approvals.html", {"rows": shown})


@access.members(Role.DESK, methods=access.WRITE)
def answer(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Approve or refuse one booking."""
    if find_lesson(school_id=visit.school.pk, lesson_id=lesson_id) is None:
        raise Http404
    form = AnswerForm(request.POST)
    if form.is_valid():
        values = {
            "school": visit.school,
            "actor": visit.membership,
            "lesson_id": lesson_id,
            "request_id": form.cleaned_data["request_id"],
            "door": Door.WEB,
            "now": visit.now,
        }
        if form.cleaned_data["answer"] == "approve":
            approve_booking(**values)
        else:
            decline_booking(**values, reason=form.cleaned_data["reason"])
    return redirect("desk:approvals", school=visit.school.slug)
