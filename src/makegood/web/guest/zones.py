"""Choosing a time zone or a language in a form."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

# Old names and technical ones; people look for their city.
_NOT_OFFERED = ("Etc/", "SystemV/", "US/", "posix/", "right/", "Brazil/", "Canada/", "Chile/", "Mexico/")


@cache
def zone_choices() -> tuple[tuple[str, str], ...]:
    """IANA zones by name, as `Area/City`."""
    names = sorted(name for name in available_timezones() if "/" in name and not name.startswith(_NOT_OFFERED))
    return tuple((name, name.replace("_", " ")) for name in ("UTC", *names))


class ZoneField(forms.ChoiceField):
    """An IANA zone by the name of its city; names of other kinds that somebody already has are kept."""

    def __init__(self) -> None:
        super().__init__(
            choices=zone_choices,
            label=_("Time zone"),
            # The names are codes that everybody can look up.
            widget=forms.Select(attrs={"translate": "no"}),
            help_text=_("All times are shown in this zone."),
            error_messages={"required": _("Choose your time zone."), "invalid_choice": _("Choose a zone of the list.")},
        )

    def valid_value(self, value: object) -> bool:
        """Whether the zone exists, listed or not."""
        return str(value) in available_timezones()


class LanguageField(forms.ChoiceField):
    """One of the languages of this installation."""

    def __init__(self) -> None:
        super().__init__(
            choices=lambda: settings.LANGUAGES,
            label=_("Language"),
            widget=forms.Select(attrs={"translate": "no"}),
            error_messages={"required": _("Choose a language."), "invalid_choice": _("Choose a language of the list.")},
        )


class NameField(forms.CharField):
    """What others call somebody: one line, because it goes into the headers of e-mails."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Your name"),
            max_length=120,
            help_text=_("As your school and the people you meet should see it."),
            widget=forms.TextInput(attrs={"autocomplete": "name"}),
            error_messages={
                "required": _("Type your name."),
                "max_length": _("Use at most 120 letters for your name."),
            },
        )

    def to_python(self, value: Any) -> str:
        """The name with single spaces and without control characters; a NUL stays, to be refused."""
        words = " ".join(str(super().to_python(value)).split())
        return "".join(letter for letter in words if letter == "\0" or unicodedata.category(letter) != "Cc")
