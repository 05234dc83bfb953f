"""The Teaching Calendar as a form: a teacher's own, and the desk's for a teacher. Slots are checkboxes by day."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.availability_changes import AvailabilityChanged
from makegood.actions.copy_availability_week import MOST_WEEKS, copy_availability_week
from makegood.actions.reasons import LONGEST_REASON
from makegood.actions.set_availability import set_availability
from makegood.domain.availability import expansion, plans
from makegood.domain.availability.expansion import DAY_MINUTES, STEP_MINUTES, ClockChange, WallRange
from makegood.domain.people.models import Membership
from makegood.domain.timeline.doors import Door
from makegood.reports.teaching_calendar import CalendarDay, TeachingCalendar, make_teaching_calendar
from makegood.web import access
from makegood.wording import Reader, format_clock

SAVE, RESET, COPY = "save", "reset", "copy"
# All quarters of an hour of a week, and as many days.
MOST_VALUES: Final = 7 * DAY_MINUTES // STEP_MINUTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One checkbox. `is_missing`: the clock skips it that day, so it is kept but not shown."""

    value: str
    label: str
    is_open: bool
    student: str = ""
    is_booked: bool = False
    is_missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One day, or one weekday of a default week: its slots, and what is said of it."""

    key: str
    day_on: date
    slots: Sequence[Slot]
    is_fixed: bool = False
    is_exception: bool = False
    holiday: str = ""


class SlotsForm(forms.Form):
    """What every posted calendar carries. `days` and `open` are lists of the values of columns and slots."""

    request_id = forms.UUIDField(widget=forms.HiddenInput, label=_("Form"))
    step = forms.TypedChoiceField(
        choices=[(15, "15"), (30, "30")], coerce=int, widget=forms.HiddenInput, label=_("Slots")
    )
    reason = forms.CharField(
        required=False,
        max_length=LONGEST_REASON,
        label=_("Reason"),
        help_text=_("You change somebody else's calendar. The teacher can read why."),
        error_messages={"required": _("Say why you change this calendar.")},
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, on_behalf: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if on_behalf:
            self.fields["reason"].required = True
        else:
            del self.fields["reason"]

    def read_columns(self, keys: Sequence[str]) -> Mapping[str, tuple[WallRange, ...]]:
        """The open ranges of each posted column of `keys`; call it once the form is valid. Raises ValidationError."""
        assert isinstance(self.data, QueryDict)
        posted, values = self.data.getlist("day"), self.data.getlist("open")
        if not posted or not set(posted) <= set(keys) or len(values) > MOST_VALUES:
            raise ValidationError(_("This form was not complete. Open the page again."))
        found: dict[str, list[WallRange]] = {key: [] for key in posted}
        for value in values:
            key, separator, minute = value.partition("~")
            if not separator or not minute.isascii() or not minute.isdigit() or len(minute) > len("1440"):
                raise ValidationError(_("This form was not complete. Open the page again."))
            if key in found:
                start = int(minute)
                found[key].append(WallRange(start, start + self.cleaned_data["step"]))
        return {key: expansion.merge_ranges(ranges) for key, ranges in found.items()}


class WeekForm(SlotsForm):
    """A week of the calendar, and what to do with it."""

    act = forms.ChoiceField(choices=[(SAVE, SAVE), (RESET, RESET), (COPY, COPY)], label=_("What to do"))
    weeks = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_WEEKS,
        initial=1,
        label=_("How many weeks after this one"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


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
        initial={"request_id": uuid.uuid4(), "step": calendar.step_minutes, "weeks": 1},
    )
    chosen: Mapping[str, tuple[WallRange, ...]] = {}
    if form.is_bound and form.is_valid():
        try:
            chosen = form.read_columns([day.planned.day_on.isoformat() for day in calendar.days if not day.is_over])
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            changed = _change(visit, calendar, form, chosen)
            tell(request, changed)
            return redirect(f"{address}?week={calendar.monday_on.isoformat()}")
    context = {"calendar": calendar, "form": form, "on_behalf": on_behalf, **_words(calendar)}
    return render(request, template, context, status=422 if form.errors else 200)


def read_day(text: str) -> date | None:
    """A day as addresses name it; None for anything else, and for years nobody plans."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2200 else None  # noqa: PLR2004 - a year is its own name


def tell(request: HttpRequest, changed: AvailabilityChanged) -> None:
    """Say above the next page how many days were changed, and how many sessions lie outside."""
    days = len(changed.days)
    saved = ngettext("Saved: {count} day changed.", "Saved: {count} days changed.", days).format(count=days)
    tell_as(request, changed, saved=saved)


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


def make_slots(
    *, key: str, ranges: Sequence[WallRange], step: int, missing: Callable[[int], bool], booked: Mapping[int, str]
) -> Sequence[Slot]:
    """The checkboxes of one column. `booked` names the student by the minute of a slot; "" for one without a name."""
    reader = Reader(Reader.active().language, UTC)
    midnight = datetime(2001, 1, 1, tzinfo=UTC)
    return [
        Slot(
            value=f"{key}~{minute}",
            label=format_clock(midnight + timedelta(minutes=minute), reader),
            is_open=any(found.start_minute <= minute < found.end_minute for found in ranges),
            student=booked.get(minute, ""),
            is_booked=minute in booked,
            is_missing=missing(minute),
        )
        for minute in range(0, DAY_MINUTES, step)
    ]


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
        later = range(1, (values["weeks"] or 1) + 1)
        mondays = [calendar.monday_on + number * 7 * plans.DAY for number in later]
        return copy_availability_week(monday_on=calendar.monday_on, to_mondays=mondays, **asked)
    days: dict[date, Sequence[WallRange] | None] = {
        date.fromisoformat(key): None if values["act"] == RESET else ranges for key, ranges in chosen.items()
    }
    return set_availability(days=days, **asked)


def _words(calendar: TeachingCalendar) -> Mapping[str, Any]:
    step = calendar.step_minutes
    return {
        "columns": [_column(day, step, calendar.clock_changes, calendar.zone) for day in calendar.days],
        "week": calendar.monday_on.isoformat(),
        "previous_week": (calendar.monday_on - 7 * plans.DAY).isoformat(),
        "next_week": (calendar.monday_on + 7 * plans.DAY).isoformat(),
        "sunday_on": calendar.monday_on + 6 * plans.DAY,
        "is_over": all(day.is_over for day in calendar.days),
        "changes": [_change_words(change) for change in calendar.clock_changes],
    }


def _column(day: CalendarDay, step: int, changes: Sequence[ClockChange], zone: str) -> Column:
    key = day.planned.day_on.isoformat()
    return Column(
        key=key,
        day_on=day.planned.day_on,
        slots=make_slots(
            key=key,
            ranges=day.planned.ranges,
            step=step,
            missing=partial(_is_missing, changes, day.planned.day_on, step),
            booked=_booked(day, step, zone),
        ),
        is_fixed=day.is_over,
        is_exception=day.planned.is_exception,
        holiday=day.holiday,
    )


def _is_missing(changes: Sequence[ClockChange], day: date, step: int, minute: int) -> bool:
    """Whether the clock skips all of the slot."""
    for change in changes:
        before = change.wall_before
        first = before.hour * 60 + before.minute
        if change.minutes > 0 and before.date() == day and first <= minute and minute + step <= first + change.minutes:
            return True
    return False


def _booked(day: CalendarDay, step: int, zone: str) -> Mapping[int, str]:
    booked = {}
    for lesson in day.lessons:
        local = lesson.starts_at.astimezone(ZoneInfo(zone))
        first = (local.hour * 60 + local.minute) // step * step
        for minute in range(first, min(local.hour * 60 + local.minute + lesson.minutes, DAY_MINUTES), step):
            booked[minute] = lesson.student.display_name if lesson.student and minute == first else ""
    return booked


def _change_words(change: ClockChange) -> Mapping[str, Any]:
    before, after = change.wall_before, change.wall_after
    return {
        "on": after.date(),
        "is_forward": change.minutes > 0,
        "minutes": abs(change.minutes),
        "first": _wall_text(min(before, after, key=lambda wall: (wall.date(), wall.time()))),
        "last": _wall_text(max(before, after, key=lambda wall: (wall.date(), wall.time()))),
        "nine_before": _nine_in_utc(change, before=True),
        "nine_after": _nine_in_utc(change, before=False),
    }


def _wall_text(wall: datetime) -> str:
    return format_clock(wall.replace(tzinfo=UTC), Reader(Reader.active().language, UTC))


def _nine_in_utc(change: ClockChange, *, before: bool) -> str:
    day = (change.at + (timedelta(days=-2) if before else timedelta(days=2))).date()
    at = expansion.start_at(day=day, minute=9 * 60, zone=change.zone)
    return format_clock(at, Reader(Reader.active().language, UTC))
