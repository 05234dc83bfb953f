"""Fields for a whole number, whose hint and whose errors name its limits: nobody has to find them by trying."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _


def whole_number(*, label: Any, least: int, most: int, hint: Any = "") -> forms.IntegerField:
    """A required field from `least` to `most`, both inclusive; `hint` follows its limits."""
    limits = format_lazy(_("From {least} to {most}."), least=least, most=most)
    wrong = format_lazy(_("Type a whole number from {least} to {most}."), least=least, most=most)
    return forms.IntegerField(
        label=label,
        help_text=format_lazy("{limits} {hint}", limits=limits, hint=hint) if hint else limits,
        min_value=least,
        max_value=most,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong),
    )
