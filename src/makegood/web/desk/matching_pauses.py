"""A pause of matching for the desk: what it rests on, and to end it with a reason."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.lift_matching_pause import MatchingPauseOver, OwnMatchingPause, lift_matching_pause
from makegood.actions.reasons import LONGEST_REASON, ReasonMissing, ReasonUnreadable
from makegood.domain.availability import openness
from makegood.domain.availability.models import MatchingPause
from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.requests import DifferentRequest
from makegood.web import access
from makegood.web.parts.change_forms import SentOnce


class LiftForm(SentOnce):
    """Why the pause ends now; the teacher reads it."""

    reason = forms.CharField(
        max_length=LONGEST_REASON,
        label=_("Reason"),
        help_text=_("The teacher reads it."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": _("Say why the pause ends."),
            "max_length": _("The note is too long. Shorten it to %(limit_value)d characters."),
            "null_characters_not_allowed": _(
                "The reason contains a character that cannot be stored. Type it again instead of pasting it."
            ),
        },
    )


@access.members(Role.DESK, methods=access.READ_AND_WRITE)
def matching_pause(request: HttpRequest, visit: access.Visit, pause_id: int) -> HttpResponseBase:
    """Show one pause, running or over, or end it."""
    pause = openness.find_pause(school_id=visit.school.pk, pause_id=pause_id)
    if pause is None:
        raise Http404
    if request.method != "POST":
        return _show(request, visit, pause)
    form = LiftForm(request.POST)
    if not form.is_valid():
        return _show(request, visit, pause, sent=form, status=422)
    try:
        lift_matching_pause(
            school=visit.school,
            actor=visit.membership,
            pause_id=pause.pk,
            reason=form.cleaned_data["reason"],
            request_id=form.request_id,
            door=Door.WEB,
            now=visit.now,
        )
    except (ReasonMissing, ReasonUnreadable) as refusal:
        form.add_error("reason", gettext(refusal.sentence).format(**refusal.values))
        return _show(request, visit, pause, sent=form, status=422)
    except (MatchingPauseOver, OwnMatchingPause, DifferentRequest) as refusal:
        form.add_error(None, gettext(refusal.sentence))
        return _show(request, visit, pause, sent=form, status=409)
    messages.success(request, gettext("The pause is over, and the teacher was told. New students can book again."))
    return redirect("desk:teachers", school=visit.school.slug)


def _show(
    request: HttpRequest, visit: access.Visit, pause: MatchingPause, *, sent: LiftForm | None = None, status: int = 200
) -> HttpResponseBase:
    lift = openness.find_lift(pause=pause)
    context = {
        "pause": pause,
        "lift": lift,
        "is_running": lift is None and pause.ends_at > visit.now,
        "form": LiftForm.shown(sent=sent),
        "has_problems": sent is not None and bool(sent.errors),
    }
    return render(request, "desk/matching_pause.html", context, status=status)
