"""The Teaching Calendar as a form: a teacher's own, and the desk's for a teacher. Slots are checkboxes by day."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.availability_changes import AvailabilityChanged
from makegood.actions.copy_availability_week import MOST_WEEKS, copy_availability_week
from makegood.actions.set_availability import set_availability
from makegood.domain.availability import expansion, plans
from makegood.domain.availability.expansion import DAY_MINUTES, STEP_MINUTES, WallRange
from makegood.domain.people.models import Membership
from makegood.domain.timeline.doors import Door
from makegood.reports.teaching_calendar import CalendarDay, TeachingCalendar, make_teaching_calendar
from makegood.web import access
from makegood.web.parts.banners import list_banners
from makegood.web.parts.clock_changes import tell_change
from makegood.web.parts.day_slots import make_day_slots
from makegood.web.parts.slots import Column, SlotsForm
from makegood.wording import DayForm, Reader, format_day

SAVE, RESET, COPY = "save", "reset", "copy"


class WeekForm(SlotsForm):
    """A week of the calendar, and what to do with it."""

    act = forms.ChoiceField(choices=[(SAVE, SAVE), (RESET, RESET), (COPY, COPY)], label=_("What to do"))
    weeks = forms.TypedChoiceField(
        coerce=int,
        initial=1,
        label=_("To which weeks"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose the weeks from the list.")),
    )

    def __init__(self, *args: Any, monday_on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["weeks"].choices = list_copies(monday_on)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Where nothing is copied, it does not matter to how many weeks it would be."""
        if self.cleaned_data.get("act") in {SAVE, RESET}:
            self.errors.pop("weeks", None)
        return self.cleaned_data


def show(
    request: HttpRequest, visit: access.Visit, *, teacher: Membership, template: str, address: str
) -> HttpResponseBase:
    """Show one week of a teacher's calendar, or save, reset or copy it.

    `address` is this page's own; the teacher is the visitor or somebody on whose behalf the desk acts. Raises Http404
    for a week that no address of ours names: what was meant for another week is not saved in this one.
    """
    asked = request.GET.get("week", "")
    week_on = read_day(asked)
    if asked and week_on is None:
        raise Http404
    calendar = make_teaching_calendar(school=visit.school, teacher=teacher, week_on=week_on, now=visit.now)
    on_behalf = teacher.pk != visit.membership.pk
    form = WeekForm(
        request.POST if request.method == "POST" else None,
        on_behalf=on_behalf,
        monday_on=calendar.monday_on,
        initial={"request_id": uuid.uuid4(), "step": calendar.step_minutes},
    )
    keys = [day.planned.day_on.isoformat() for day in calendar.days]
    if form.is_bound and form.is_valid():
        try:
            posted = form.read_columns(keys)
            if form.cleaned_data["act"] == RESET:
                posted = {key: usual for key, usual in _usual_days(calendar).items() if key in posted}
            left = leave_past(calendar, posted, step=form.cleaned_data["step"], now=visit.now)
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            changed = _change(visit, calendar, form, left.chosen)
            is_copy = form.cleaned_data["act"] == COPY
            tell(request, changed, copied_on=calendar.monday_on if is_copy else None)
            if left.differed and not is_copy:
                messages.warning(request, gettext("Times that are over stay as they were."))
            return redirect(f"{address}?week={calendar.monday_on.isoformat()}")
    typed = form.read_typed(keys) if form.is_bound else {}
    context = {
        "calendar": calendar,
        "form": form,
        "on_behalf": on_behalf,
        "banners": list_banners(teacher=teacher, now=visit.now, is_own=not on_behalf),
        **_words(calendar, typed, visit.now),
    }
    return render(request, template, context, status=422 if form.errors else 200)


def read_day(text: str) -> date | None:
    """A day as addresses name it; None for anything else, and for years nobody plans."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2200 else None  # noqa: PLR2004 - a year is its own name


def list_copies(monday_on: date) -> Sequence[tuple[int, str]]:
    """To how many weeks after this one it can be copied, each number with the days that it reaches."""
    reader, found = Reader.active(), []
    for count in range(1, MOST_WEEKS + 1):
        words = ngettext("{count} week: {first} to {last}", "{count} weeks: {first} to {last}", count)
        first, last = monday_on + 7 * plans.DAY, monday_on + (7 * count + 6) * plans.DAY
        days = {"first": format_day(first, reader, DayForm.SHORT), "last": format_day(last, reader, DayForm.SHORT)}
        found.append((count, words.format(count=count, **days)))
    return found


def tell(request: HttpRequest, changed: AvailabilityChanged, *, copied_on: date | None = None) -> None:
    """Say above the next page how many days were changed, and how many sessions lie outside.

    `copied_on`: the Monday of the week that was copied, with which the changed weeks are named.
    """
    days = len(changed.days)
    saved = ngettext("Saved: {count} day changed.", "Saved: {count} days changed.", days).format(count=days)
    if copied_on is not None:
        saved = f"{saved} {_say_copied(changed, copied_on)}"
    tell_as(request, changed, saved=saved)


def _say_copied(changed: AvailabilityChanged, monday_on: date) -> str:
    reader = Reader.active()
    mondays = sorted({plans.monday_of(day) for day in changed.days})
    return ngettext(
        "The week of {copied} was copied. It changed the week of {weeks}.",
        "The week of {copied} was copied. It changed the weeks of {weeks}.",
        len(mondays),
    ).format(
        copied=format_day(monday_on, reader, DayForm.SHORT),
        weeks=", ".join(format_day(monday, reader, DayForm.SHORT) for monday in mondays),
    )


def tell_as(request: HttpRequest, changed: AvailabilityChanged, *, saved: str) -> None:
    """Say `saved`, or that nothing was different, and how many sessions lie outside."""
    messages.success(request, saved if changed.days else gettext("Nothing was different, so nothing was changed."))
    outside = len(changed.outside_lesson_ids)
    if outside:
        messages.warning(
            request,
            ngettext(
                "{count} booked session lies outside your open times. It stays booked.",
                "{count} booked sessions lie outside your open times. They stay booked.",
                outside,
            ).format(count=outside),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What of a posted week is still to come; `differed`: it asked for something else of what is over."""

    chosen: Mapping[str, tuple[WallRange, ...]]
    differed: bool


def leave_past(
    calendar: TeachingCalendar, posted: Mapping[str, tuple[WallRange, ...]], *, step: int, now: datetime
) -> Left:
    """Take what was posted, except of days and slots that are over by now: those stay as they were.

    A page may stay open over an hour or a midnight, and nothing else of it is lost. Raises ValidationError where
    nothing is left.
    """
    chosen, differed = {}, False
    for day in calendar.days:
        ranges = posted.get(day.planned.day_on.isoformat())
        if ranges is None:
            continue
        kept = day.planned.ranges if day.is_over else _with_past(day, ranges, step, calendar.zone, now)
        differed = differed or kept != ranges
        if not day.is_over:
            chosen[day.planned.day_on.isoformat()] = kept
    if not chosen:
        raise ValidationError(_("These days are over. Nothing was changed."))
    return Left(chosen=chosen, differed=differed)


def _usual_days(calendar: TeachingCalendar) -> Mapping[str, tuple[WallRange, ...]]:
    return {day.planned.day_on.isoformat(): day.usual for day in calendar.days}


def _with_past(
    day: CalendarDay, ranges: tuple[WallRange, ...], step: int, zone: str, now: datetime
) -> tuple[WallRange, ...]:
    if not all(found.is_usable for found in ranges):
        # Not from our page; the verb refuses it.
        return ranges
    quarters = []
    for slot in range(0, DAY_MINUTES, step):
        source = day.planned.ranges if _is_past(day.planned.day_on, step, zone, now, slot) else ranges
        quarters += [
            WallRange(minute, minute + STEP_MINUTES)
            for minute in range(slot, slot + step, STEP_MINUTES)
            if any(found.start_minute <= minute < found.end_minute for found in source)
        ]
    return expansion.merge_ranges(quarters)


def _change(
    visit: access.Visit, calendar: TeachingCalendar, form: WeekForm, chosen: Mapping[str, tuple[WallRange, ...]]
) -> AvailabilityChanged:
    values = form.cleaned_data
    asked: dict[str, Any] = {
        "school": visit.school,
        "actor": visit.membership,
        "teacher_id": calendar.teacher.pk,
        "reason": values.get("reason", ""),
        "request_id": values["request_id"],
        "door": Door.WEB,
        "now": visit.now,
    }
    if values["act"] == COPY:
        later = range(1, values["weeks"] + 1)
        mondays = [calendar.monday_on + number * 7 * plans.DAY for number in later]
        return copy_availability_week(monday_on=calendar.monday_on, to_mondays=mondays, **asked)
    usual = _usual_days(calendar) if values["act"] == RESET else {}
    # Where what is over differs from the default, the day is one of its own until it is over whole.
    days: dict[date, Sequence[WallRange] | None] = {
        date.fromisoformat(key): None if usual.get(key) == ranges else ranges for key, ranges in chosen.items()
    }
    return set_availability(days=days, **asked)


def _words(calendar: TeachingCalendar, typed: Mapping[str, tuple[WallRange, ...]], now: datetime) -> Mapping[str, Any]:
    return {
        "columns": [_column(day, calendar, typed, now) for day in calendar.days],
        "week": calendar.monday_on.isoformat(),
        "previous_week": (calendar.monday_on - 7 * plans.DAY).isoformat(),
        "next_week": (calendar.monday_on + 7 * plans.DAY).isoformat(),
        "sunday_on": calendar.monday_on + 6 * plans.DAY,
        "is_over": all(day.is_over for day in calendar.days),
        "changes": [tell_change(change) for change in calendar.clock_changes],
    }


def _column(
    day: CalendarDay, calendar: TeachingCalendar, typed: Mapping[str, tuple[WallRange, ...]], now: datetime
) -> Column:
    """`typed`: what was ticked, of a form that is shown again."""
    key, step, zone = day.planned.day_on.isoformat(), calendar.step_minutes, calendar.zone
    ranges = day.planned.ranges
    if key in typed and not day.is_over:
        ranges = _with_past(day, typed[key], step, zone, now)
    return Column(
        key=key,
        day_on=day.planned.day_on,
        slots=make_day_slots(day=day, ranges=ranges, step=step, zone=zone, now=now),
        is_fixed=day.is_over,
        is_exception=day.planned.is_exception,
        holiday=day.holiday,
    )


def _is_past(day: date, step: int, zone: str, now: datetime, minute: int) -> bool:
    """Whether all of the slot is over; one that the clock shows twice is over after the second time."""
    return expansion.end_at(day=day, minute=minute + step, zone=zone) <= now
