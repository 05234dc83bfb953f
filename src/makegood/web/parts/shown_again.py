"""Forms that are shown again with fresh hidden values beside what was typed and what was wrong with it."""

from __future__ import annotations

from typing import Any

from django import forms


class ShownAgain(forms.Form):
    """An unbound form with its own initial values that can take over the errors of the one that was sent."""

    # Django's own name for what `errors` answers.
    _errors: Any

    def take_errors_of(self, sent: forms.Form) -> None:
        """Show the errors of `sent` at the fields of this form."""
        self._errors = sent.errors
