"""Messages that did not arrive: given up or late, with the reason in plain words and a way to send them again."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.send_message_again import MessageNotFound, send_message_again
from makegood.domain.notifications.models import Channel, Message
from makegood.domain.notifications.texts import subject_for
from makegood.domain.notifications.undelivered import list_undelivered
from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.web import access
from makegood.wording import Reader

CHANNELS: Final[Mapping[str, str | Promise]] = {
    Channel.EMAIL: _("By e-mail"),
    Channel.PUSH: _("To a browser"),
    Channel.IN_APP: _("In Makegood"),
}
# Answers of mail servers that say more than their class does (RFC 5321 4.2.3, RFC 3463).
_NO_MAILBOX: Final = re.compile(r"\b(550|551|553|5\.1\.\d+)\b")
_MAILBOX_FULL: Final = re.compile(r"\b(452|552|[45]\.2\.2)\b")
_ANSWERED: Final = re.compile(r"\b([45])\d\d\b")


class AgainForm(forms.Form):
    """The id that makes a second tap harmless."""

    request_id = forms.UUIDField()


@access.members(Role.DESK, Role.SUPPORT)
def deliveries(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """The messages of the last 30 days that were given up or are late, newest first."""
    reader = Reader.active()
    found = list_undelivered(school_id=visit.school.pk, now=visit.now)
    return render(request, "desk/deliveries.html", {"rows": [_row(message, reader) for message in found]})


@access.members(Role.DESK, Role.SUPPORT, methods=access.WRITE)
def send_again(request: HttpRequest, visit: access.Visit, message_id: int) -> HttpResponseBase:
    """Send one message again; a second tap changes nothing."""
    form = AgainForm(request.POST)
    try:
        send_message_again(
            school=visit.school,
            actor=visit.membership,
            message_id=message_id,
            request_id=form.cleaned_data["request_id"] if form.is_valid() else uuid.uuid4(),
            door=Door.WEB,
            now=visit.now,
        )
    except MessageNotFound as missing:
        raise Http404 from missing
    messages.success(request, gettext("The message is on its way again."))
    return redirect("desk:deliveries", school=visit.school.slug)


def _row(message: Message, reader: Reader) -> dict[str, Any]:
    return {
        "message": message,
        "what": subject_for(message, reader),
        "channel": CHANNELS[message.channel],
        "why": say_error(channel=message.channel, error=getattr(message, "last_error", "")),
        "is_failed": message.failed_at is not None,
        "request_id": uuid.uuid4(),
    }


def say_error(*, channel: str, error: str) -> str | Promise:
    """Why an attempt failed, in words for the desk. `error` is what was recorded of it; empty: there was none."""
    if not error:
        return _("We have not tried to send it yet. If many messages wait, tell your administrator.")
    if channel == Channel.PUSH:
        if "takes no" in error or "No browser" in error:
            return _("The person’s browser no longer takes messages. They can add it again in their settings.")
        return _("The browser’s message service did not take it.")
    if _MAILBOX_FULL.search(error):
        return _("The mailbox is full. Ask the person to make room, or reach them another way.")
    if _NO_MAILBOX.search(error):
        return _("The mail server does not know this mailbox. Check the e-mail address with the person.")
    answered = _ANSWERED.search(error)
    if answered is None:
        return _("Our mail server could not be reached.")
    if answered[1] == "4":
        return _("The mail server was busy or asked us to come back later.")
    return _("The mail server refused the message.")
