"""The student's messages in the app; the newest of them stand on *My lessons*, too."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from makegood.domain.notifications.kinds import Side
from makegood.domain.people.models import Role
from makegood.web import access
from makegood.web.parts.message_list import mark_read, show_messages


@access.members(Role.STUDENT)
def inbox(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show the messages."""
    return show_messages(request, visit, side=Side.STUDENT)


@access.members(Role.STUDENT, methods=access.WRITE)
def read(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Mark all that had been written when the page was made as read; back to that page."""
    back_to = "student:lessons" if "on_lessons" in request.POST else ""
    return mark_read(request, visit, side=Side.STUDENT, back_to=back_to)
