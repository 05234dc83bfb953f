"""The form with which owners and teachers say where lessons are held."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.domain.lessons.video_links import LinkBroken
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal
from makegood.web import access


class Verb(Protocol):
    """What sets the link: the owner's action, or the teacher's."""

    def __call__(self, *, school: School, actor: Membership, link: str, door: Door, now: datetime) -> None:
        """Set it."""


class VideoLinkForm(forms.Form):
    """A link; an empty one takes the one before away."""

    link = forms.CharField(
        required=False,
        label=_("Video link"),
        help_text=_(
            "It begins with https://. Write {lesson} where each session has a room of its own, such as "
            "https://video.example/{lesson}: it becomes a name that nobody can guess."
        ),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false", "dir": "ltr"}),
        error_messages={"null_characters_not_allowed": LinkBroken.sentence},
    )

    def clean(self) -> dict[str, Any]:
        """A form that arrived without its field takes nothing away."""
        if "link" not in self.data:
            raise ValidationError(gettext("The page arrived incomplete, so nothing was changed. Send it again."))
        return self.cleaned_data


def save(form: VideoLinkForm, visit: access.Visit, verb: Verb) -> bool:
    """Set what was typed; False with the reason at the field where the product says no."""
    if not form.is_valid():
        return False
    link = form.cleaned_data["link"]
    try:
        verb(school=visit.school, actor=visit.membership, link=link, door=Door.WEB, now=visit.now)
    except Refusal as refusal:
        form.add_error("link", gettext(refusal.sentence).format(**refusal.values))
        return False
    return True
