"""Forms about one lesson that may arrive twice: a hidden id makes the second harmless."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from makegood.web.parts.shown_again import ShownAgain

NOTE_LENGTH = 500
INCOMPLETE = _("The page arrived incomplete. Nothing was done. Look at it again, then decide.")


class NoteField(forms.CharField):
    """A few words, as long as somebody reads."""

    def __init__(self, **named: Any) -> None:
        super().__init__(
            required=False,
            max_length=NOTE_LENGTH,
            label=named.pop("label", _("Your note")),
            widget=forms.Textarea(attrs={"rows": 2}),
            error_messages={
                "max_length": _("The note is too long. Shorten it to %(limit_value)d characters."),
                "null_characters_not_allowed": _(
                    "The note contains a character that cannot be stored. Type it again instead of pasting it."
                ),
            },
            **named,
        )


class SentOnce(ShownAgain):
    """A form with the id that makes sending it twice harmless."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["request_id"] = forms.UUIDField(
            widget=forms.HiddenInput,
            label=_("Page"),
            error_messages=dict.fromkeys(("required", "invalid"), INCOMPLETE),
        )

    @property
    def request_id(self) -> uuid.UUID:
        """The id that was sent; a new one where it did not arrive, which no replay will have."""
        sent = self.cleaned_data.get("request_id")
        return sent if isinstance(sent, uuid.UUID) else uuid.uuid4()

    @property
    def problem(self) -> str:
        """What is wrong first, where the form itself is not shown again."""
        return str(next(iter(self.errors.values()))[0])

    @classmethod
    def shown(cls, *, sent: forms.Form | None, **initial: object) -> Self:
        """The form to show: a new one, or again with what was sent and what was wrong with it."""
        typed: dict[str, object] = {"request_id": str(uuid.uuid4()), **initial}
        if sent is not None:
            typed |= {name: str(sent.data.get(name, "")).replace("\0", "") for name in sent.fields if name in sent.data}
            if "request_id" in sent.errors:
                typed["request_id"] = str(uuid.uuid4())
        form = cls(initial=typed)
        if sent is not None and sent.errors:
            form.take_errors_of(sent)
        return form


class TakeBackForm(forms.Form):
    """What the page showed as waiting: an old tab must not end what waits by now."""

    shown = forms.IntegerField(min_value=1)

    @property
    def problem(self) -> str:
        """What to say when the page did not say it."""
        return str(INCOMPLETE)
