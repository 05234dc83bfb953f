"""Weekly lessons on a page: how many weeks, every week with what is wrong with it, and the ticks of those wanted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.booking_steps import TakesNoNewStudents, TeacherPaused
from makegood.actions.series_steps import (
    MOST_WEEKS,
    SeriesDate,
    SeriesHasProblems,
    SeriesPreview,
    SeriesWish,
)
from makegood.domain.lessons import time_checks
from makegood.domain.people.models import Membership
from makegood.refusal import Refusal
from makegood.reports.student_lessons import FreeTime
from makegood.web import access
from makegood.web.parts.booking_form import TimeForm
from makegood.web.parts.change_forms import SentOnce
from makegood.web.refusals import words_of

LEAST_WEEKS: Final = 2
_FIRST_WEEKS: Final = 4
_DAYS: Final = 7
_OK: Final = 200
# What is wrong with one week of many: shorter than the sentence of its refusal.
Words = Mapping[str, str | Promise]
FOR_STUDENT: Final[Words] = {
    time_checks.SlotTaken.code: _("Taken by somebody else"),
    time_checks.StudentDoubleBooked.code: _("You have another lesson then"),
    time_checks.OutsideAvailability.code: _("The teacher does not teach then"),
    time_checks.DayFull.code: _("The teacher's day is full"),
    time_checks.ProbationFull.code: _("The teacher's week is full"),
    time_checks.TooFar.code: _("Farther ahead than can be booked today"),
    time_checks.TooSoon.code: _("Too soon to be booked"),
    time_checks.AlreadyPast.code: _("This time is past"),
    TeacherPaused.code: _("The teacher takes no bookings then"),
    time_checks.Holiday.code: _("Holiday: {name}"),
}
FOR_TEACHER: Final[Words] = {
    **FOR_STUDENT,
    time_checks.SlotTaken.code: _("You have another session then"),
    time_checks.StudentDoubleBooked.code: _("Your student has another lesson then"),
    time_checks.DayFull.code: _("Your day is full"),
    time_checks.ProbationFull.code: _("Your week is full"),
    TeacherPaused.code: _("You take no bookings then"),
}
FOR_DESK: Final[Words] = {
    **FOR_STUDENT,
    time_checks.SlotTaken.code: _("The teacher has another session then"),
    time_checks.StudentDoubleBooked.code: _("The student has another lesson then"),
    TakesNoNewStudents.code: _("The teacher takes no new students"),
}


def weeks_field() -> forms.IntegerField:
    """How many weeks; nothing is a few."""
    return forms.IntegerField(
        required=False,
        min_value=LEAST_WEEKS,
        max_value=MOST_WEEKS,
        label=_("Number of weeks"),
        initial=_FIRST_WEEKS,
        error_messages={
            "invalid": _("Type a whole number."),
            "min_value": _("Weekly lessons are for 2 weeks or more."),
            "max_value": _("At most 52 weeks can be booked at once."),
        },
    )


def until_field() -> forms.DateField:
    """The last day, instead of a number of weeks."""
    return forms.DateField(
        required=False,
        label=_("Or until this day"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": _("This is not a day.")},
    )


def count_weeks(form: forms.Form, *, first_on: date) -> int:
    """How many weeks the valid form asks for; a last day wins over a number, and is refused where it makes none."""
    until: date | None = form.cleaned_data.get("until")
    weeks: int | None = form.cleaned_data.get("weeks")
    if until is not None:
        weeks = (until - first_on).days // _DAYS + 1
        if not LEAST_WEEKS <= weeks <= MOST_WEEKS:
            form.add_error("until", gettext("Choose a day that is 1 week to 51 weeks after the first lesson."))
    return _FIRST_WEEKS if weeks is None else weeks


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One week as a page lists it. `is_shifted`: it is another time on the reader's clock than the week before.

    `free`: until when the student could cancel it free, where the page says that.
    """

    date: SeriesDate
    problem: str
    is_ticked: bool
    is_shifted: bool
    free: FreeTime | None = None


def list_weeks(
    dates: Sequence[SeriesDate], *, words: Words, zone: str, ticked: Collection[int] | None
) -> Sequence[Week]:
    """The weeks for a reader in `zone`; every one that can be booked is ticked where nobody has `ticked` any yet."""
    reader = ZoneInfo(zone)
    clocks = [one.starts_at.astimezone(reader).time() for one in dates]
    return [
        Week(
            date=one,
            problem=problem_of(one.refusal, words),
            is_ticked=one.refusal is None and (ticked is None or one.position in ticked),
            is_shifted=clock != before,
        )
        for one, clock, before in zip(dates, clocks, [clocks[0], *clocks], strict=False)
    ]


def problem_of(refusal: Refusal | None, words: Words) -> str:
    """What is wrong, in a few words; "" for nothing."""
    if refusal is None:
        return ""
    found = str(words.get(refusal.code, ""))
    return found.format(**refusal.values) if found else words_of(refusal)


def what_was_typed(request: HttpRequest) -> QueryDict | None:
    """What a WeeklyForm is bound to; None while nothing was typed."""
    if request.method == "POST":
        return request.POST
    return request.GET if "day_on" in request.GET else None


def read_ticks(request: HttpRequest, count: int) -> frozenset[int]:
    """The weeks that were ticked."""
    return frozenset(week for week in range(1, count + 1) if str(week) in request.POST.getlist("week"))


def say_lost(refusal: SeriesHasProblems) -> str:
    """Which of the wanted weeks cannot be had any more."""
    lost = [one.position for one in refusal.dates if one.refusal is not None and not one.is_left_out]
    return ngettext(
        "Week {weeks} cannot be booked any more. Nothing was booked. Look at the list, then book the others.",
        "Weeks {weeks} cannot be booked any more. Nothing was booked. Look at the list, then book the others.",
        len(lost),
    ).format(weeks=", ".join(str(one) for one in lost))


class WeeklyForm(TimeForm):
    """The first lesson as somebody types it, and for how long."""

    weeks = weeks_field()
    until = until_field()

    def read_wish(self, *, reader_zone: str, student_zone: str) -> SeriesWish | None:
        """The series on the student's clock; None for a form that is not valid, which then says why."""
        if not self.is_valid():
            return None
        try:
            starts_at = self.starts_at(reader_zone)
        except time_checks.TimeRefused as refusal:
            self.refuse_time(refusal)
            return None
        count = count_weeks(self, first_on=self.cleaned_data["day_on"])
        if self.errors:
            return None
        return SeriesWish.beginning(starts_at, zone=student_zone, count=count, **self.kind_asked())

    def list_carried(self, *, count: int) -> Sequence[tuple[str, str]]:
        """What was typed, by field, for the form that sends the weeks; a last day as the number of weeks it makes."""
        typed = {name: str(self.data[name]) for name in self.fields if name in self.data and name != "until"}
        return list((typed | {"weeks": str(count)}).items())


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyPage:
    """A page on which somebody plans weekly lessons of a student: typed first, then every week, then sent.

    `sent_class` has what is said beside the ticks. `preview` shows the weeks of a wish, `send` takes what is ticked
    and leads on; both raise refusals. `more` adds to the page what follows from the weeks that were previewed, `always`
    what it says in any case.
    """

    template: str
    form: WeeklyForm
    sent_class: type[SentOnce]
    student: Membership
    words: Words
    preview: Callable[[SeriesWish], SeriesPreview]
    send: Callable[[SeriesWish, SentOnce], HttpResponseBase]
    more: Callable[[SeriesPreview, int], Mapping[str, Any]] = lambda _preview, _count: {}
    always: Mapping[str, Any] = field(default_factory=dict)

    def answer(self, request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
        """Show the form, the weeks of what was typed, or take those that are ticked."""
        if not self.form.is_bound:
            return self._show(request, {})
        wish = self.form.read_wish(reader_zone=visit.person.zone, student_zone=self.student.person.zone)
        if wish is None:
            return self._show(request, {}, status=422)
        sent, ticked, problem, status = None, None, "", _OK
        if request.method == "POST":
            sent, ticked = self.sent_class(request.POST), read_ticks(request, wish.count)
            answered = self._send(wish, sent, ticked)
            if isinstance(answered, HttpResponseBase):
                return answered
            problem, status = answered
        try:
            preview = self.preview(wish)
        except Refusal as refusal:
            self.form.add_error(None, words_of(refusal))
            return self._show(request, {}, status=422)
        weeks = list_weeks(preview.dates, words=self.words, zone=visit.person.zone, ticked=ticked)
        context = {
            "weeks": weeks,
            "count": wish.count,
            "minutes": wish.minutes,
            "kind_name": preview.kind_name,
            "carried": self.form.list_carried(count=wish.count),
            "free_count": sum(not week.problem for week in weeks),
            "sent": self.sent_class.shown(sent=sent),
            "problem": problem,
            **self.more(preview, sum(week.is_ticked for week in weeks)),
        }
        return self._show(request, context, status=status)

    def _send(self, wish: SeriesWish, sent: SentOnce, ticked: Collection[int]) -> HttpResponseBase | tuple[str, int]:
        """Where it leads on to; else what is wrong with what was sent, and as which status it is answered."""
        if not sent.is_valid():
            return "", 422
        if not ticked:
            return gettext("Tick at least one week."), 422
        leave_out = frozenset(range(1, wish.count + 1)) - frozenset(ticked)
        try:
            return self.send(replace(wish, leave_out=leave_out), sent)
        except SeriesHasProblems as refusal:
            return say_lost(refusal), 409
        except Refusal as refusal:
            return words_of(refusal), 409

    def _show(self, request: HttpRequest, context: Mapping[str, Any], *, status: int = _OK) -> HttpResponseBase:
        page = {"form": self.form, "student": self.student, "has_problems": status != _OK, **self.always, **context}
        return render(request, self.template, page, status=status)
