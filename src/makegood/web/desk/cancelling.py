"""The desk cancels a session because its student asked: what it costs them first, then who asked and how."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.cancel_by_desk import OwnLesson, cancel_by_desk
from makegood.actions.cancelling import FreeTimePassed
from makegood.actions.undo_cancellation import undo_cancellation
from makegood.domain.incidents.asking import AskedWay
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.operations import LessonNotFound, LessonNotOpen
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.requests import DifferentRequest
from makegood.refusal import Refusal
from makegood.reports.cancelling_page import make_cancelling_page
from makegood.web import access
from makegood.web.parts.change_forms import INCOMPLETE, NoteField, SentOnce
from makegood.web.refusals import words_of

_WAYS = (
    (AskedWay.PHONE, _("By phone")),
    (AskedWay.EMAIL, _("By e-mail")),
    (AskedWay.CHAT, _("In the chat")),
    (AskedWay.OTHER, _("In another way")),
)


class CancelForm(SentOnce):
    """How the student asked. `shown_as` is what the page said: nobody is charged what the desk did not see."""

    asked = forms.ChoiceField(
        choices=_WAYS,
        widget=forms.RadioSelect,
        label=_("How did the student ask?"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose how the student asked.")),
    )
    note = NoteField(help_text=_("Your school can read it."))
    shown_as = forms.ChoiceField(
        choices=[("free", "free"), ("used", "used")],
        widget=forms.HiddenInput,
        label=_("Page"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), INCOMPLETE),
    )


@access.members(Role.DESK, methods=access.READ_AND_WRITE)
def cancel(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Show what cancelling means now, or cancel and show what was done."""
    lesson = find_lesson(school_id=visit.school.pk, lesson_id=lesson_id)
    if lesson is None or lesson.keeps_time_for_id is not None or not may_cancel_for_student(visit, lesson):
        raise Http404
    if request.method != "POST":
        return _show(request, visit, lesson)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _show(request, visit, lesson, form=form)
    try:
        cancel_by_desk(
            school=visit.school,
            actor=visit.membership,
            lesson_id=lesson_id,
            shown_as_free=form.cleaned_data["shown_as"] == "free",
            asked=form.cleaned_data["asked"],
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
    except (DifferentRequest, OwnLesson) as refusal:
        form.add_error(None, words_of(refusal))
        return _show(request, visit, lesson, form=form)
    return redirect("desk:cancel_session", school=visit.school.slug, lesson_id=lesson_id)


def may_cancel_for_student(visit: access.Visit, lesson: Lesson) -> bool:
    """Whether the lesson has a student, and neither of its two people is the one who looks at it."""
    if lesson.student is None:
        return False
    return visit.person.pk not in {lesson.student.person_id, lesson.teacher.person_id}


@access.members(Role.DESK, methods=access.WRITE)
def undo(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Take one's own cancellation back."""
    try:
        undo_cancellation(
            school=visit.school, actor=visit.membership, lesson_id=lesson_id, door=Door.WEB, now=visit.now
        )
    except LessonNotFound as missing:
        raise Http404 from missing
    except Refusal as refusal:
        messages.warning(request, words_of(refusal))
        return redirect("desk:cancel_session", school=visit.school.slug, lesson_id=lesson_id)
    messages.success(request, gettext("The session takes place as booked. Both were told."))
    return redirect("desk:session", school=visit.school.slug, lesson_id=lesson_id)


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
        "lesson": lesson,
        "page": page,
    }
    status = 422 if has_problems else 409 if has_changed else status
    return render(request, "desk/cancel_session.html", context, status=status)
