"""Weekly lessons: how long, every week before it is booked, and all that are ticked or none."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import replace
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from makegood.actions.book_series import book_series, preview_series
from makegood.actions.series_steps import SeriesHasProblems, SeriesPreview, SeriesWish
from makegood.domain.ledger.credits import NotEnoughCredits, count_left
from makegood.domain.lessons import time_checks
from makegood.domain.lessons.offering import LONGEST_MINUTES, LengthNotOffered, TypeNotOffered
from makegood.domain.people.models import Role
from makegood.domain.people.roster import find_holder
from makegood.domain.timeline.doors import Door
from makegood.reports.student_lessons import free_times_of
from makegood.web import access
from makegood.web.parts.booking_form import read_kind
from makegood.web.parts.change_forms import INCOMPLETE
from makegood.web.parts.instants import StartField
from makegood.web.parts.weekly import (
    FOR_STUDENT,
    count_weeks,
    list_weeks,
    read_ticks,
    say_lost,
    until_field,
    weeks_field,
)
from makegood.web.refusals import words_of
from makegood.web.student.search import value_of

# The teacher's page says what can be booked instead.
_NOT_WEEKLY: Final = (TypeNotOffered, LengthNotOffered, time_checks.FirstLessonHad, time_checks.FirstMeetingNeeded)


class WishForm(forms.Form):
    """Which lesson, from when on, and for how long: a number of weeks, or until a day."""

    kind = forms.CharField(max_length=60)
    first = StartField()
    weeks = weeks_field()
    until = until_field()


@access.members(Role.STUDENT, methods=access.READ_AND_WRITE)
def weekly(request: HttpRequest, visit: access.Visit, teacher_id: int) -> HttpResponseBase:
    """Show every week; book those that are ticked. Raises Http404 for an address without a readable first lesson."""
    teacher = find_holder(school_id=visit.school.pk, membership_id=teacher_id, role=Role.TEACHER)
    if teacher is None or teacher == visit.membership:
        raise Http404
    form = WishForm(request.POST if request.method == "POST" else request.GET)
    form.is_valid()
    kind = read_kind(form.data.get("kind", ""))
    if form.errors.keys() & {"kind", "first"} or not _is_length(kind["minutes"]):
        if request.method != "POST":
            raise Http404
        messages.warning(request, gettext("Choose one of the times below."))
        return redirect("student:teacher", school=visit.school.slug, teacher_id=teacher_id)
    page = {
        "form": form,
        "teacher": teacher,
        "first": value_of(form.cleaned_data["first"]),
        "minutes": int(kind["minutes"]),
    }
    zone = ZoneInfo(visit.person.zone)
    count = 0 if form.errors else count_weeks(form, first_on=form.cleaned_data["first"].astimezone(zone).date())
    if form.errors:
        return render(request, "student/weekly.html", {**page, "has_problems": True}, status=422)
    wish = SeriesWish.beginning(
        form.cleaned_data["first"],
        zone=visit.person.zone,
        minutes=int(kind["minutes"]),
        lesson_type=kind["lesson_type"],
        count=count,
    )
    page["count"] = count
    if request.method == "POST":
        return _book(request, visit, teacher_id, wish, page)
    try:
        preview = _preview(visit, teacher_id, wish)
    except _NOT_WEEKLY as refusal:
        messages.warning(request, words_of(refusal))
        return redirect("student:teacher", school=visit.school.slug, teacher_id=teacher_id)
    return _show(request, visit, page, preview, ticked=None)


def _book(
    request: HttpRequest, visit: access.Visit, teacher_id: int, wish: SeriesWish, page: dict[str, Any]
) -> HttpResponseBase:
    ticked = read_ticks(request, wish.count)
    leave_out = frozenset(range(1, wish.count + 1)) - ticked
    if len(leave_out) == wish.count:
        return _show_again(request, visit, teacher_id, wish, page, ticked, gettext("Tick at least one week."), 422)
    try:
        request_id = uuid.UUID(request.POST.get("request_id", ""))
    except ValueError:
        return _show_again(request, visit, teacher_id, wish, page, ticked, str(INCOMPLETE), 422)
    try:
        booked = book_series(
            school=visit.school,
            actor=visit.membership,
            teacher_id=teacher_id,
            wish=replace(wish, leave_out=leave_out),
            request_id=request_id,
            door=Door.WEB,
            now=visit.now,
        )
    except _NOT_WEEKLY as refusal:
        messages.warning(request, words_of(refusal))
        return redirect("student:teacher", school=visit.school.slug, teacher_id=teacher_id)
    except SeriesHasProblems as refusal:
        problem = say_lost(refusal)
        return _show_again(request, visit, teacher_id, wish, page, ticked, problem, 409)
    except NotEnoughCredits as refusal:
        problem = words_of(refusal)
        return _show_again(request, visit, teacher_id, wish, page, ticked, problem, 409)
    return redirect("student:booked", school=visit.school.slug, lesson_id=booked.lesson_ids[0])


def _preview(visit: access.Visit, teacher_id: int, wish: SeriesWish) -> SeriesPreview:
    return preview_series(
        school=visit.school,
        actor=visit.membership,
        teacher_id=teacher_id,
        wish=wish,
        door=Door.WEB,
        now=visit.now,
    )


def _show_again(
    request: HttpRequest,
    visit: access.Visit,
    teacher_id: int,
    wish: SeriesWish,
    page: dict[str, Any],
    ticked: Collection[int],
    problem: str,
    status: int,
) -> HttpResponseBase:
    """The weeks as they are now, with what was ticked as far as it can be booked."""
    preview = _preview(visit, teacher_id, wish)
    page |= {"problem": problem, "has_problems": True}
    return _show(request, visit, page, preview, ticked=ticked, status=status)


def _show(
    request: HttpRequest,
    visit: access.Visit,
    page: dict[str, Any],
    preview: SeriesPreview,
    *,
    ticked: Collection[int] | None,
    status: int = 200,
) -> HttpResponseBase:
    free = free_times_of(school=visit.school, starts=[one.starts_at for one in preview.dates], now=visit.now)
    found = list_weeks(preview.dates, words=FOR_STUDENT, zone=visit.person.zone, ticked=ticked)
    weeks = [replace(week, free=its_free) for week, its_free in zip(found, free, strict=True)]
    credits_each = preview.credits_each
    count = sum(week.is_ticked for week in weeks)
    left = count_left(school_id=visit.school.pk, student_id=visit.membership.pk, now=visit.now) if credits_each else 0
    context = {
        **page,
        "kind_name": preview.kind_name,
        "weeks": weeks,
        "free_count": sum(not week.problem for week in weeks),
        "ticked_count": count,
        "credits_each": credits_each,
        "credits_needed": credits_each * count,
        "credits_left": left,
        "is_short_of_credits": left < credits_each * count,
        "request_id": uuid.uuid4(),
        "back": reverse("student:teacher", kwargs={"school": visit.school.slug, "teacher_id": page["teacher"].pk}),
    }
    return render(request, "student/weekly.html", context, status=status)


def _is_length(minutes: str) -> bool:
    return minutes.isascii() and minutes.isdigit() and len(minutes) <= len(str(LONGEST_MINUTES))
