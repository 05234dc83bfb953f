"""How a member is told: channels by topic, quiet hours, the calendar's secret address, browsers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from makegood.actions import choose_how_to_be_told as actions
from makegood.domain.notifications.browsers import list_browsers
from makegood.domain.notifications.feeds import find_own_feed
from makegood.domain.notifications.models import Channel, Topic
from makegood.domain.notifications.push_key import public_key
from makegood.domain.notifications.quiet_hours import Quiet
from makegood.domain.notifications.wishes import CHOSEN, LOCKED, Wishes, list_wishes
from makegood.domain.people.models import Role
from makegood.web import access

_TOPICS = {
    Topic.LESSONS: gettext_lazy("Bookings: booked, moved, cancelled"),
    Topic.REMINDERS: gettext_lazy("Reminders, a day and an hour before"),
    Topic.EMERGENCIES: gettext_lazy("Emergencies: somebody cannot come"),
    Topic.DECISIONS: gettext_lazy("Decisions on your cases"),
    Topic.AVAILABILITY: gettext_lazy("Your availability"),
    Topic.DESK: gettext_lazy("Work for the scheduling desk and tech support"),
}
_CHANNELS = {Channel.EMAIL: gettext_lazy("By e-mail"), Channel.PUSH: gettext_lazy("On your devices")}
# Which topics a role is told of.
_OF_ROLE: Mapping[Role, frozenset[Topic]] = {
    Role.TEACHER: frozenset(Topic) - {Topic.DESK},
    Role.STUDENT: frozenset({Topic.LESSONS, Topic.REMINDERS, Topic.EMERGENCIES}),
    Role.DESK: frozenset({Topic.DESK}),
    Role.SUPPORT: frozenset({Topic.DESK}),
}


class NotificationsForm(forms.Form):
    """A list of topics per channel, and the quiet hours."""

    email = forms.MultipleChoiceField(
        required=False, label=_CHANNELS[Channel.EMAIL], widget=forms.CheckboxSelectMultiple
    )
    push = forms.MultipleChoiceField(
        required=False,
        label=_CHANNELS[Channel.PUSH],
        help_text=gettext_lazy("For browsers that you add below."),
        widget=forms.CheckboxSelectMultiple,
    )
    quiet_from = forms.TimeField(
        required=False,
        label=gettext_lazy("Quiet from"),
        help_text=gettext_lazy("E-mails and pushes wait until the quiet hours end, except emergencies of your own."),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": gettext_lazy("Enter a time such as 22:00.")},
    )
    quiet_until = forms.TimeField(
        required=False,
        label=gettext_lazy("Quiet until"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": gettext_lazy("Enter a time such as 07:00.")},
    )

    def __init__(self, *args: Any, topics: list[Topic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topics = topics
        for channel in CHOSEN:
            field = self.fields[channel.value]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = [(topic.value, _TOPICS[topic]) for topic in topics if (topic, channel) not in LOCKED]
        if not topics:
            del self.fields["email"], self.fields["push"]

    def clean(self) -> dict[str, Any]:
        """Quiet hours have both ends or none, and are less than a day."""
        cleaned = super().clean() or {}
        begins, ends = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if not self.errors and (begins is None) != (ends is None):
            missing = "quiet_from" if begins is None else "quiet_until"
            self.add_error(missing, _("Enter both times, or leave both empty for no quiet hours."))
        if not self.errors and begins is not None and begins == ends:
            self.add_error("quiet_until", _("Choose an end that is not the start."))
        return cleaned

    @property
    def wanted(self) -> dict[tuple[Topic, Channel], bool]:
        """Each topic on each channel: on or off."""
        chosen = {channel: self.cleaned_data.get(channel.value, []) for channel in CHOSEN}
        return {(topic, channel): topic.value in chosen[channel] for topic in self.topics for channel in CHOSEN}

    @property
    def quiet(self) -> Quiet | None:
        """The quiet hours, None for none."""
        begins, ends = self.cleaned_data["quiet_from"], self.cleaned_data["quiet_until"]
        return None if begins is None else Quiet(begins.hour * 60 + begins.minute, ends.hour * 60 + ends.minute)


@access.members(*Role, methods=access.READ_AND_WRITE)
def notifications(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show the choices, or save them."""
    topics = [topic for topic in Topic if any(topic in _OF_ROLE.get(role, ()) for role in visit.roles)]
    wishes = list_wishes(school_id=visit.school.pk, membership_ids=[visit.membership.pk])[visit.membership.pk]
    form = NotificationsForm(
        request.POST if request.method == "POST" else None, topics=topics, initial=_initial(wishes, topics)
    )
    if request.method == "POST" and form.is_valid():
        actions.choose_how_to_be_told(member=visit.membership, wanted=form.wanted, quiet=form.quiet, now=visit.now)
        messages.success(request, _("Your choices are saved."))
        return redirect("notifications", school=visit.school.slug)
    status = 422 if form.errors else 200
    return render(request, "guest/notifications.html", _context(visit, form), status=status)


@access.members(*Role, methods=access.WRITE)
def renew_calendar(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Make a new address and show it, this once; the one before stops working."""
    token = actions.renew_calendar(member=visit.membership, now=visit.now)
    address = settings.ADDRESS + reverse("calendar_feed", kwargs={"token": token})
    return render(request, "guest/calendar_address.html", {"address": address})


@access.members(*Role, methods=access.WRITE)
def end_calendar(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """The address stops working."""
    actions.end_calendar(member=visit.membership, now=visit.now)
    messages.success(request, _("The calendar address no longer works."))
    return redirect("notifications", school=visit.school.slug)


def _initial(wishes: Wishes, topics: list[Topic]) -> dict[str, Any]:
    on = {channel.value: [topic.value for topic in topics if (topic, channel) not in wishes.off] for channel in CHOSEN}
    return on | {
        "quiet_from": _time(wishes.quiet.starts_minute) if wishes.quiet else None,
        "quiet_until": _time(wishes.quiet.ends_minute) if wishes.quiet else None,
    }


def _time(minute: int) -> time:
    return time(minute // 60, minute % 60)


def _context(visit: access.Visit, form: NotificationsForm) -> dict[str, Any]:
    own = {"school_id": visit.school.pk, "membership_id": visit.membership.pk}
    return {
        "form": form,
        "has_lessons": bool({Role.TEACHER, Role.STUDENT} & visit.roles),
        "feed": find_own_feed(**own),
        "browsers": list_browsers(**own),
        "push_key": public_key(),
    }
