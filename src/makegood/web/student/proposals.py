"""Times that teachers propose to the student."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.answer_proposal import answer_proposal
from makegood.actions.undo_answer import find_answer_undo_end, undo_answer
from makegood.domain.ledger.credits import count_left
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal
from makegood.reports.proposals import list_offered
from makegood.reports.student_lessons import free_times_of
from makegood.web import access
from makegood.web.parts.change_forms import NoteField, SentOnce
from makegood.web.parts.undoing import Undo, read_answered, with_answered
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
    return redirect(with_answered(_address(visit), answered=lesson_id))


@access.members(Role.STUDENT, methods=access.WRITE)
def undo(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Take a no back: the proposal waits for an answer again."""
    lesson = find_lesson(school_id=visit.school.pk, lesson_id=lesson_id)
    if lesson is None or lesson.student_id != visit.membership.pk:
        raise Http404
    form = SentOnce(request.POST)
    if not form.is_valid():
        messages.warning(request, form.problem)
        return redirect(with_answered(_address(visit), answered=lesson_id))
    try:
        undo_answer(
            school=visit.school,
            actor=visit.membership,
            lesson_id=lesson_id,
            request_id=form.request_id,
            door=Door.WEB,
            now=visit.now,
        )
    except Refusal as refusal:
        messages.warning(request, words_of(refusal))
    else:
        messages.success(request, gettext("Your answer is undone. The proposal waits for you again."))
    return redirect(_address(visit))


def _address(visit: access.Visit) -> str:
    return reverse("student:proposals", kwargs={"school": visit.school.slug})


def _find_undo(request: HttpRequest, visit: access.Visit) -> Undo | None:
    """To take back what the student declined on this page a moment ago."""
    answered = read_answered(request, "answered")
    lesson = None if answered is None else find_lesson(school_id=visit.school.pk, lesson_id=answered)
    if lesson is None or lesson.student_id != visit.membership.pk:
        return None
    until = find_answer_undo_end(lesson=lesson, actor=visit.membership, now=visit.now)
    if until is None:
        return None
    url = reverse("student:undo_answer", kwargs={"school": visit.school.slug, "lesson_id": lesson.pk})
    return Undo(until=until, url=url, about=lesson, is_series=lesson.series_id is not None)


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
    left = count_left(school_id=visit.school.pk, student_id=visit.membership.pk, now=visit.now) if needs_credits else 0
    starts = {lesson.starts_at for one in offered for lesson in one.lessons}
    free = dict(zip(starts, free_times_of(school=visit.school, starts=starts, now=visit.now), strict=True))
    rows: list[dict[str, Any]] = []
    for one in offered:
        is_it = lesson_id in {lesson.pk for lesson in one.lessons}
        form = AnswerForm.shown(sent=sent if is_it else None)
        # Each of several forms on the page has controls of its own.
        form.auto_id = f"id_{one.lesson.pk}_%s"
        times = [(lesson, free[lesson.starts_at]) for lesson in one.lessons]
        short = one.credits > left
        rows.append({"one": one, "times": times, "form": form, "is_it": is_it, "is_short_of_credits": short})
    shown = next((row["form"] for row in rows if row["is_it"]), sent)
    context = {
        "rows": rows,
        "credits_left": left,
        "problems": shown,
        "has_problems": sent is not None,
        "undo": _find_undo(request, visit),
    }
    return render(request, "student/proposals.html", context, status=status)
