"""A student moves a lesson: the price first, one of the teacher's free times, then one button; and taking it back."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.booking_steps import TeacherPaused
from makegood.actions.keep_new_time import keep_new_time
from makegood.actions.moving_steps import MovingNoLongerFree
from makegood.actions.reschedule_lesson import reschedule_lesson
from makegood.actions.take_back_move import take_back_move
from makegood.actions.undo_late_move import undo_late_move
from makegood.actions.undo_reschedule import undo_reschedule
from makegood.domain.ledger.credits import NotEnoughCredits
from makegood.domain.lessons.keeping import NewTimeNotKept, find_held
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.move_requests import MoveIsAsked, MoveRequestEnded, MoveRequestNotFound, find_move_request
from makegood.domain.lessons.operations import LessonNotFound, LessonNotOpen
from makegood.domain.lessons.permissions import is_student_of
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.lessons.time_checks import TimeRefused
from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.requests import DifferentRequest
from makegood.quantities import Interval
from makegood.refusal import Refusal
from makegood.reports.free_times import list_days_around
from makegood.reports.moving_page import MovingPage, list_times_to_move_to, make_moving_page
from makegood.reports.student_lessons import free_time_of
from makegood.web import access
from makegood.web.parts.change_forms import INCOMPLETE, NoteField, SentOnce, TakeBackForm
from makegood.web.parts.instants import START_FORMAT, StartField
from makegood.web.parts.lesson_rows import row_for_student
from makegood.web.parts.parts_of_day import fold_by_part
from makegood.web.refusals import words_of

_NOT_MOVED: Final = (LessonNotOpen, MoveIsAsked, NewTimeNotKept, TeacherPaused, NotEnoughCredits, DifferentRequest)
_DAYS_IN_STRIP: Final = 14


class DayForm(forms.Form):
    """Which day is shown; none is that of the lesson, or the next with a free time.

    A day, or `again`, also asks for the times while the page says that the lesson moved a moment ago.
    """

    day = forms.DateField(required=False)
    again = forms.BooleanField(required=False)


class ChooseForm(forms.Form):
    """One of the shown times."""

    starts_at = StartField(label=_("New time"))
    request_id = forms.UUIDField()


class ConfirmForm(SentOnce):
    """The last step. `shown_as` is what the page said it costs: nobody pays what they did not see."""

    shown_as = forms.ChoiceField(
        choices=[("free", "free"), ("used", "used")],
        widget=forms.HiddenInput,
        label=_("Page"),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"),
            INCOMPLETE,
        ),
    )
    note = NoteField(label=_("Why"), help_text=_("Your teacher can read it."))


@access.members(Role.STUDENT, methods=access.READ_AND_WRITE)
def choose(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Show what moving means now and the free times, or keep the chosen one and ask for the last word."""
    lesson = _own(visit, lesson_id)
    if request.method != "POST":
        return _show_times(request, visit, lesson)
    form = ChooseForm(request.POST)
    if not form.is_valid():
        return _show_times(request, visit, lesson, problem=gettext("Choose one of the times below."), status=422)
    try:
        kept = keep_new_time(
            school=visit.school,
            actor=visit.membership,
            lesson_id=lesson_id,
            starts_at=form.cleaned_data["starts_at"],
            request_id=form.cleaned_data["request_id"],
            door=Door.WEB,
            now=visit.now,
        )
    except TimeRefused as refusal:
        nearest = [_time(at, lesson) for at in refusal.alternatives]
        return _show_times(request, visit, lesson, problem=words_of(refusal), status=409, nearest=nearest)
    except _NOT_MOVED as refusal:
        return _show_times(request, visit, lesson, problem=words_of(refusal), status=409)
    return redirect("student:confirm_move", school=visit.school.slug, lesson_id=lesson_id, hold_id=kept.hold_id)


@access.members(Role.STUDENT, methods=access.READ_AND_WRITE)
def confirm(request: HttpRequest, visit: access.Visit, lesson_id: int, hold_id: int) -> HttpResponseBase:
    """Show the old and the new time and what it costs, or do it."""
    lesson = _own(visit, lesson_id)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _show_confirmation(request, visit, lesson, hold_id)
    if not form.is_valid():
        return _show_confirmation(request, visit, lesson, hold_id, form=form)
    try:
        moved = reschedule_lesson(
            school=visit.school,
            actor=visit.membership,
            lesson_id=lesson_id,
            hold_id=hold_id,
            shown_as_free=form.cleaned_data["shown_as"] == "free",
            note=form.cleaned_data["note"],
            request_id=form.request_id,
            door=Door.WEB,
            now=visit.now,
        )
    except MovingNoLongerFree:
        return _show_confirmation(request, visit, lesson, hold_id, form=form, has_changed=True)
    except _NOT_MOVED as refusal:
        return _show_times(request, visit, _own(visit, lesson_id), problem=words_of(refusal), status=409)
    if moved.answer_by is not None:
        if not moved.is_replay:
            messages.success(
                request, gettext("Your school has to approve the new time. Your lesson stays where it is until then.")
            )
        return redirect("student:reschedule", school=visit.school.slug, lesson_id=lesson_id)
    if moved.is_used:
        if not moved.is_replay:
            messages.success(request, gettext("The former lesson is used. This is your other lesson."))
        return redirect("student:booked", school=visit.school.slug, lesson_id=moved.lesson_id)
    return redirect("student:reschedule", school=visit.school.slug, lesson_id=lesson_id)


@access.members(Role.STUDENT, methods=access.WRITE)
def undo(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Move back."""
    _own(visit, lesson_id)
    try:
        undo_reschedule(school=visit.school, actor=visit.membership, lesson_id=lesson_id, door=Door.WEB, now=visit.now)
    except LessonNotFound as missing:
        raise Http404 from missing
    except Refusal as refusal:
        messages.warning(request, words_of(refusal))
        return redirect("student:reschedule", school=visit.school.slug, lesson_id=lesson_id)
    messages.success(request, gettext("Your lesson is at its former time again. Your teacher was told."))
    return redirect("student:lessons", school=visit.school.slug)


@access.members(Role.STUDENT, methods=access.WRITE)
def undo_late(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Take a late move back, which used the former lesson and booked this one."""
    _own(visit, lesson_id)
    form = SentOnce(request.POST)
    if not form.is_valid():
        messages.warning(request, form.problem)
        return redirect("student:booked", school=visit.school.slug, lesson_id=lesson_id)
    try:
        undo_late_move(
            school=visit.school,
            actor=visit.membership,
            lesson_id=lesson_id,
            request_id=form.request_id,
            door=Door.WEB,
            now=visit.now,
        )
    except LessonNotFound as missing:
        raise Http404 from missing
    except Refusal as refusal:
        messages.warning(request, words_of(refusal))
        return redirect("student:booked", school=visit.school.slug, lesson_id=lesson_id)
    messages.success(request, gettext("Your lesson is at its former time again. Your teacher was told."))
    return redirect("student:lessons", school=visit.school.slug)


@access.members(Role.STUDENT, methods=access.WRITE)
def take_back(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """No longer want the time that the page showed as waiting for the school: the lesson stays where it is."""
    lesson = _own(visit, lesson_id)
    form = TakeBackForm(request.POST)
    if not form.is_valid():
        messages.warning(request, form.problem)
        return redirect("student:reschedule", school=visit.school.slug, lesson_id=lesson_id)
    asked = find_move_request(school_id=visit.school.pk, move_request_id=form.cleaned_data["shown"])
    if asked is None or asked.lesson_id != lesson.pk:
        raise Http404
    try:
        take_back_move(
            school=visit.school, actor=visit.membership, move_request_id=asked.pk, door=Door.WEB, now=visit.now
        )
    except MoveRequestNotFound as missing:
        raise Http404 from missing
    except MoveRequestEnded as refusal:
        messages.warning(request, words_of(refusal))
        return redirect("student:reschedule", school=visit.school.slug, lesson_id=lesson_id)
    messages.success(request, gettext("Your lesson stays where it is."))
    return redirect("student:lessons", school=visit.school.slug)


def _own(visit: access.Visit, lesson_id: int) -> Lesson:
    lesson = find_lesson(school_id=visit.school.pk, lesson_id=lesson_id)
    if lesson is None or not is_student_of(membership_id=visit.membership.pk, lesson=lesson):
        raise Http404
    if lesson.keeps_time_for_id is not None:
        raise Http404
    return lesson


def _show_times(
    request: HttpRequest,
    visit: access.Visit,
    lesson: Lesson,
    *,
    problem: str = "",
    nearest: list[tuple[Interval, str]] | None = None,
    status: int = 200,
) -> HttpResponseBase:
    page = make_moving_page(school=visit.school, lesson=lesson, visitor=visit.membership, now=visit.now)
    form = DayForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    # Who picked a wrong time chooses a third one at once, and does not wait until the move cannot be undone any more.
    has_moved = page.undo_until is not None and not (problem or any(wanted.values()))
    context: dict[str, Any] = {
        "page": page,
        "has_moved": has_moved,
        "lesson": row_for_student(lesson, school=visit.school, is_live=lesson.starts_at <= visit.now),
        "lesson_id": lesson.pk,
        "problem": problem,
        "has_problems": bool(problem),
        "nearest": nearest or [],
        **(_times(visit, lesson, wanted.get("day")) if page.can_choose and not has_moved else {}),
    }
    return render(request, "student/reschedule.html", context, status=status)


def _times(visit: access.Visit, lesson: Lesson, day: date | None) -> dict[str, Any]:
    found = list_times_to_move_to(school=visit.school, lesson=lesson, student=visit.membership, day=day, now=visit.now)
    strip = list_days_around(days=found.days, day=found.day, most=_DAYS_IN_STRIP)
    days = list(found.days)
    first = days.index(strip[0]) if strip else 0
    behind = first + len(strip)
    return {
        "found": found,
        "strip": [(day, day.isoformat()) for day in strip],
        "earlier": days[first - 1].isoformat() if first else "",
        "later": days[behind].isoformat() if behind < len(days) else "",
        "parts": fold_by_part([_time(one.interval.start, lesson) for one in found.times], ZoneInfo(visit.person.zone)),
        "request_id": uuid.uuid4(),
    }


def _time(at: datetime, lesson: Lesson) -> tuple[Interval, str]:
    """A time and what its button sends."""
    return Interval(at, at + lesson.length), at.strftime(START_FORMAT)


def _show_confirmation(
    request: HttpRequest,
    visit: access.Visit,
    lesson: Lesson,
    hold_id: int,
    *,
    form: ConfirmForm | None = None,
    has_changed: bool = False,
) -> HttpResponseBase:
    held = find_held(lesson=lesson, hold_id=hold_id, now=visit.now)
    page: MovingPage = make_moving_page(school=visit.school, lesson=lesson, visitor=visit.membership, now=visit.now)
    if held is None or not page.can_choose:
        if page.can_choose:
            messages.warning(request, gettext(NewTimeNotKept.sentence))
        return redirect("student:reschedule", school=visit.school.slug, lesson_id=lesson.pk)
    has_problems = form is not None and bool(form.errors) and not has_changed
    shown = ConfirmForm.shown(sent=form)
    shown.initial["shown_as"] = "free" if page.is_free else "used"
    context = {
        "form": shown,
        "has_problems": has_problems,
        "has_changed": has_changed,
        "page": page,
        "lesson": row_for_student(lesson, school=visit.school, is_live=False),
        "lesson_id": lesson.pk,
        "held": held,
        "new_time": Interval(held.starts_at, held.ends_at),
        "there": free_time_of(school=visit.school, starts_at=held.starts_at, now=visit.now),
    }
    status = 422 if has_problems else 409 if has_changed else 200
    return render(request, "student/confirm_move.html", context, status=status)
