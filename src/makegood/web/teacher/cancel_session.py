"""cancel session: because the student asked, before the mark; after it, the explanation and the right door."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.cancel_for_student import ChangedSince, PastTheMark, cancel_for_student
from makegood.actions.undo_cancellation import undo_cancellation
from makegood.domain.incidents.asking import AskedWay
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.operations import LessonNotFound, LessonNotOpen
from makegood.domain.lessons.permissions import is_teacher_of
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.people.models import Role
from makegood.domain.policies.queries import get_timetable
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.requests import DifferentRequest
from makegood.refusal import Refusal
from makegood.reports.cancelling_page import CancellingPage, make_cancelling_page
from makegood.reports.upcoming import show_upcoming
from makegood.web import access
from makegood.web.parts.change_forms import NoteField, SentOnce
from makegood.web.parts.lesson_rows import row_for_teacher
from makegood.web.refusals import words_of

WAYS = (
    (AskedWay.EMAIL, _("By e-mail")),
    (AskedWay.CHAT, _("In the chat")),
    (AskedWay.IN_LESSON, _("In a session")),
    (AskedWay.OTHER, _("In another way")),
)


class CancelForm(SentOnce):
    """How the student asked."""

    asked = forms.ChoiceField(
        choices=WAYS,
        widget=forms.RadioSelect,
        label=_("How did the student tell you?"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose how the student told you.")),
    )
    note = NoteField(help_text=_("The scheduling desk can read it."))
    shown_version = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


@access.members(Role.TEACHER, methods=access.READ_AND_WRITE)
def cancel(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Show the page, or cancel and show what was done. Past the mark, say which door is the right one."""
    lesson = find_lesson(school_id=visit.school.pk, lesson_id=lesson_id)
    if lesson is None or not is_teacher_of(membership_id=visit.membership.pk, lesson=lesson):
        raise Http404
    if request.method != "POST":
        return _show(request, visit, lesson)
    form = CancelForm(request.POST)
    page = make_cancelling_page(school=visit.school, lesson=lesson, visitor=visit.membership, now=visit.now)
    if page.is_open and page.is_before_mark and not form.is_valid():
        return _show(request, visit, lesson, form=form)
    form.is_valid()
    try:
        cancel_for_student(
            school=visit.school,
            actor=visit.membership,
            lesson_id=lesson_id,
            asked=form.cleaned_data.get("asked") or AskedWay.OTHER,
            note=form.cleaned_data.get("note", ""),
            request_id=form.request_id,
            door=Door.WEB,
            now=visit.now,
            shown_version=form.cleaned_data.get("shown_version"),
        )
    except LessonNotFound as missing:
        raise Http404 from missing
    except ChangedSince as refusal:
        messages.warning(request, words_of(refusal))
        return redirect("teacher:cancel_session", school=visit.school.slug, lesson_id=lesson_id)
    except (LessonNotOpen, PastTheMark):
        # The page explains it, and shows what stands.
        return _show(request, visit, lesson, status=409)
    except DifferentRequest as refusal:
        form.add_error(None, words_of(refusal))
        return _show(request, visit, lesson, form=form)
    return redirect("teacher:cancel_session", school=visit.school.slug, lesson_id=lesson_id)


@access.members(Role.TEACHER, methods=access.WRITE)
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
        return redirect("teacher:cancel_session", school=visit.school.slug, lesson_id=lesson_id)
    messages.success(request, gettext("The session takes place as booked. Your student was told."))
    return redirect("teacher:dashboard", school=visit.school.slug)


def _show(
    request: HttpRequest, visit: access.Visit, lesson: Lesson, *, form: CancelForm | None = None, status: int = 200
) -> HttpResponseBase:
    page = make_cancelling_page(school=visit.school, lesson=lesson, visitor=visit.membership, now=visit.now)
    has_problems = form is not None and bool(form.errors)
    context: dict[str, Any] = {
        "form": CancelForm.shown(sent=form, shown_version=lesson.version),
        "has_problems": has_problems,
        "lesson": _row(visit, page),
        "lesson_id": lesson.pk,
        "has_student": lesson.student is not None,
        "page": page,
        "mark_at": page.mark_at,
    }
    return render(request, "teacher/cancel_session.html", context, status=422 if has_problems else status)


def _row(visit: access.Visit, page: CancellingPage) -> object:
    timetable = get_timetable(school_id=visit.school.pk)
    upcoming = show_upcoming(lesson=page.lesson, timetable=timetable, now=visit.now)
    return row_for_teacher(upcoming, school=visit.school)
