"""Bring a history file in: upload, dry run, confirm, result."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from makegood.actions import history_uploads as uploads
from makegood.domain.people.models import Role
from makegood.quantities import Money
from makegood.rules.storing import sentence_from_json
from makegood.web import access

_LOOK_AGAIN_SECONDS = 3


class UploadForm(forms.Form):
    """A history file."""

    file = forms.FileField(
        label=_("History file"),
        help_text=_("CSV, with the columns of the list below, up to 60 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={
            "required": _("Choose a file."),
            "missing": _("Choose a file."),
            "empty": _("This file is empty. Choose another one."),
            "invalid": _("The file did not arrive. Try again."),
        },
    )

    def clean_file(self) -> Any:
        """Refuse what is too large."""
        file = self.cleaned_data["file"]
        if file.size > uploads.LARGEST_BYTES:
            raise forms.ValidationError(_("The file is larger than 60 MB. Split it, for example by year."))
        return file


@access.members(Role.OWNER, methods=access.READ_AND_WRITE)
def upload(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Take a file and check it; nothing is imported yet."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_bound and form.is_valid():
        upload_id = uploads.save_upload(school=visit.school, chunks=form.cleaned_data["file"].chunks())
        uploads.check_upload(school=visit.school, upload_id=upload_id, now=visit.now)
        return redirect("owner:import_file", school=visit.school.slug, upload_id=upload_id)
    return render(request, "owner/import.html", {"form": form}, status=422 if form.errors else 200)


@access.members(Role.OWNER, methods=access.READ_AND_WRITE)
def uploaded(request: HttpRequest, visit: access.Visit, upload_id: str) -> HttpResponseBase:
    """Show the dry run, the progress or the result; confirm the import."""
    state = _state(visit, upload_id)
    if request.method == "POST":
        if state["stage"] == uploads.CHECKED and not state["plan"]["problem_count"]:
            uploads.import_upload(
                school=visit.school,
                upload_id=upload_id,
                create_teachers="create_teachers" in request.POST,
                imported_by_id=visit.person.pk,
                now=visit.now,
            )
        return redirect("owner:import_file", school=visit.school.slug, upload_id=upload_id)
    plan = state.get("plan")
    context = {"state": state, "plan": _plan(plan) if plan else None, "upload_id": upload_id}
    response = render(request, "owner/import_file.html", context)
    if state["stage"] in {uploads.WAITING, uploads.IMPORTING}:
        # A page that looks again by itself, without a script.
        response.headers["Refresh"] = str(_LOOK_AGAIN_SECONDS)
    return response


def _state(visit: access.Visit, upload_id: str) -> Any:
    if len(upload_id) != 32 or not upload_id.isalnum():  # noqa: PLR2004 - the digits of an id
        raise Http404
    state = uploads.find_state(school=visit.school, upload_id=upload_id)
    if state is None:
        raise Http404
    return state


def _plan(plan: dict[str, Any]) -> dict[str, Any]:
    return {
        **plan,
        "problems": [
            {**problem, "what": sentence_from_json(problem["what"]), "fix": sentence_from_json(problem["fix"])}
            for problem in plan["problems"]
        ],
        "unlisted_count": plan["problem_count"] - len(plan["problems"]),
        "teachers": [
            {**total, "change": Money(*total["change"]) if total["change"] else None} for total in plan["teachers"]
        ],
        "more_teachers": plan["teacher_count"] - len(plan["teachers"]),
        "changes_nothing": not plan["new"] and not plan["decided"],
    }
