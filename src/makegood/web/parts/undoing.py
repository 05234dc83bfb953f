"""The card that takes an answer back, where somebody just gave it (`parts/undo_answer.html`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest

from makegood.domain.lessons.models import Lesson
from makegood.web.parts.change_forms import SentOnce

_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """Until when the answer can be undone, the address that does it, and what it was `about` where the page is silent.

    `is_series`: all lessons that were answered together are undone together.
    """

    until: datetime
    url: str
    about: Lesson | None = None
    is_series: bool = False

    @property
    def form(self) -> SentOnce:
        """The form with an id of its own."""
        return SentOnce.shown(sent=None)


class AnsweredForm(forms.Form):
    """What was answered on this page a moment ago, as the way back to it says: a lesson, or a request to move one."""

    answered = forms.IntegerField(required=False, min_value=1, max_value=_LARGEST_ID)
    moved = forms.IntegerField(required=False, min_value=1, max_value=_LARGEST_ID)


def read_answered(request: HttpRequest, name: str) -> int | None:
    """The id under this name in the address; None for none and for what is no id."""
    form = AnsweredForm(request.GET)
    form.is_valid()
    found = form.cleaned_data.get(name)
    return found if isinstance(found, int) else None


def with_answered(address: str, **answered: int) -> str:
    """The address of the page with what was answered on it."""
    return f"{address}?{urlencode(answered)}"
