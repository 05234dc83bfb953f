"""Times that teachers propose to the student."""

from __future__ import annotations

import uuid

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from makegood.actions.answer_proposal import answer_proposal
from makegood.domain.lessons.models import WaitsFor
from makegood.domain.lessons.queries import find_lesson, list_waiting
from makegood.domain.people.models import Role
from makegood.domain.timeline import queries as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.web import access


class AnswerForm(forms.Form):
    """Yes or no, and why not."""

    answer = forms.ChoiceField(choices=[("accept", _("Accept")), ("decline", _("Decline"))])
    reason = forms.CharField(required=False, max_length=500, label=_("Why not? Your teacher reads it."))
    request_id = forms.UUIDField(widget=forms.HiddenInput, label=_("Form"))


@access.members(Role.STUDENT)
def proposals(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """List what waits for the student's answer."""
    waiting = list_waiting(
        school_id=visit.school.pk, waits_for=WaitsFor.STUDENT, student_id=visit.membership.pk, now=visit.now
    )
    notes = timeline.list_reasons(
        school_id=visit.school.pk, lesson_ids=[lesson.pk for lesson in waiting], kind=EventKind.LESSON_PROPOSED
    )
    context = {"rows": [(lesson, notes.get(lesson.pk, ""), uuid.uuid4()) for lesson in waiting]}
    return render(request, "student/proposals.html", context)


@access.members(Role.STUDENT, methods=access.WRITE)
def answer(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Accept or decline one."""
    lesson = find_lesson(school_id=visit.school.pk, lesson_id=lesson_id)
    if lesson is None or lesson.student_id != visit.membership.pk:
        raise Http404
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return redirect("student:proposals", school=visit.school.slug)
    accept = form.cleaned_data["answer"] == "accept"
    answer_proposal(
        school=visit.school,
        actor=visit.membership,
        lesson_id=lesson_id,
        accept=accept,
        reason=form.cleaned_data["reason"],
        request_id=form.cleaned_data["request_id"],
        door=Door.WEB,
        now=visit.now,
    )
    if accept:
        return redirect("student:booked", school=visit.school.slug, lesson_id=lesson_id)
    return redirect("student:proposals", school=visit.school.slug)
