"""The teacher's own video link."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from makegood.actions.set_video_link import set_own_video_link
from makegood.domain.lessons.video_links import find_link
from makegood.domain.people.models import Role
from makegood.web import access
from makegood.web.parts.video_link import VideoLinkForm, save


@access.members(Role.TEACHER, methods=access.READ_AND_WRITE)
def video_link(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show the link with the school's beside it, or set another."""
    link = find_link(school_id=visit.school.pk, teacher_id=visit.membership.pk)
    form = VideoLinkForm(request.POST if request.method == "POST" else None, initial={"link": link})
    if form.is_bound and save(form, visit, set_own_video_link):
        is_set = bool(form.cleaned_data["link"])
        messages.success(
            request,
            gettext("Your video link is set. It holds for your sessions from now on.")
            if is_set
            else gettext("Your own video link is taken away. The link of the school holds."),
        )
        return redirect("teacher:video_link", school=visit.school.slug)
    context: dict[str, Any] = {"form": form}
    context["school_link"] = find_link(school_id=visit.school.pk, teacher_id=None)
    return render(request, "teacher/video_link.html", context, status=422 if form.errors else 200)
