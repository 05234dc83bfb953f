"""The teacher's messages in the app."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from makegood.actions.read_messages import read_messages
from makegood.domain.people.models import Role
from makegood.web import access
from makegood.web.parts.message_list import message_context


@access.members(Role.TEACHER)
def inbox(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show the messages."""
    return render(request, "teacher/messages.html", message_context(visit))


@access.members(Role.TEACHER, methods=access.WRITE)
def read(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Mark all messages as read."""
    read_messages(school=visit.school, member=visit.membership, now=visit.now)
    return redirect("teacher:messages", school=visit.school.slug)
