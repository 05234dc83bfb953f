"""Finding a free time and booking it: choose, keep, confirm, undo."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from makegood.actions.book_lesson import book_held_lesson
from makegood.actions.hold_slot import hold_slot
from makegood.actions.let_go import let_go
from makegood.actions.undo_booking import find_undo_end, undo_booking
from makegood.actions.undo_late_move import find_end_of_late_move
from makegood.domain.ledger.credits import count_left
from makegood.domain.lessons import offering
from makegood.domain.lessons.models import Lesson, LessonStatus, WaitsFor
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.lessons.series import list_of_series
from makegood.domain.lessons.time_checks import TimeRefused
from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal
from makegood.reports.student_lessons import free_time_of, free_times_of
from makegood.web import access
from makegood.web.parts.booking_form import read_kind
from makegood.web.parts.change_forms import SentOnce
from makegood.web.parts.instants import StartField
from makegood.web.parts.row_ids import id_field
from makegood.web.refusals import words_of
from makegood.web.student.search import search, value_of


class SlotForm(forms.Form):
    """One time of one teacher."""

    teacher = id_field()
    starts_at = StartField()
    minutes = forms.IntegerField(min_value=1, max_value=offering.LONGEST_MINUTES)
    lesson_type = forms.CharField(max_length=40)
    request_id = forms.UUIDField()


@access.members(Role.STUDENT, methods=access.READ_AND_WRITE)
def book(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show free times; keep the chosen one."""
    if request.method != "POST":
        return _show(request, visit)
    form = SlotForm(_slot_of(request))
    if not form.is_valid():
        return _show(request, visit, problem=gettext("Choose one of the times below."), status=422)
    wanted = form.cleaned_data
    try:
        held = hold_slot(
            school=visit.school,
            actor=visit.membership,
            teacher_id=wanted["teacher"],
            starts_at=wanted["starts_at"],
            minutes=wanted["minutes"],
            lesson_type=wanted["lesson_type"],
            request_id=wanted["request_id"],
            door=Door.WEB,
            now=visit.now,
        )
    except TimeRefused as refusal:
        problem = words_of(refusal)
        nearest = [(at, at + timedelta(minutes=wanted["minutes"])) for at in refusal.alternatives]
        more = {"nearest": nearest, "nearest_teacher": wanted["teacher"]}
        return _show(request, visit, problem=problem, status=409, more=more)
    except Refusal as refusal:
        return _show(request, visit, problem=words_of(refusal), status=409)
    return redirect("student:confirm_booking", school=visit.school.slug, lesson_id=held.lesson_id)


@access.members(Role.STUDENT, methods=access.READ_AND_WRITE)
def confirm(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Show the time that is kept and until when; book it."""
    lesson = _own(visit, lesson_id)
    form = SentOnce(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid():
        try:
            book_held_lesson(
                school=visit.school,
                actor=visit.membership,
                lesson_id=lesson.pk,
                request_id=form.request_id,
                door=Door.WEB,
                now=visit.now,
            )
        except Refusal as refusal:
            form.add_error(None, words_of(refusal))
            lesson = _own(visit, lesson_id)
        else:
            return redirect("student:booked", school=visit.school.slug, lesson_id=lesson.pk)
    if lesson.status not in {LessonStatus.HELD, LessonStatus.RELEASED}:
        return _lead_on(visit, lesson)
    is_held = lesson.status == LessonStatus.HELD and lesson.held_until is not None and lesson.held_until > visit.now
    left = count_left(school_id=visit.school.pk, student_id=visit.membership.pk, now=visit.now) if lesson.credits else 0
    context = {
        "lesson": lesson,
        "form": SentOnce.shown(sent=form),
        "is_held": is_held,
        "free": free_time_of(school=visit.school, starts_at=lesson.starts_at, now=visit.now),
        "credits_left": left,
        "is_short_of_credits": is_held and left < lesson.credits,
    }
    is_refused = form is not None and not form.errors.get("request_id")
    status = 409 if is_refused else 200 if form is None else 422
    return render(request, "student/confirm_booking.html", context, status=status)


@access.members(Role.STUDENT, methods=access.WRITE)
def release(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Let the kept time go, or withdraw what the school was asked for."""
    lesson = _own(visit, lesson_id)
    was_asked_for = lesson.status == LessonStatus.REQUESTED
    form = SentOnce(request.POST)
    if not form.is_valid():
        messages.warning(request, form.problem)
        to = "confirm_booking" if lesson.status == LessonStatus.HELD else "booked"
        return redirect(f"student:{to}", school=visit.school.slug, lesson_id=lesson_id)
    let_go(
        school=visit.school,
        actor=visit.membership,
        lesson_id=lesson_id,
        request_id=form.request_id,
        door=Door.WEB,
        now=visit.now,
    )
    if was_asked_for:
        messages.success(request, gettext("Your request is withdrawn. The time is free again, and nothing was used."))
    return redirect("student:lessons" if was_asked_for else "student:book", school=visit.school.slug)


@access.members(Role.STUDENT)
def booked(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Say what was booked, and until when it can be undone."""
    lesson = _own(visit, lesson_id)
    series = list_of_series(school_id=visit.school.pk, series_id=lesson.series_id) if lesson.series_id else []
    together = [one for one in series if one.status == lesson.status]
    free = free_times_of(school=visit.school, starts=[one.starts_at for one in together], now=visit.now)
    context = {
        "lesson": lesson,
        "series": list(zip(together, free, strict=True)),
        "is_booked": lesson.status == LessonStatus.BOOKED,
        "free": free_time_of(school=visit.school, starts_at=lesson.starts_at, now=visit.now),
        "is_requested": lesson.status == LessonStatus.REQUESTED,
        "undo_until": find_undo_end(lesson=lesson, actor=visit.membership, now=visit.now),
        "undo_late_until": find_end_of_late_move(
            school=visit.school, lesson=lesson, actor=visit.membership, now=visit.now
        ),
        "form": SentOnce.shown(sent=None),
    }
    return render(request, "student/booked.html", context)


@access.members(Role.STUDENT, methods=access.WRITE)
def undo(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Undo the booking."""
    lesson = _own(visit, lesson_id)
    form = SentOnce(request.POST)
    if not form.is_valid():
        messages.warning(request, form.problem)
        return redirect("student:booked", school=visit.school.slug, lesson_id=lesson.pk)
    undo_booking(
        school=visit.school,
        actor=visit.membership,
        lesson_id=lesson_id,
        request_id=form.request_id,
        door=Door.WEB,
        now=visit.now,
    )
    return redirect("student:booked", school=visit.school.slug, lesson_id=lesson.pk)


def _own(visit: access.Visit, lesson_id: int) -> Lesson:
    lesson = find_lesson(school_id=visit.school.pk, lesson_id=lesson_id)
    if lesson is None or lesson.student_id != visit.membership.pk or lesson.keeps_time_for_id is not None:
        raise Http404
    return lesson


def _lead_on(visit: access.Visit, lesson: Lesson) -> HttpResponseBase:
    """To what became of a time that was kept: somebody comes back to the page that asked for the booking."""
    if lesson.status == LessonStatus.REQUESTED and lesson.waits_for == WaitsFor.STUDENT:
        return redirect("student:proposals", school=visit.school.slug)
    is_new = lesson.status in {LessonStatus.BOOKED, LessonStatus.REQUESTED}
    return redirect("student:booked" if is_new else "student:lesson", school=visit.school.slug, lesson_id=lesson.pk)


def _slot_of(request: HttpRequest) -> dict[str, Any]:
    """A button carries all of a slot: teacher and start; the form around it the rest."""
    teacher, _sign, starts_at = request.POST.get("slot", "").partition("|")
    return {
        "teacher": teacher,
        "starts_at": starts_at,
        **read_kind(request.POST.get("kind", "")),
        "request_id": request.POST.get("request_id", ""),
    }


def _show(
    request: HttpRequest,
    visit: access.Visit,
    *,
    problem: str = "",
    status: int = 200,
    more: dict[str, Any] | None = None,
) -> HttpResponseBase:
    context = {**search(request, visit), "problem": problem, "has_problems": bool(problem), **(more or {})}
    if more and "nearest" in more:
        context["nearest"] = [(start, end, value_of(start)) for start, end in more["nearest"]]
    return render(request, "student/book.html", context, status=status)
