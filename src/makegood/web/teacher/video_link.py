"""The teacher's own video link."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from makegood.actions.set_video_link import set_own_video_link
from makegood.domain.people.models import Role
from makegood.web import access
from makegood.web.parts.video_link import Told, answer

_TOLD: Final = Told(
    is_set=_("Your video link is set. It holds for your sessions from now on."),
    is_taken_away=_("Your own video link is taken away. The link of the school holds."),
)


@access.members(Role.TEACHER, methods=access.READ_AND_WRITE)
def video_link(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show the link with the school's beside it, or set another."""
    return answer(
        request,
        visit,
        teacher=visit.membership,
        verb=set_own_video_link,
        told=_TOLD,
        template="teacher/video_link.html",
    )
