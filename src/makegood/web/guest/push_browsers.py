"""Browsers that take push messages: the script they run, adding one, ending one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from makegood.actions import choose_how_to_be_told as actions
from makegood.domain.people.models import Role
from makegood.web import access

_SCRIPT = Path(__file__).resolve().parent.parent / "static" / "sw.js"


class BrowserForm(forms.Form):
    """What the page's script sends when somebody lets this browser take messages."""

    endpoint = forms.CharField(max_length=1000)
    p256dh = forms.CharField(max_length=100)
    auth = forms.CharField(max_length=40)
    device = forms.CharField(max_length=60, required=False)


@access.anyone()
def service_worker(request: HttpRequest, guest: access.Guest) -> HttpResponseBase:
    """The script, from the root, so that its links may open any page."""
    return HttpResponse(_script(), content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@cache
def _script() -> bytes:
    return _SCRIPT.read_bytes()


@access.members(*Role, methods=access.WRITE)
def add(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Let this browser take messages."""
    form = BrowserForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This browser could not be added. Nothing was changed."))
    else:
        actions.add_browser(member=visit.membership, browser=actions.Browser(**form.cleaned_data), now=visit.now)
        messages.success(request, _("This browser now gets your messages."))
    return redirect("notifications", school=visit.school.slug)


@access.members(*Role, methods=access.WRITE)
def end(request: HttpRequest, visit: access.Visit, browser_id: int) -> HttpResponseBase:
    """Let one of the visitor's browsers take no more messages."""
    if not actions.end_browser(member=visit.membership, browser_id=browser_id, now=visit.now):
        raise Http404
    messages.success(request, _("That browser gets no more messages."))
    return redirect("notifications", school=visit.school.slug)
