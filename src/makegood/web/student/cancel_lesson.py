"""A student cancels a lesson: what it means first, then one button; and taking it back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.cancel_by_student import cancel_by_student
from makegood.actions.cancelling import FreeTimePassed
from makegood.actions.undo_cancellation import undo_cancellation
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.operations import LessonNotFound, LessonNotOpen
from makegood.domain.lessons.permissions import is_student_of
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.requests import DifferentRequest
from makegood.refusal import Refusal
from makegood.reports.cancelling_page import make_cancelling_page
from makegood.web import access
from makegood.web.parts.change_forms import INCOMPLETE, NoteField, SentOnce
from makegood.web.parts.lesson_rows import row_for_student
from makegood.web.refusals import words_of


class CancelForm(SentOnce):
    """`shown` is what the page said: the button carries it, so that nobody pays what they did not see."""

    shown_as = forms.ChoiceField(
        choices=[("free", "free"), ("used", "used")],
        widget=forms.HiddenInput,
        label=_("Page"),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"),
            INCOMPLETE,
        ),
    )
    note = NoteField(label=_("Why"), help_text=_("Your school can read it."))


@access.members(Role.STUDENT, methods=access.READ_AND_WRITE)
def cancel(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Show what cancelling means now, or cancel and show what was done."""
    lesson = find_lesson(school_id=visit.school.pk, lesson_id=lesson_id)
    if lesson is None or not is_student_of(membership_id=visit.membership.pk, lesson=lesson):
        raise Http404
    if request.method != "POST":
        return _show(request, visit, lesson)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _show(request, visit, lesson, form=form)
    try:
        cancel_by_student(
            school=visit.school,
            actor=visit.membership,
            lesson_id=lesson_id,
            shown_as_free=form.cleaned_data["shown_as"] == "free",
            note=form.cleaned_data["note"],
            request_id=form.request_id,
            door=Door.WEB,
            now=visit.now,
        )
    except LessonNotFound as missing:
        raise Http404 from missing
    except LessonNotOpen:
        # The page says so, and shows what stands.
        return _show(request, visit, lesson, status=409)
    except FreeTimePassed:
        return _show(request, visit, lesson, form=form, has_changed=True)
    except DifferentRequest as refusal:
        form.add_error(None, words_of(refusal))
        return _show(request, visit, lesson, form=form)
    return redirect("student:cancel_lesson", school=visit.school.slug, lesson_id=lesson_id)


@access.members(Role.STUDENT, methods=access.WRITE)
def undo(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Take the cancellation back."""
    try:
        undo_cancellation(
            school=visit.school, actor=visit.membership, lesson_id=lesson_id, door=Door.WEB, now=visit.now
        )
    except LessonNotFound as missing:
        raise Http404 from missing
    except Refusal as refusal:
        messages.warning(request, words_of(refusal))
        return redirect("student:cancel_lesson", school=visit.school.slug, lesson_id=lesson_id)
    messages.success(request, gettext("Your lesson takes place as booked. Your teacher was told."))
    return redirect("student:lessons", school=visit.school.slug)


def _show(
    request: HttpRequest,
    visit: access.Visit,
    lesson: Lesson,
    *,
    form: CancelForm | None = None,
    has_changed: bool = False,
    status: int = 200,
) -> HttpResponseBase:
    page = make_cancelling_page(school=visit.school, lesson=lesson, visitor=visit.membership, now=visit.now)
    has_problems = form is not None and bool(form.errors) and not has_changed
    shown = CancelForm.shown(sent=form)
    shown.initial["shown_as"] = "free" if page.is_free else "used"
    context: dict[str, Any] = {
        "form": shown,
        "has_problems": has_problems,
        "has_changed": has_changed,
        "lesson": row_for_student(lesson, school=visit.school, is_live=lesson.starts_at <= visit.now),
        "lesson_id": lesson.pk,
        "page": page,
    }
    status = 422 if has_problems else 409 if has_changed else status
    return render(request, "student/cancel_lesson.html", context, status=status)
