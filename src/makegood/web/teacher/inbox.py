"""The teacher's messages in the app."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from makegood.domain.notifications.kinds import Side
from makegood.domain.people.models import Role
from makegood.web import access
from makegood.web.parts.message_list import mark_read, show_messages


@access.members(Role.TEACHER)
def inbox(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show the messages."""
    return show_messages(request, visit, side=Side.TEACHER)


@access.members(Role.TEACHER, methods=access.WRITE)
def read(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Mark all that had been written when the page was made as read."""
    return mark_read(request, visit, side=Side.TEACHER)
