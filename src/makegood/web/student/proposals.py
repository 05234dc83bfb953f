"""Times that teachers propose to the student."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.answer_proposal import answer_proposal
from makegood.domain.ledger.credits import count_left
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal
from makegood.reports.proposals import list_offered
from makegood.web import access
from makegood.web.parts.change_forms import NoteField, SentOnce
from makegood.web.refusals import words_of


class AnswerForm(SentOnce):
    """Yes or no, and why not."""

    answer = forms.ChoiceField(
        choices=[("accept", _("Accept")), ("decline", _("Decline"))],
        label=_("Your answer"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose one of the answers.")),
    )
    reason = NoteField(label=_("If you decline: why?"), help_text=_("Your teacher can read it."))


@access.members(Role.STUDENT)
def proposals(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """List what waits for the student's answer."""
    return _show(request, visit)


@access.members(Role.STUDENT, methods=access.WRITE)
def answer(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Accept or decline one; what cannot be done is said beside it, and what was typed stays."""
    lesson = find_lesson(school_id=visit.school.pk, lesson_id=lesson_id)
    if lesson is None or lesson.student_id != visit.membership.pk:
        raise Http404
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _show(request, visit, lesson_id=lesson_id, sent=form, status=422)
    accept = form.cleaned_data["answer"] == "accept"
    try:
        answer_proposal(
            school=visit.school,
            actor=visit.membership,
            lesson_id=lesson_id,
            accept=accept,
            reason=form.cleaned_data["reason"],
            request_id=form.request_id,
            door=Door.WEB,
            now=visit.now,
        )
    except Refusal as refusal:
        form.add_error(None, words_of(refusal))
        return _show(request, visit, lesson_id=lesson_id, sent=form, status=409)
    if accept:
        return redirect("student:booked", school=visit.school.slug, lesson_id=lesson_id)
    messages.success(request, gettext("You declined. Your teacher was told, and the time is free again."))
    return redirect("student:proposals", school=visit.school.slug)


def _show(
    request: HttpRequest,
    visit: access.Visit,
    *,
    lesson_id: int = 0,
    sent: AnswerForm | None = None,
    status: int = 200,
) -> HttpResponseBase:
    offered = list_offered(school=visit.school, student=visit.membership, now=visit.now)
    needs_credits = any(one.credits for one in offered)
    left = count_left(school_id=visit.school.pk, student_id=visit.membership.pk) if needs_credits else 0
    rows: list[dict[str, Any]] = []
    for one in offered:
        is_it = lesson_id in {lesson.pk for lesson in one.lessons}
        form = AnswerForm.shown(sent=sent if is_it else None)
        # Each of several forms on the page has controls of its own.
        form.auto_id = f"id_{one.lesson.pk}_%s"
        rows.append({"one": one, "form": form, "is_it": is_it, "is_short_of_credits": one.credits > left})
    shown = next((row["form"] for row in rows if row["is_it"]), sent)
    context = {"rows": rows, "credits_left": left, "problems": shown, "has_problems": sent is not None}
    return render(request, "student/proposals.html", context, status=status)
