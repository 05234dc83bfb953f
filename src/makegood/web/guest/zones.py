"""Choosing a time zone or a language in a form."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib import resources
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from makegood.web.parts.device_zone import is_zone

# Begins or ends of a run in another direction.
_DIRECTIONS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


@cache
def zone_choices() -> tuple[tuple[str, str], ...]:
    """The zones of `zone.tab`, by name: for each country the cities its people know, under today's names."""
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    names = sorted(line.split("\t")[2] for line in table.splitlines() if line and not line.startswith("#"))
    return tuple(_choice(name) for name in ("UTC", *names))


def _choice(name: str) -> tuple[str, str]:
    return name, name.replace("_", " ")


class ZoneSelect(forms.Select):
    """The zones offered, led by the one somebody has where it is an old name, so that saving keeps it."""

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        """The options, with the chosen zone among them."""
        offered = list(self.choices)
        unlisted = [zone for zone in value if is_zone(zone) and _choice(zone) not in offered]
        self.choices = [*(_choice(zone) for zone in unlisted), *offered]
        return super().optgroups(name, value, attrs)


class ZoneField(forms.ChoiceField):
    """An IANA zone by the name of its city; an old name that somebody already has is kept."""

    def __init__(self) -> None:
        super().__init__(
            choices=zone_choices,
            label=_("Time zone"),
            # The names are codes that everybody can look up.
            widget=ZoneSelect(attrs={"translate": "no"}),
            help_text=_("All times are shown in this zone."),
            error_messages={"required": _("Choose your time zone."), "invalid_choice": _("Choose a zone of the list.")},
        )

    def valid_value(self, value: object) -> bool:
        """Whether the zone exists, listed or not."""
        return is_zone(str(value))


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
        """The name with single spaces, without control characters; a NUL stays, to be refused.

        Nor with a change of direction, which would turn round what is written beside it.
        """
        words = " ".join(str(super().to_python(value)).split())
        return "".join(letter for letter in words if letter == "\0" or not _is_control(letter))


def _is_control(letter: str) -> bool:
    return unicodedata.category(letter) == "Cc" or unicodedata.bidirectional(letter) in _DIRECTIONS
