"""What the emergency page sends."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from makegood.web.parts.shown_again import ShownAgain
from makegood.web.teacher.price_panels import CLAIMS

NOTE_LENGTH = 500
_INCOMPLETE = _("The page arrived incomplete. Nothing was sent. Look at the price, then report.")


class EmergencyForm(ShownAgain):
    """`claim` comes from the red button of a panel, `situation` and `lesson_begun` from the choices above it.

    The two agree wherever the browser hides the panels that were not chosen.
    """

    claim = forms.CharField(required=False, max_length=16)
    situation = forms.ChoiceField(
        choices=[("1", "1"), ("2", "2"), ("3", "3")],
        # The summary of errors leads to the first of the page's own controls.
        widget=forms.TextInput(attrs={"id": "s1"}),
        label=_("What is happening?"),
        error_messages={"required": _("Choose what is happening."), "invalid_choice": _("Choose what is happening.")},
    )
    lesson_begun = forms.ChoiceField(
        choices=[("yes", _("Yes, we had begun")), ("no", _("No, it never began"))],
        required=False,
        widget=forms.TextInput(attrs={"id": "begun-yes"}),
        label=_("Had the session begun?"),
        error_messages={"invalid_choice": _("Say whether the session had begun.")},
    )
    reason = forms.ChoiceField(
        required=False,
        label=_("Reason"),
        error_messages={"invalid_choice": _("Choose a reason from the list, or leave it empty.")},
    )
    note = forms.CharField(
        required=False,
        max_length=NOTE_LENGTH,
        label=_("Your note"),
        help_text=_("One line is enough. The student does not see this."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "max_length": _("The note is too long. Shorten it to %(limit_value)d characters."),
            "null_characters_not_allowed": _(
                "The note contains a character that cannot be stored. Type it again instead of pasting it."
            ),
        },
    )
    quote = forms.CharField(
        max_length=200,
        widget=forms.HiddenInput,
        label=_("Price"),
        error_messages=dict.fromkeys(("required", "max_length", "null_characters_not_allowed"), _INCOMPLETE),
    )
    request_id = forms.UUIDField(
        widget=forms.HiddenInput,
        label=_("Page"),
        error_messages=dict.fromkeys(("required", "invalid"), _INCOMPLETE),
    )

    def __init__(self, *arguments: Any, reasons: Iterable[tuple[str, str]], **named: Any) -> None:
        super().__init__(*arguments, **named)
        reason: Any = self.fields["reason"]
        reason.choices = [("", _("No reason given")), *reasons]

    def clean(self) -> dict[str, Any]:
        """Refuse a button that belongs to another situation than the chosen one."""
        cleaned = super().clean() or {}
        claim, situation = cleaned.get("claim"), cleaned.get("situation")
        if claim and claim not in CLAIMS:
            self.add_error("situation", _("Choose what is happening."))
        elif claim and situation and claim[0] != situation:
            self.add_error(
                "situation",
                _("You chose one situation and pressed the button of another. Look at the price, then report."),
            )
        if situation == "1" and claim in {"", None} and not cleaned.get("lesson_begun"):
            self.add_error("lesson_begun", _("Say whether the session had begun."))
        return cleaned

    @property
    def is_begun(self) -> bool:
        """Whether the lesson had begun: as the pressed button says, else as chosen."""
        claim = self.cleaned_data.get("claim")
        return claim == "1_begun" if claim else self.cleaned_data.get("lesson_begun") == "yes"


def new_request_id() -> str:
    """The hidden id of a form: sent twice, it is answered once."""
    return str(uuid.uuid4())
