"""The messages of staff in the app, whichever of their roles they were told in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from makegood.domain.notifications.kinds import Side
from makegood.domain.people.permissions import ROLES_IN_ORDER, STAFF_ROLES
from makegood.web import access
from makegood.web.parts.message_list import mark_read, show_messages

_STAFF = tuple(role for role in ROLES_IN_ORDER if role in STAFF_ROLES)


@access.members(*_STAFF, keeps_frame=True)
def messages(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show the messages."""
    return show_messages(request, visit, side=Side.DESK)


@access.members(*_STAFF, methods=access.WRITE, keeps_frame=True)
def read(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Mark all that had been written when the page was made as read."""
    return mark_read(request, visit, side=Side.DESK)
