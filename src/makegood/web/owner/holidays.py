"""The owner's list of holidays: days on which nobody can be booked."""

from __future__ import annotations

import uuid
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.add_holiday import add_holiday
from makegood.actions.end_holiday import end_holiday
from makegood.domain.availability import queries
from makegood.domain.availability.operations import LONGEST_NAME, DayIsOver, DayTooFar, HolidayTaken
from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.web import access
from makegood.web.refusals import words_of


class HolidayForm(forms.Form):
    """Which day, and what people see."""

    day_on = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Choose a day."), "invalid": _("This is not a day.")},
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        help_text=_("Teachers and students see it."),
        error_messages={"required": _("Type a name.")},
    )
    request_id = forms.UUIDField(widget=forms.HiddenInput, label=_("Form"))


@access.members(Role.OWNER, methods=access.READ_AND_WRITE)
def holidays(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """List the holidays to come, or add one."""
    form = HolidayForm(request.POST if request.method == "POST" else None, initial={"request_id": uuid.uuid4()})
    if form.is_bound and form.is_valid():
        try:
            added = add_holiday(
                school=visit.school,
                actor=visit.membership,
                day_on=form.cleaned_data["day_on"],
                name=form.cleaned_data["name"],
                request_id=form.cleaned_data["request_id"],
                door=Door.WEB,
                now=visit.now,
            )
        except (DayIsOver, DayTooFar, HolidayTaken) as refusal:
            form.add_error("day_on", words_of(refusal))
        else:
            _tell(request, len(added.outside_lesson_ids))
            return redirect("owner:holidays", school=visit.school.slug)
    today = visit.now.astimezone(ZoneInfo(visit.school.zone)).date()
    context = {
        "form": form,
        "holidays": queries.list_holidays(school_id=visit.school.pk, from_on=today),
    }
    return render(request, "owner/holidays.html", context, status=422 if form.errors else 200)


@access.members(Role.OWNER, methods=access.WRITE)
def end(request: HttpRequest, visit: access.Visit, holiday_id: int) -> HttpResponseBase:
    """Let the day be a day like others again; a second tap changes nothing."""
    if queries.find_holiday(school_id=visit.school.pk, holiday_id=holiday_id) is None:
        raise Http404
    end_holiday(
        school=visit.school,
        actor=visit.membership,
        holiday_id=holiday_id,
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=visit.now,
    )
    messages.success(request, gettext("The day is open again."))
    return redirect("owner:holidays", school=visit.school.slug)


def _tell(request: HttpRequest, outside: int) -> None:
    messages.success(request, gettext("The holiday is added. Nobody can be booked on it from now on."))
    if outside:
        messages.warning(
            request,
            ngettext(
                "{count} session is booked on this day and stays booked. Ask the desk to move it.",
                "{count} sessions are booked on this day and stay booked. Ask the desk to move them.",
                outside,
            ).format(count=outside),
        )
