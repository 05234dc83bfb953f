"""The owner's setting: where lessons are held."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from makegood.actions.set_video_link import set_video_link
from makegood.domain.lessons.video_links import find_link
from makegood.domain.people.models import Role
from makegood.web import access
from makegood.web.parts.video_link import VideoLinkForm, save


@access.members(Role.OWNER, methods=access.READ_AND_WRITE)
def video_link(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show the school's link, or set another."""
    link = find_link(school_id=visit.school.pk, teacher_id=None)
    form = VideoLinkForm(request.POST if request.method == "POST" else None, initial={"link": link})
    if form.is_bound and save(form, visit, set_video_link):
        is_set = bool(form.cleaned_data["link"])
        messages.success(
            request,
            gettext("The video link is set. It holds from now on, for teachers without a link of their own.")
            if is_set
            else gettext("The video link is taken away. Sessions of teachers without a link of their own have none."),
        )
        return redirect("owner:video_link", school=visit.school.slug)
    context: dict[str, Any] = {"form": form}
    return render(request, "owner/video_link.html", context, status=422 if form.errors else 200)
