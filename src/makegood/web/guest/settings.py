"""What somebody may change about themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from makegood.domain.people import operations
from makegood.domain.people.models import Person
from makegood.web import access
from makegood.web.guest.zones import LanguageField, NameField, ZoneField
from makegood.web.parts.device_zone import KEPT_COOKIE, is_zone, kept_as

_KEPT_FOR: Final = timedelta(days=365)


class SettingsForm(forms.Form):
    """Name, zone and language."""

    full_name = NameField()
    zone = ZoneField()
    language = LanguageField()


@access.signed_in(methods=access.READ_AND_WRITE)
def settings_page(request: HttpRequest, guest: access.Guest) -> HttpResponseBase:
    """Show the settings, or save them."""
    person = guest.person
    assert person is not None
    form = SettingsForm(request.POST) if request.method == "POST" else SettingsForm(initial=_current(person))
    if form.is_bound and form.is_valid():
        operations.change_settings(person=person, **form.cleaned_data)
        with translation.override(person.language):  # the page that says it is in the language just chosen
            messages.success(request, _("Your settings are saved."))
        return redirect("settings")
    context = {"form": form, "person": person, "mine": access.own_memberships(person)}
    return render(request, "guest/settings.html", context, status=422 if form.errors else 200)


class ZoneChoiceForm(forms.Form):
    """Which of two zones is right: the device's or one's own; and the page to go back to."""

    right = forms.ChoiceField(choices=[("device", "device"), ("own", "own")])
    device = forms.CharField(max_length=64)
    back = forms.CharField(max_length=2_000, required=False)

    def clean_device(self) -> str:
        """A zone that exists."""
        device: str = self.cleaned_data["device"]
        if not is_zone(device):
            raise forms.ValidationError(_("Choose a zone of the list."))
        return device


@access.signed_in(methods=access.WRITE)
def choose_zone(request: HttpRequest, guest: access.Guest) -> HttpResponseBase:
    """Take the zone of the device, or remember on this device that one's own is right."""
    person = guest.person
    assert person is not None
    form = ZoneChoiceForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Nothing was changed. You can choose your time zone here."))
        return redirect("settings")
    device, back = form.cleaned_data["device"], form.cleaned_data["back"]
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    answer = redirect(back if is_ours else "home")
    if form.cleaned_data["right"] == "own":
        answer.set_cookie(
            KEPT_COOKIE,
            kept_as(person, device),
            max_age=_KEPT_FOR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        return answer
    operations.change_settings(person=person, full_name=person.full_name, zone=device, language=person.language)
    messages.success(request, _("All times are now in the time zone of your device."))
    return answer


def _current(person: Person) -> dict[str, str]:
    return {"full_name": person.full_name, "zone": person.zone, "language": person.language}
