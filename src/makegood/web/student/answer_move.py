"""A teacher asked for another time: the student sees both times, says who wanted it, and agrees or keeps the time."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.answer_move import answer_move, find_for_student
from makegood.actions.booking_steps import TeacherPaused
from makegood.actions.undo_move_answer import find_move_undo_end, undo_move_answer
from makegood.actions.waiting_lessons import TeacherLeft
from makegood.domain.lessons.models import MoveRequest, Side, WaitsFor
from makegood.domain.lessons.move_requests import (
    MoveRequestEnded,
    MoveRequestNotFound,
    find_answer,
    find_open,
    is_answerable,
)
from makegood.domain.lessons.operations import LessonNotOpen
from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.requests import DifferentRequest
from makegood.quantities import Interval
from makegood.refusal import Refusal
from makegood.reports.student_lessons import free_time_of
from makegood.web import access
from makegood.web.parts.change_forms import NoteField, SentOnce
from makegood.web.parts.lesson_rows import row_for_student
from makegood.web.parts.undoing import Undo
from makegood.web.refusals import words_of

# What each button says: whether the student agrees, and who had wanted another time.
_ANSWERS: Final = {
    "agree_asked": (True, Side.STUDENT),
    "agree": (True, Side.TEACHER),
    "keep": (False, None),
    "keep_not_asked": (False, Side.TEACHER),
}


class AnswerForm(SentOnce):
    """The pressed button, and a word to the teacher."""

    answer = forms.ChoiceField(
        choices=[(name, name) for name in _ANSWERS],
        label=_("Your answer"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose one of the answers.")),
    )
    note = NoteField(label=_("A word to your teacher"), help_text=_("Your teacher can read it."))


@access.members(Role.STUDENT, methods=access.READ_AND_WRITE)
def answer(request: HttpRequest, visit: access.Visit, move_request_id: int) -> HttpResponseBase:
    """Show what is asked, or what became of it; take the answer."""
    try:
        asked = find_for_student(school=visit.school, actor=visit.membership, move_request_id=move_request_id)
    except MoveRequestNotFound as missing:
        raise Http404 from missing
    if request.method != "POST":
        # The link of an earlier message leads to what is asked now, as when an answer was undone.
        now_asked = find_open(school_id=visit.school.pk, lesson_id=asked.lesson_id, now=visit.now)
        if now_asked is not None and now_asked.pk != asked.pk and now_asked.waits_for is WaitsFor.STUDENT:
            return redirect("student:answer_move", school=visit.school.slug, move_request_id=now_asked.pk)
        return _show(request, visit, asked)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _show(request, visit, asked, form=form)
    agrees, says_side = _ANSWERS[form.cleaned_data["answer"]]
    try:
        answered = answer_move(
            school=visit.school,
            actor=visit.membership,
            move_request_id=move_request_id,
            agrees=agrees,
            says_side=says_side,
            reason=form.cleaned_data["note"],
            request_id=form.request_id,
            door=Door.WEB,
            now=visit.now,
        )
    except (MoveRequestEnded, LessonNotOpen, TeacherLeft, TeacherPaused, DifferentRequest) as refusal:
        messages.warning(request, words_of(refusal))
        return _show(request, visit, asked, status=409)
    if answered.is_price_changed:
        changed = gettext("Nothing was moved: what it costs your teacher changed. Your teacher may ask again.")
        messages.warning(request, changed)
    return redirect("student:answer_move", school=visit.school.slug, move_request_id=move_request_id)


@access.members(Role.STUDENT, methods=access.WRITE)
def undo(request: HttpRequest, visit: access.Visit, move_request_id: int) -> HttpResponseBase:
    """Take the answer back: the lesson is where it was, and the page asks again."""
    try:
        find_for_student(school=visit.school, actor=visit.membership, move_request_id=move_request_id)
    except MoveRequestNotFound as missing:
        raise Http404 from missing
    form = SentOnce(request.POST)
    shown_id = move_request_id
    if not form.is_valid():
        messages.warning(request, form.problem)
        return redirect("student:answer_move", school=visit.school.slug, move_request_id=shown_id)
    try:
        undone = undo_move_answer(
            school=visit.school,
            actor=visit.membership,
            move_request_id=move_request_id,
            request_id=form.request_id,
            door=Door.WEB,
            now=visit.now,
        )
    except Refusal as refusal:
        messages.warning(request, words_of(refusal))
    else:
        shown_id = undone.move_request_id
        messages.success(request, gettext("Your answer is undone. Your teacher was told, and you can answer again."))
    return redirect("student:answer_move", school=visit.school.slug, move_request_id=shown_id)


def _find_undo(visit: access.Visit, asked: MoveRequest) -> Undo | None:
    until = find_move_undo_end(request=asked, actor=visit.membership, now=visit.now)
    if until is None:
        return None
    url = reverse("student:undo_move_answer", kwargs={"school": visit.school.slug, "move_request_id": asked.pk})
    return Undo(until=until, url=url)


def _show(
    request: HttpRequest,
    visit: access.Visit,
    asked: MoveRequest,
    *,
    form: AnswerForm | None = None,
    status: int = 200,
) -> HttpResponseBase:
    has_problems = form is not None and bool(form.errors)
    lesson = asked.lesson
    given = find_answer(asked=asked)
    context: dict[str, Any] = {
        "form": AnswerForm.shown(sent=form),
        "has_problems": has_problems,
        "asked": asked,
        "is_open": given is None and is_answerable(asked=asked, now=visit.now),
        # Not where it is back since, or moved on.
        "has_moved": given is not None and given.outcome == "agreed" and lesson.starts_at == asked.to_starts_at,
        "was_kept": given is not None and given.outcome == "refused",
        "undo": _find_undo(visit, asked) if given is not None else None,
        "says_student": asked.says_side == Side.STUDENT,
        "lesson": row_for_student(lesson, school=visit.school, is_live=False),
        "lesson_id": lesson.pk,
        "new_time": Interval(asked.to_starts_at, asked.to_ends_at),
        "there": free_time_of(school=visit.school, starts_at=asked.to_starts_at, now=visit.now),
    }
    return render(request, "student/answer_move.html", context, status=422 if has_problems else status)
