"""The school's calendar: a week of all teachers, with filters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from makegood.domain.lessons.models import LessonStatus
from makegood.domain.lessons.offering import list_offers
from makegood.domain.people.models import Role
from makegood.reports.school_calendar import make_school_week
from makegood.web import access

STATUSES: Final[Mapping[LessonStatus, Promise]] = {
    LessonStatus.HELD: _("Kept for a moment"),
    LessonStatus.REQUESTED: _("Waits for an answer"),
    LessonStatus.BOOKED: _("Booked"),
    LessonStatus.IN_PROGRESS: _("On now"),
    LessonStatus.TAUGHT: _("Taught"),
    LessonStatus.CANCELLED: _("Cancelled"),
    LessonStatus.MOVED: _("Moved"),
    LessonStatus.MISSED: _("Missed"),
    LessonStatus.CUT_SHORT: _("Ended early"),
    LessonStatus.RELEASED: _("Let go"),
}
# What is as it should be carries no word: the calendar would be full of them.
_PLAIN: Final = (LessonStatus.BOOKED, LessonStatus.TAUGHT)
_FURTHEST: Final = 3000


class FilterForm(forms.Form):
    """Which week, and what of it; what cannot be read is not filtered by."""

    day = forms.DateField(required=False)
    teacher = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    student = forms.CharField(required=False, max_length=80)
    status = forms.ChoiceField(required=False, choices=[("", ""), *((one.value, one.value) for one in STATUSES)])
    kind = forms.CharField(required=False, max_length=40)


@access.members(Role.DESK)
def calendar(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show the week."""
    form = FilterForm(request.GET)
    form.is_valid()
    wanted = form.cleaned_data
    today = visit.now.astimezone(ZoneInfo(visit.person.zone)).date()
    day: date = wanted.get("day") or today
    if abs((day - today).days) > _FURTHEST:
        day = today
    status = LessonStatus(wanted["status"]) if wanted.get("status") else None
    week = make_school_week(
        school=visit.school,
        zone=visit.person.zone,
        day=day,
        teacher_id=wanted.get("teacher"),
        student=wanted.get("student", "").strip(),
        status=status,
        lesson_type=wanted.get("kind", ""),
        now=visit.now,
    )
    kept = request.GET.copy()
    kept.pop("day", None)
    context = {
        "week": week,
        "rows": [
            (
                row.teacher,
                [
                    (
                        on,
                        [
                            (lesson, "" if lesson.status in _PLAIN else STATUSES[LessonStatus(lesson.status)])
                            for lesson in cell
                        ],
                    )
                    for on, cell in zip(week.days, row.days, strict=True)
                ],
            )
            for row in week.rows
        ],
        "statuses": [(one.value, words, one == status) for one, words in STATUSES.items()],
        "kinds": [
            (one.code, one.name, one.code == wanted.get("kind")) for one in list_offers(school_id=visit.school.pk)
        ],
        "teacher_id": wanted.get("teacher"),
        "student": wanted.get("student", ""),
        "monday_on": week.monday_on.isoformat(),
        "previous_on": (week.monday_on - timedelta(days=7)).isoformat(),
        "next_on": (week.monday_on + timedelta(days=7)).isoformat(),
        "kept": kept.urlencode(),
    }
    return render(request, "desk/calendar.html", context)
