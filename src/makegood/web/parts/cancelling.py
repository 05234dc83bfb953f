"""Cancelling one lesson, the same for whoever does it: what it means first, then one button; and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from makegood.actions.cancel_for_school import PayChangedSince
from makegood.actions.cancel_for_student import PastTheMark
from makegood.actions.cancelling import ChangedSince, FreeTimePassed
from makegood.actions.desk_lessons import OwnLesson
from makegood.actions.reasons import ReasonMissing, ReasonUnreadable
from makegood.actions.undo_cancellation import undo_cancellation
from makegood.domain.incidents.asking import AskedWay
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.operations import LessonNotFound, LessonNotOpen
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.requests import DifferentRequest
from makegood.refusal import Refusal
from makegood.reports.cancelling_page import CancellingPage, make_cancelling_page
from makegood.rules.facts import RequestedBy
from makegood.web import access
from makegood.web.parts.change_forms import INCOMPLETE, SentOnce
from makegood.web.parts.undoing import say_why_not
from makegood.web.refusals import words_of

WAYS = {
    AskedWay.PHONE: _("By phone"),
    AskedWay.EMAIL: _("By e-mail"),
    AskedWay.CHAT: _("In the chat"),
    AskedWay.IN_LESSON: _("In a session"),
    AskedWay.OBJECTION: _("By objecting to the move before"),
    AskedWay.OTHER: _("In another way"),
}


def ways_field(*ways: AskedWay, label: Any, missing: Any) -> forms.ChoiceField:
    """How somebody said it; `missing` is said where none is chosen."""
    return forms.ChoiceField(
        choices=[(way, WAYS[way]) for way in ways],
        widget=forms.RadioSelect,
        label=label,
        error_messages=dict.fromkeys(("required", "invalid_choice"), missing),
    )


def shown_field(*codes: str) -> forms.ChoiceField:
    """What the page said that it means: nobody pays, or is left unpaid, for what they did not see."""
    return forms.ChoiceField(
        choices=[(code, code) for code in codes],
        widget=forms.HiddenInput,
        label=_("Page"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), INCOMPLETE),
    )


def version_field() -> forms.IntegerField:
    """Which version of the lesson the page showed."""
    return forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What differs between those who cancel.

    `address` names the page, which shows what was done, too. `can_cancel` says whether the form is on the page, `shown`
    what of the page goes into the form. `cancel` calls the verb. `context` is what the template needs besides.
    """

    address: str
    template: str
    requested_by: RequestedBy
    form: type[SentOnce]
    can_cancel: Callable[[CancellingPage], bool]
    shown: Callable[[CancellingPage], Mapping[str, object]]
    cancel: Callable[[access.Visit, Lesson, Any], object]
    context: Callable[[access.Visit, CancellingPage], Mapping[str, Any]]


def answer(request: HttpRequest, visit: access.Visit, lesson: Lesson, way: Way) -> HttpResponseBase:
    """Show what cancelling means now, or cancel and show what was done."""
    page = make_cancelling_page(
        school=visit.school, lesson=lesson, visitor=visit.membership, requested_by=way.requested_by, now=visit.now
    )
    if request.method != "POST":
        return _show(request, visit, page, way)
    form = way.form(request.POST)
    if not form.is_valid():
        # Where nothing can be cancelled the page says so, whatever is wrong with the form.
        can_cancel = way.can_cancel(page)
        return _show(request, visit, page, way, form=form if can_cancel else None, status=422 if can_cancel else 409)
    try:
        way.cancel(visit, lesson, form)
    except LessonNotFound as missing:
        raise Http404 from missing
    except ChangedSince as refusal:
        messages.warning(request, words_of(refusal))
    except (LessonNotOpen, PastTheMark):
        # The page explains it, and shows what stands.
        return _show(request, visit, page, way, status=409)
    except (FreeTimePassed, PayChangedSince) as refusal:
        return _show(request, visit, page, way, form=form, changed=words_of(refusal), status=409)
    except (DifferentRequest, OwnLesson, ReasonMissing, ReasonUnreadable) as refusal:
        form.add_error("reason" if isinstance(refusal, ReasonMissing | ReasonUnreadable) else None, words_of(refusal))
        return _show(request, visit, page, way, form=form, status=422)
    return redirect(way.address, school=visit.school.slug, lesson_id=lesson.pk)


def undo(
    request: HttpRequest, visit: access.Visit, lesson_id: int, *, page: str, done: str, then: str
) -> HttpResponseBase:
    """Take one's own cancellation back; `page` names where it stands, `then` is the path that follows once `done`."""
    try:
        undo_cancellation(
            school=visit.school, actor=visit.membership, lesson_id=lesson_id, door=Door.WEB, now=visit.now
        )
    except LessonNotFound as missing:
        raise Http404 from missing
    except Refusal as refusal:
        messages.warning(request, words_of(refusal))
        return redirect(page, school=visit.school.slug, lesson_id=lesson_id)
    messages.success(request, done)
    return redirect(then)


def _show(
    request: HttpRequest,
    visit: access.Visit,
    page: CancellingPage,
    way: Way,
    *,
    form: SentOnce | None = None,
    changed: str = "",
    status: int = 200,
) -> HttpResponseBase:
    shown = way.form.shown(sent=form)
    shown.initial.update(way.shown(page))
    context: dict[str, Any] = {
        "form": shown,
        "has_problems": form is not None and bool(form.errors) and not changed,
        "changed": changed,
        "lesson_id": page.lesson.pk,
        "page": page,
        "why_not": say_why_not(page.undo_hindrance),
        **way.context(visit, page),
    }
    return render(request, way.template, context, status=status)
