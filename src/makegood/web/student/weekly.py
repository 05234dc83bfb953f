"""Weekly lessons: how long, every week before it is booked, and all that are ticked or none."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.book_series import (
    MOST_WEEKS,
    Holiday,
    SeriesDate,
    SeriesHasProblems,
    SeriesPreview,
    SeriesWish,
    book_series,
    preview_series,
)
from makegood.actions.booking_steps import TeacherPaused
from makegood.domain.ledger.credits import NotEnoughCredits, count_left
from makegood.domain.lessons import time_checks
from makegood.domain.lessons.offering import LONGEST_MINUTES, LengthNotOffered, TypeNotOffered
from makegood.domain.people.models import Role
from makegood.domain.people.queries import find_member
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal
from makegood.web import access
from makegood.web.parts.booking_form import read_kind
from makegood.web.parts.change_forms import INCOMPLETE
from makegood.web.parts.instants import StartField
from makegood.web.refusals import words_of
from makegood.web.student.search import value_of

# The teacher's page says what can be booked instead.
_NOT_WEEKLY: Final = (TypeNotOffered, LengthNotOffered, time_checks.FirstLessonHad, time_checks.FirstMeetingNeeded)
LEAST_WEEKS: Final = 2
_FIRST_WEEKS: Final = 4
_DAYS: Final = 7
# What is wrong with one week of many: shorter than the sentence of its refusal.
_WORDS: Final[Mapping[str, str | Promise]] = {
    time_checks.SlotTaken.code: _("Taken by somebody else"),
    time_checks.StudentDoubleBooked.code: _("You have another lesson then"),
    time_checks.OutsideAvailability.code: _("The teacher does not teach then"),
    time_checks.DayFull.code: _("The teacher's day is full"),
    time_checks.ProbationFull.code: _("The teacher's week is full"),
    time_checks.TooFar.code: _("Farther ahead than can be booked today"),
    time_checks.TooSoon.code: _("Too soon to be booked"),
    time_checks.AlreadyPast.code: _("This time is past"),
    TeacherPaused.code: _("The teacher takes no bookings then"),
    Holiday.code: _("Holiday: {name}"),
}


class WishForm(forms.Form):
    """Which lesson, from when on, and for how long: a number of weeks, or until a day."""

    kind = forms.CharField(max_length=60)
    first = StartField()
    weeks = forms.IntegerField(
        required=False,
        min_value=LEAST_WEEKS,
        max_value=MOST_WEEKS,
        error_messages={
            "invalid": _("Type a whole number."),
            "min_value": _("Weekly lessons are for 2 weeks or more."),
            "max_value": _("At most 52 weeks can be booked at once."),
        },
    )
    until = forms.DateField(required=False, error_messages={"invalid": _("This is not a day.")})

    def count_weeks(self, zone: ZoneInfo) -> int:
        """How many weeks the valid form asks for; a last day wins over a number."""
        until: date | None = self.cleaned_data.get("until")
        weeks: int | None = self.cleaned_data.get("weeks")
        if until is not None:
            first_on = self.cleaned_data["first"].astimezone(zone).date()
            weeks = (until - first_on).days // _DAYS + 1
            if not LEAST_WEEKS <= weeks <= MOST_WEEKS:
                self.add_error("until", gettext("Choose a day that is 1 week to 51 weeks after the first lesson."))
        return _FIRST_WEEKS if weeks is None else weeks


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One week as the page lists it."""

    date: SeriesDate
    problem: str
    is_ticked: bool


@access.members(Role.STUDENT, methods=access.READ_AND_WRITE)
def weekly(request: HttpRequest, visit: access.Visit, teacher_id: int) -> HttpResponseBase:
    """Show every week; book those that are ticked. Raises Http404 for an address without a readable first lesson."""
    member = find_member(school_id=visit.school.pk, membership_id=teacher_id)
    if member is None or all(grant.role != Role.TEACHER for grant in member.live_grants):
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
        "teacher": member.membership,
        "first": value_of(form.cleaned_data["first"]),
        "minutes": int(kind["minutes"]),
    }
    zone = ZoneInfo(visit.person.zone)
    count = 0 if form.errors else form.count_weeks(zone)
    if form.errors:
        return render(request, "student/weekly.html", {**page, "has_problems": True}, status=422)
    first = form.cleaned_data["first"].astimezone(zone)
    wish: dict[str, Any] = {
        "first_on": first.date(),
        "starts_minute": first.hour * 60 + first.minute,
        "minutes": int(kind["minutes"]),
        "lesson_type": kind["lesson_type"],
        "count": count,
    }
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
    request: HttpRequest, visit: access.Visit, teacher_id: int, wish: Mapping[str, Any], page: dict[str, Any]
) -> HttpResponseBase:
    ticked = {week for week in range(1, wish["count"] + 1) if str(week) in request.POST.getlist("week")}
    leave_out = frozenset(range(1, wish["count"] + 1)) - ticked
    if len(leave_out) == wish["count"]:
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
            wish=SeriesWish(**wish, leave_out=leave_out),
            request_id=request_id,
            door=Door.WEB,
            now=visit.now,
        )
    except _NOT_WEEKLY as refusal:
        messages.warning(request, words_of(refusal))
        return redirect("student:teacher", school=visit.school.slug, teacher_id=teacher_id)
    except SeriesHasProblems as refusal:
        lost = [one.position for one in refusal.dates if one.refusal is not None and not one.is_left_out]
        problem = ngettext(
            "Week {weeks} cannot be booked any more. Nothing was booked. Look at the list, then book the others.",
            "Weeks {weeks} cannot be booked any more. Nothing was booked. Look at the list, then book the others.",
            len(lost),
        ).format(weeks=", ".join(str(one) for one in lost))
        return _show_again(request, visit, teacher_id, wish, page, ticked, problem, 409)
    except NotEnoughCredits as refusal:
        problem = words_of(refusal)
        return _show_again(request, visit, teacher_id, wish, page, ticked, problem, 409)
    return redirect("student:booked", school=visit.school.slug, lesson_id=booked.lesson_ids[0])


def _preview(visit: access.Visit, teacher_id: int, wish: Mapping[str, Any]) -> SeriesPreview:
    return preview_series(
        school=visit.school,
        actor=visit.membership,
        teacher_id=teacher_id,
        wish=SeriesWish(**wish),
        door=Door.WEB,
        now=visit.now,
    )


def _show_again(
    request: HttpRequest,
    visit: access.Visit,
    teacher_id: int,
    wish: Mapping[str, Any],
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
    weeks = [
        Week(
            date=one,
            problem=_problem_of(one.refusal),
            is_ticked=one.refusal is None and (ticked is None or one.position in ticked),
        )
        for one in preview.dates
    ]
    credits_each = preview.credits_each
    count = sum(week.is_ticked for week in weeks)
    left = count_left(school_id=visit.school.pk, student_id=visit.membership.pk) if credits_each else 0
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


def _problem_of(refusal: Refusal | None) -> str:
    if refusal is None:
        return ""
    words = str(_WORDS.get(refusal.code, ""))
    return words.format(**refusal.values) if words else words_of(refusal)


def _is_length(minutes: str) -> bool:
    return minutes.isascii() and minutes.isdigit() and len(minutes) <= len(str(LONGEST_MINUTES))
