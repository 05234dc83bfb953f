"""The student's messages in the app; the newest of them stand on *My lessons*, too."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from makegood.domain.notifications.kinds import Side
from makegood.domain.people.models import Role
from makegood.web import access
from makegood.web.parts.message_list import back_to_messages, mark_read, show_messages


@access.members(Role.STUDENT)
def inbox(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show the messages."""
    return show_messages(request, visit, side=Side.STUDENT)


@access.members(Role.STUDENT, methods=access.WRITE)
def read(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Mark what was shown, and what is older, as read; back to where that was."""
    mark_read(request, visit, side=Side.STUDENT)
    if "on_lessons" in request.POST:
        return redirect("student:lessons", school=visit.school.slug)
    return back_to_messages(visit, side=Side.STUDENT)
