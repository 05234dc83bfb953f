"""The school's calendar: a week of all teachers by day, with filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from makegood.domain.lessons.models import LessonStatus
from makegood.domain.lessons.offering import list_offers
from makegood.domain.lessons.statuses import OPEN
from makegood.domain.people.models import Role
from makegood.domain.schools.models import School
from makegood.reports.school_calendar import CalendarDay, CalendarLesson, SchoolWeek, make_school_week
from makegood.web import access
from makegood.web.desk.lesson_states import STATUSES, state_of, waiting_doors
from makegood.web.parts.components import Link
from makegood.web.parts.parts_of_day import part_of_day
from makegood.web.parts.row_ids import id_field

_FURTHEST: Final = 3000
# So many lessons are read at one glance: with no more in the week every day is open.
_AT_A_GLANCE: Final = 20


class FilterForm(forms.Form):
    """Which week, and what of it; what cannot be read is not filtered by, and the page says so."""

    day = forms.DateField(required=False, label=_("Day"))
    teacher = id_field(required=False, label=_("Teacher"))
    student = forms.CharField(required=False, max_length=80, label=_("Student"))
    status = forms.ChoiceField(
        required=False, choices=[("", ""), *((one.value, one.value) for one in STATUSES)], label=_("State")
    )
    kind = forms.CharField(required=False, max_length=40, label=_("Kind of lesson"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What the rows need to know."""

    school: School
    now: datetime
    zone: ZoneInfo
    kinds: Mapping[str, str]


@access.members(Role.DESK)
def calendar(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show the week."""
    form = FilterForm(request.GET)
    form.is_valid()
    wanted = form.cleaned_data
    today = visit.now.astimezone(ZoneInfo(visit.person.zone)).date()
    day: date = wanted.get("day") or today
    unread = set(form.errors)
    if abs((day - today).days) > _FURTHEST:
        day = today
        unread.add("day")
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
    offers = list_offers(school_id=visit.school.pk)
    kinds = {one.code: one.name for one in offers}
    shown = _Shown(school=visit.school, now=visit.now, zone=ZoneInfo(visit.person.zone), kinds=kinds)
    open_on = _days_to_open(week, day=day)
    days = [_day(one, shown, is_open=one.on in open_on) for one in week.days]
    earlier = _list_earlier(days, week, before=min(today, *open_on)) if open_on and week.has(today) else []
    kept = request.GET.copy()
    for name in {"day", *unread}:
        kept.pop(name, None)
    context = {
        "week": week,
        "days": days[len(earlier) :],
        "earlier": earlier,
        "of_earlier": {name: sum(one[name] for one in earlier) for name in ("count", "waiting")},
        "statuses": [(one.value, words, one == status) for one, words in STATUSES.items()],
        "kinds": [(one.code, one.name, one.code == wanted.get("kind")) for one in offers],
        "teacher_id": wanted.get("teacher"),
        "student": wanted.get("student", ""),
        "is_filtered": any(wanted.get(name) for name in ("teacher", "student", "status", "kind")),
        "day_on": min(open_on, default=day).isoformat() if week.count > _AT_A_GLANCE else day.isoformat(),
        "previous_on": (week.monday_on - timedelta(days=7)).isoformat(),
        "next_on": (week.monday_on + timedelta(days=7)).isoformat(),
        "kept": kept.urlencode(),
        "unread": [form[name].label for name in form.fields if name in unread],
    }
    return render(request, "desk/calendar.html", context)


def _days_to_open(week: SchoolWeek, *, day: date) -> set[date]:
    """All days of a week that is read at a glance; else the first with a lesson from the wanted day on."""
    busy = [one.on for one in week.days if one.lessons]
    if week.count <= _AT_A_GLANCE:
        return set(busy)
    return {next((on for on in busy if on >= day), busy[0])}


def _list_earlier(days: Sequence[dict[str, Any]], week: SchoolWeek, *, before: date) -> Sequence[dict[str, Any]]:
    """The days of a busy week that are past, where they are several: they are folded, so that what comes is above."""
    past = [one for one in days if one["on"] < before]
    return past if week.count > _AT_A_GLANCE and len(past) > 1 else []


def _day(day: CalendarDay, shown: _Shown, *, is_open: bool) -> dict[str, Any]:
    """One day; of one that is not open the page has the counts and a link, or a busy week would be too large."""
    doors = [waiting_doors(one.lesson, one.cases, school=shown.school, now=shown.now) for one in day.lessons]
    rows = [_row(one, its, shown) for one, its in zip(day.lessons, doors, strict=True)] if is_open else []
    return {
        "on": day.on,
        "parts": _parts(rows, shown),
        "count": len(day.lessons),
        "waiting": sum(map(bool, doors)),
        "is_open": is_open,
        "day_on": day.on.isoformat(),
    }


def _parts(rows: Sequence[dict[str, Any]], shown: _Shown) -> list[dict[str, Any]]:
    """The rows of an open day: few at once; of many, what is over and done with first, then the parts of the day.

    Open is the part that holds what is on now or comes next; after the last session the first in which one lacks a
    record, or the last part. The others say how much in them waits for the desk.
    """
    if len(rows) <= _AT_A_GLANCE:
        return [{"words": "", "rows": rows, "is_open": True, "waiting": 0}]
    over = pgettext("sessions of a day", "Over")
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(over if row["is_done"] else part_of_day(row["lesson"].starts_at, shown.zone), []).append(row)
    # A lesson that is over without a record may come before others that are done.
    names = sorted(found, key=lambda name: name != over)
    to_come = (name for name in names if any(row["lesson"].ends_at > shown.now for row in found[name]))
    without_record = (name for name in names if any(row["lacks_record"] for row in found[name]))
    opened = next(chain(to_come, without_record), names[-1])
    return [
        {
            "words": name,
            "rows": found[name],
            "is_open": name == opened,
            "waiting": sum(bool(row["doors"]) for row in found[name]),
            "count": len(found[name]),
        }
        for name in names
    ]


def _row(one: CalendarLesson, doors: Sequence[Link], shown: _Shown) -> dict[str, Any]:
    lesson = one.lesson
    is_over = lesson.ends_at <= shown.now
    return {
        "lesson": lesson,
        "what": lesson.title or shown.kinds.get(lesson.lesson_type, ""),
        "state": state_of(lesson, one.happening, now=shown.now),
        "doors": doors,
        "is_done": is_over and lesson.status not in OPEN and not doors,
        "lacks_record": is_over and lesson.status in OPEN,
    }
