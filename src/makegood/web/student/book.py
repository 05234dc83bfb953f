"""Finding a free time and booking it: choose, keep, confirm, undo."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.book_lesson import book_held_lesson
from makegood.actions.booking_steps import UNDO_WITHIN
from makegood.actions.hold_slot import hold_slot
from makegood.actions.let_go import let_go
from makegood.actions.undo_booking import undo_booking
from makegood.domain.lessons import offering
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.lessons.time_checks import TimeRefused
from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.reports.free_times import list_days_around, list_free_times
from makegood.web import access

MOST_TEACHERS_PER_TIME: Final = 6
_DAYS_IN_STRIP: Final = 14


class SearchForm(forms.Form):
    """Whom, what and on which day; nothing chosen is anybody, the first kind and the first day."""

    teacher = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    kind = forms.CharField(required=False, max_length=60)
    day = forms.DateField(required=False)


class SlotForm(forms.Form):
    """One time of one teacher."""

    teacher = forms.IntegerField(min_value=1, max_value=2**62)
    starts_at = forms.DateTimeField(input_formats=["%Y-%m-%dT%H:%M:%S%z"])
    minutes = forms.IntegerField(min_value=1, max_value=offering.LONGEST_MINUTES)
    lesson_type = forms.CharField(max_length=40)
    request_id = forms.UUIDField()


class RequestForm(forms.Form):
    """The id of the page a button was pressed on."""

    request_id = forms.UUIDField(widget=forms.HiddenInput, label=_("Form"))


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
        problem = gettext(refusal.sentence).format(**refusal.values)
        nearest = [(at, at + timedelta(minutes=wanted["minutes"])) for at in refusal.alternatives]
        more = {"nearest": nearest, "nearest_teacher": wanted["teacher"]}
        return _show(request, visit, problem=problem, status=409, more=more)
    return redirect("student:confirm_booking", school=visit.school.slug, lesson_id=held.lesson_id)


@access.members(Role.STUDENT, methods=access.READ_AND_WRITE)
def confirm(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Show the time that is kept and until when; book it."""
    lesson = _own(visit, lesson_id)
    form = RequestForm(request.POST if request.method == "POST" else None, initial={"request_id": uuid.uuid4()})
    if form.is_bound and form.is_valid():
        book_held_lesson(
            school=visit.school,
            actor=visit.membership,
            lesson_id=lesson.pk,
            request_id=form.cleaned_data["request_id"],
            door=Door.WEB,
            now=visit.now,
        )
        return redirect("student:booked", school=visit.school.slug, lesson_id=lesson.pk)
    is_held = lesson.status == LessonStatus.HELD and lesson.held_until is not None and lesson.held_until > visit.now
    context = {"lesson": lesson, "interval": (lesson.starts_at, lesson.ends_at), "form": form, "is_held": is_held}
    return render(request, "student/confirm_booking.html", context, status=422 if form.errors else 200)


@access.members(Role.STUDENT, methods=access.WRITE)
def release(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Let the kept time go."""
    _own(visit, lesson_id)
    form = RequestForm(request.POST)
    if form.is_valid():
        let_go(
            school=visit.school,
            actor=visit.membership,
            lesson_id=lesson_id,
            request_id=form.cleaned_data["request_id"],
            door=Door.WEB,
            now=visit.now,
        )
    return redirect("student:book", school=visit.school.slug)


@access.members(Role.STUDENT)
def booked(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Say what was booked, and until when it can be undone."""
    lesson = _own(visit, lesson_id)
    undo_until = lesson.booked_at + UNDO_WITHIN if lesson.booked_at else None
    context = {
        "lesson": lesson,
        "is_booked": lesson.status == LessonStatus.BOOKED,
        "is_requested": lesson.status == LessonStatus.REQUESTED,
        "undo_until": undo_until if undo_until and undo_until >= visit.now else None,
        "form": RequestForm(initial={"request_id": uuid.uuid4()}),
    }
    return render(request, "student/booked.html", context)


@access.members(Role.STUDENT, methods=access.WRITE)
def undo(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Undo the booking."""
    lesson = _own(visit, lesson_id)
    form = RequestForm(request.POST)
    if form.is_valid():
        undo_booking(
            school=visit.school,
            actor=visit.membership,
            lesson_id=lesson_id,
            request_id=form.cleaned_data["request_id"],
            door=Door.WEB,
            now=visit.now,
        )
    return redirect("student:booked", school=visit.school.slug, lesson_id=lesson.pk)


def _own(visit: access.Visit, lesson_id: int) -> Lesson:
    lesson = find_lesson(school_id=visit.school.pk, lesson_id=lesson_id)
    if lesson is None or lesson.student_id != visit.membership.pk or lesson.keeps_time_for_id is not None:
        raise Http404
    return lesson


def _slot_of(request: HttpRequest) -> dict[str, Any]:
    """A button carries all of a slot: teacher and start; the form around it the rest."""
    teacher, _sign, starts_at = request.POST.get("slot", "").partition("|")
    kind, _sign, minutes = request.POST.get("kind", "").partition(":")
    return {
        "teacher": teacher,
        "starts_at": starts_at,
        "lesson_type": kind,
        "minutes": minutes,
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
    form = SearchForm(request.POST if request.method == "POST" else request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    kinds = [
        (f"{offer.code}:{minutes}", offer, minutes)
        for offer in offering.list_offers(school_id=visit.school.pk)
        if offer.is_offered
        for minutes in offer.minutes
    ]
    # The usual lesson first; a first meeting is for those who look for it.
    kinds.sort(key=lambda kind: kind[1].is_first)
    chosen = next((kind for kind in kinds if kind[0] == wanted.get("kind")), kinds[0] if kinds else None)
    found = list_free_times(
        school=visit.school,
        student=visit.membership,
        teacher_id=wanted.get("teacher"),
        minutes=chosen[2] if chosen else 0,
        day=wanted.get("day"),
        now=visit.now,
    )
    strip = list_days_around(days=found.days, day=found.day, most=_DAYS_IN_STRIP)
    context = {
        "found": found,
        "kinds": [
            (value, offer.name, minutes, chosen is not None and value == chosen[0]) for value, offer, minutes in kinds
        ],
        "kind": chosen[0] if chosen else "",
        "teacher_id": wanted.get("teacher"),
        "strip": [(day, day.isoformat()) for day in strip],
        "earlier": _beside(found.days, strip[0], -1) if strip else "",
        "later": _beside(found.days, strip[-1], 1) if strip else "",
        "times": [
            (one.interval, one.teachers[:MOST_TEACHERS_PER_TIME], _value(one.interval.start)) for one in found.times
        ],
        "request_id": uuid.uuid4(),
        "problem": problem,
        "has_problems": bool(problem),
        **(more or {}),
    }
    if more and "nearest" in more:
        context["nearest"] = [(start, end, _value(start)) for start, end in more["nearest"]]
    return render(request, "student/book.html", context, status=status)


def _beside(days: Sequence[date], day: date, step: int) -> str:
    place = days.index(day) + step
    return days[place].isoformat() if 0 <= place < len(days) else ""


def _value(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S%z")
