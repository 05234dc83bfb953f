"""Edit Default Availability: the usual week as a form, for a teacher's own and for the desk on behalf."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.availability_changes import AvailabilityChanged
from makegood.actions.set_default_availability import set_default_availability
from makegood.domain.availability import expansion, plans
from makegood.domain.availability.expansion import WallRange
from makegood.domain.availability.operations import FURTHEST_DAYS
from makegood.domain.people.models import Membership
from makegood.domain.timeline.doors import Door
from makegood.reports.student_zones import list_student_zones
from makegood.reports.teaching_calendar import TeachingCalendar, make_teaching_calendar, slot_length
from makegood.web import access
from makegood.web.parts.clock_changes import tell_coming
from makegood.web.parts.slots import Column, SlotsForm, make_slots
from makegood.web.parts.teaching_calendar import tell_as
from makegood.wording import Reader
from makegood.wording.times import DayForm, format_day

# Of students, beside UTC.
_ZONES_SHOWN: Final = 4
WEEKDAYS = [str(weekday) for weekday in plans.DAYS_OF_WEEK]


class DefaultForm(SlotsForm):
    """A usual week, and from when on it counts."""

    from_on = forms.DateField(
        label=_("In force from"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Choose the first day."), "invalid": _("This is not a day.")},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def clean_from_on(self) -> date:
        """Today or a later day that is not too far ahead."""
        day: date = self.cleaned_data["from_on"]
        if not self._today <= day <= self._today + timedelta(days=FURTHEST_DAYS):
            raise ValidationError(_("Choose today or a later day of the next year."))
        return day


def show(
    request: HttpRequest, visit: access.Visit, *, teacher: Membership, template: str, back: str
) -> HttpResponseBase:
    """Show the default in force, or add the next one; `back` is the calendar's address."""
    calendar = make_teaching_calendar(school=visit.school, teacher=teacher, week_on=None, now=visit.now)
    on_behalf = teacher.pk != visit.membership.pk
    weekly = calendar.default.weekly if calendar.default else {}
    step = slot_length(calendar.rules, [found for ranges in weekly.values() for found in ranges])
    form = DefaultForm(
        request.POST if request.method == "POST" else None,
        on_behalf=on_behalf,
        today=calendar.today_on,
        initial={"request_id": uuid.uuid4(), "step": step, "from_on": calendar.today_on.isoformat()},
    )
    if form.is_bound and form.is_valid():
        try:
            chosen = form.read_columns(WEEKDAYS)
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            changed = _set(visit, teacher, form, chosen)
            tell_as(request, changed, saved=_saved(changed))
            return redirect(back)
    if form.is_bound and (typed := form.read_typed(WEEKDAYS)):
        weekly = {int(weekday): ranges for weekday, ranges in typed.items()}
    context = {
        "coming": _coming(visit, calendar, weekly),
        "calendar": calendar,
        "form": form,
        "on_behalf": on_behalf,
        "columns": _columns(calendar, weekly, step),
        "back": back,
    }
    return render(request, template, context, status=422 if form.errors else 200)


def _coming(
    visit: access.Visit, calendar: TeachingCalendar, weekly: Mapping[int, tuple[WallRange, ...]]
) -> Mapping[str, Any] | None:
    """What the next change of the teacher's clocks does to the earliest time of the usual week; None without one."""
    change = expansion.find_next_clock_change(zone=calendar.zone, after=visit.now)
    if change is None:
        return None
    zones = list_student_zones(
        school_id=visit.school.pk, teacher_id=calendar.teacher.pk, now=visit.now, limit=_ZONES_SHOWN
    )
    minute = min((found.start_minute for ranges in weekly.values() for found in ranges), default=None)
    return tell_coming(change, minute=minute, zones=[zone for zone in zones if zone != calendar.zone])


def _set(
    visit: access.Visit, teacher: Membership, form: DefaultForm, chosen: Mapping[str, tuple[WallRange, ...]]
) -> AvailabilityChanged:
    return set_default_availability(
        school=visit.school,
        actor=visit.membership,
        teacher_id=teacher.pk,
        weekly={int(weekday): ranges for weekday, ranges in chosen.items() if ranges},
        from_on=form.cleaned_data["from_on"],
        reason=form.cleaned_data.get("reason", ""),
        request_id=form.cleaned_data["request_id"],
        door=Door.WEB,
        now=visit.now,
    )


def _saved(changed: AvailabilityChanged) -> str:
    """Which weekdays of the usual week differ now, from Monday on."""
    days = sorted(changed.days, key=lambda day: day.weekday())
    reader = Reader.active()
    weekdays = ", ".join(format_day(day, reader, DayForm.WEEKDAY) for day in days)
    return gettext("Saved. Changed in the usual week: {weekdays}.").format(weekdays=weekdays)


def _columns(calendar: TeachingCalendar, weekly: Mapping[int, tuple[WallRange, ...]], step: int) -> list[Column]:
    return [
        Column(
            key=str(weekday),
            day_on=calendar.monday_on + weekday * plans.DAY,
            slots=make_slots(key=str(weekday), ranges=weekly.get(weekday, ()), step=step),
        )
        for weekday in plans.DAYS_OF_WEEK
    ]
