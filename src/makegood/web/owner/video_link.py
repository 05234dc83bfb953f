"""The owner's setting: where lessons are held."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from makegood.actions.set_video_link import set_video_link
from makegood.domain.people.models import Role
from makegood.web import access
from makegood.web.parts.video_link import Told, answer

_TOLD: Final = Told(
    is_set=_("The video link is set. It holds from now on, for teachers without a link of their own."),
    is_taken_away=_("The video link is taken away. Sessions of teachers without a link of their own have none."),
)


@access.members(Role.OWNER, methods=access.READ_AND_WRITE)
def video_link(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show the school's link, or set another."""
    return answer(request, visit, teacher=None, verb=set_video_link, told=_TOLD, template="owner/video_link.html")
