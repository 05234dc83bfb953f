"""The card that takes an answer back, where somebody just gave it (`parts/undo_answer.html`); why something is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from makegood.domain.lessons.coming_back import StudentLeftSince, TeacherLeftSince
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.operations import TimeTakenSince
from makegood.domain.lessons.other_times import OtherTimeStands
from makegood.domain.lessons.room import ClosedSince, FullSince
from makegood.refusal import Refusal
from makegood.web.parts.change_forms import SentOnce
from makegood.web.parts.row_ids import id_field

# In place of a button, for either of the two and for the desk, each with what can be done: the refusals say it of what
# was tried.
_WHY_NOT: Final[Mapping[str, Promise]] = {
    TeacherLeftSince.code: _(
        "The teacher no longer teaches at this school, so this cannot be undone. The scheduling desk can find another "
        "teacher."
    ),
    StudentLeftSince.code: _(
        "The student no longer learns at this school, so this cannot be undone. If that is a mistake, the scheduling "
        "desk can help."
    ),
    OtherTimeStands.code: _(
        "Another time was booked in its place, so this cannot be undone. If it is the wrong one, the scheduling desk "
        "can help."
    ),
    FullSince.code: _(
        "The day or week was filled with other sessions since, so this cannot be undone. Choose another time for it."
    ),
    ClosedSince.code: _(
        "“{name}” became a holiday of the school since, so this cannot be undone. Choose another time for it."
    ),
    TimeTakenSince.code: _(
        "This time was booked for something else since, so this cannot be undone. Choose another time for it."
    ),
}


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

    answered = id_field(required=False)
    moved = id_field(required=False)


def say_why_not(hindrance: Refusal | None) -> str:
    """Why what is off cannot take place again, before anybody tries; "" where it can."""
    if hindrance is None:
        return ""
    return str(_WHY_NOT[hindrance.code]).format(**hindrance.values)


def read_answered(request: HttpRequest, name: str) -> int | None:
    """The id under this name in the address; None for none and for what is no id."""
    form = AnsweredForm(request.GET)
    form.is_valid()
    found = form.cleaned_data.get(name)
    return found if isinstance(found, int) else None


def with_answered(address: str, **answered: int) -> str:
    """The address of the page with what was answered on it."""
    return f"{address}?{urlencode(answered)}"
