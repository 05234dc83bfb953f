"""The owner's booking rules: what a booking must keep to."""

from __future__ import annotations

import uuid
from dataclasses import asdict, fields
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.set_booking_rules import set_booking_rules
from makegood.domain.availability import queries
from makegood.domain.availability.booking_rules import LIMITS, BookingRuleSet
from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.web import access
from makegood.web.parts.whole_numbers import whole_number


def _whole(name: str, label: Any, help_text: Any = "") -> forms.IntegerField:
    least, most = LIMITS[name]
    return whole_number(label=label, least=least, most=most, hint=help_text)


class BookingRulesForm(forms.Form):
    """The fields of a BookingRuleSet."""

    slot_minutes = forms.TypedChoiceField(
        label=_("Sessions start every"), choices=[(30, _("30 minutes")), (15, _("15 minutes"))], coerce=int
    )
    buffer_minutes = _whole("buffer_minutes", _("Free minutes after each session"))
    minimum_notice_minutes = _whole(
        "minimum_notice_minutes", _("Minutes before its start until which a session can be booked")
    )
    horizon_days = _whole("horizon_days", _("Days ahead that can be booked"))
    max_lessons_per_day = _whole("max_lessons_per_day", _("Sessions of a teacher per day, at most"))
    hold_minutes = _whole("hold_minutes", _("Minutes a time is kept while somebody books it"))
    needs_approval = forms.BooleanField(required=False, label=_("The desk confirms each booking"))
    requires_credits = forms.BooleanField(required=False, label=_("A session is booked with a lesson credit"))
    first_meeting_required = forms.BooleanField(
        required=False,
        label=_("The first session of a student with a teacher is a first meeting"),
        help_text=_("The lesson type that is marked for it. The desk can book another one."),
    )
    probation_days = _whole("probation_days", _("Days of probation of a new teacher"), _("0: no probation"))
    probation_max_lessons_per_week = _whole(
        "probation_max_lessons_per_week", _("Sessions per week during probation, at most")
    )
    freshness_days = _whole(
        "freshness_days",
        _("Days ahead that a teacher must be open"),
        _("Each week up to then needs some open time. 0: no such rule."),
    )
    freshness_pause_days = _whole(
        "freshness_pause_days",
        _("Days that matching pauses when too little stayed open"),
        _("New students cannot book the teacher in that time. The desk can end it. 0: matching never pauses."),
    )
    freshness_grace_hours = _whole(
        "freshness_grace_hours",
        _("Hours between the warning and the pause"),
        _("A teacher who opens enough in that time is not paused."),
    )
    request_id = forms.UUIDField(widget=forms.HiddenInput, label=_("Form"))


@access.members(Role.OWNER, methods=access.READ_AND_WRITE)
def booking_rules(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show the rules in force, or put the next ones in force."""
    rules = queries.get_rules(school_id=visit.school.pk)
    form = BookingRulesForm(
        request.POST if request.method == "POST" else None, initial={**asdict(rules), "request_id": uuid.uuid4()}
    )
    if form.is_bound and form.is_valid():
        values = {field.name: form.cleaned_data[field.name] for field in fields(rules) if field.name != "number"}
        set_booking_rules(
            school=visit.school,
            actor=visit.membership,
            rules=BookingRuleSet(**values),
            request_id=form.cleaned_data["request_id"],
            door=Door.WEB,
            now=visit.now,
        )
        messages.success(request, gettext("The booking rules are in force. What is booked stays booked."))
        return redirect("owner:booking_rules", school=visit.school.slug)
    return render(request, "owner/booking_rules.html", {"form": form}, status=422 if form.errors else 200)
