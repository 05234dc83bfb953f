"""What somebody may change about themselves."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from makegood.domain.people import operations
from makegood.domain.people.models import Person
from makegood.web import access
from makegood.web.guest.zones import LanguageField, NameField, ZoneField


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


def _current(person: Person) -> dict[str, str]:
    return {"full_name": person.full_name, "zone": person.zone, "language": person.language}
