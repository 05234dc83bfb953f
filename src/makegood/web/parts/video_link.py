"""The page on which owners, teachers and the desk say where lessons are held: what holds now, and the form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.domain.lessons.video_links import LinkBroken, find_links
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal
from makegood.web import access
from makegood.web.refusals import words_of


class Verb(Protocol):
    """What sets the link: the owner's action, the teacher's, or the desk's for one teacher."""

    def __call__(self, *, school: School, actor: Membership, link: str, door: Door, now: datetime) -> None:
        """Set it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is said afterwards."""

    is_set: Promise
    is_taken_away: Promise


class VideoLinkForm(forms.Form):
    """A link; an empty one takes the one before away."""

    link = forms.CharField(
        required=False,
        label=_("Video link"),
        help_text=_(
            "It begins with https://. Write {lesson} where each session has a room of its own, such as "
            "https://video.example/{lesson}: it becomes a name that nobody can guess. "
            "An empty field takes the link away."
        ),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false", "dir": "ltr"}),
        error_messages={"null_characters_not_allowed": LinkBroken.sentence},
    )

    def clean(self) -> dict[str, Any]:
        """A form that arrived without its field takes nothing away."""
        if "link" not in self.data:
            raise ValidationError(gettext("The page arrived incomplete, so nothing was changed. Send it again."))
        return self.cleaned_data


def answer(
    request: HttpRequest, visit: access.Visit, *, teacher: Membership | None, verb: Verb, told: Told, template: str
) -> HttpResponseBase:
    """Show the link of the teacher (None: of the school) in `template`, or set another.

    `parts/video_link.html` gets `links`, what holds and who set it, and `own`, the one that the form is about.
    """
    links = find_links(school_id=visit.school.pk, teacher_id=teacher.pk if teacher is not None else None)
    own = links.of_teacher if teacher is not None else links.of_school
    link = own.link if own is not None else ""
    form = VideoLinkForm(request.POST if request.method == "POST" else None, initial={"link": link})
    if form.is_bound and _save(form, visit, verb):
        messages.success(request, str(told.is_set if form.cleaned_data["link"] else told.is_taken_away))
        return redirect(request.path)
    context: dict[str, Any] = {"form": form, "links": links, "own": own, "teacher": teacher}
    return render(request, template, context, status=422 if form.errors else 200)


def _save(form: VideoLinkForm, visit: access.Visit, verb: Verb) -> bool:
    """Set what was typed; False with the reason at the field where the product says no."""
    if not form.is_valid():
        return False
    link = form.cleaned_data["link"]
    try:
        verb(school=visit.school, actor=visit.membership, link=link, door=Door.WEB, now=visit.now)
    except Refusal as refusal:
        form.add_error("link", words_of(refusal))
        return False
    return True
