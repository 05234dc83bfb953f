"""A teacher's video link, which the desk sees and sets on the teacher's behalf."""

from __future__ import annotations

from functools import partial
from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from makegood.actions.set_video_link import set_video_link_of_teacher
from makegood.domain.people.models import Role
from makegood.web import access
from makegood.web.desk.availability import find_teacher
from makegood.web.parts.video_link import Told, answer

_TOLD: Final = Told(
    is_set=_("The teacher’s video link is set. It holds for their sessions from now on."),
    is_taken_away=_("The teacher’s own video link is taken away. The link of the school holds."),
)


@access.members(Role.DESK, methods=access.READ_AND_WRITE)
def video_link(request: HttpRequest, visit: access.Visit, teacher_id: int) -> HttpResponseBase:
    """Show the teacher's link with the school's beside it, or set another."""
    return answer(
        request,
        visit,
        teacher=find_teacher(visit, teacher_id),
        verb=partial(set_video_link_of_teacher, teacher_id=teacher_id),
        told=_TOLD,
        template="desk/video_link.html",
    )
