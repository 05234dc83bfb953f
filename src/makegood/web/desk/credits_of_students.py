"""Lesson credits at the desk: the book of one student, giving some, and bringing a file in."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.credit_steps import MOST_CREDITS
from makegood.actions.grant_credits import grant_credits
from makegood.actions.import_credits import (
    COLUMNS,
    LARGEST_CHARACTERS,
    FileHasProblems,
    check_credits_file,
    import_credits,
)
from makegood.actions.take_back_credits import find_grant_undo_end
from makegood.domain.ledger.models import TransferKind
from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal
from makegood.reports.credit_book import CreditBook
from makegood.web import access
from makegood.web.desk.students import find_student
from makegood.web.parts.change_forms import INCOMPLETE, SentOnce
from makegood.web.parts.credit_book import show_credit_book
from makegood.web.parts.whole_numbers import whole_number
from makegood.web.refusals import words_of

_NOT_READABLE = _("This is not a CSV file. Save it as CSV with the encoding UTF-8.")


class GrantForm(forms.Form):
    """How many, until when, and why."""

    count = whole_number(label=_("Lesson credits to give"), least=1, most=MOST_CREDITS)
    expires_on = forms.DateField(
        required=False,
        label=_("First day without them"),
        help_text=_("Empty: they do not expire."),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": _("This is not a day.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("For example the invoice. The desk reads it here."),
        error_messages={"required": _("Say why they are given.")},
    )
    request_id = forms.UUIDField(widget=forms.HiddenInput, label=_("Form"))


class FileForm(forms.Form):
    """A file with lesson credits."""

    file = forms.FileField(
        label=_("File with lesson credits"),
        help_text=_("CSV, with the columns of the list below, up to 2,000 lines."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={
            "required": _("Choose a file."),
            "missing": _("Choose a file."),
            "empty": _("This file is empty. Choose another one."),
            "invalid": _("The file did not arrive. Try again."),
        },
    )

    def clean_file(self) -> str:
        """The text of the file. Refuse what is too large or no text."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > 4 * LARGEST_CHARACTERS:
            raise forms.ValidationError(_("The file is too large. Split it."))
        try:
            text: str = file.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_NOT_READABLE) from error
        return text


class ConfirmForm(forms.Form):
    """The text that was checked; it is checked again with the import."""

    text = forms.CharField(strip=False, max_length=LARGEST_CHARACTERS)


@access.members(Role.DESK, methods=access.READ_AND_WRITE)
def book_of_credits(request: HttpRequest, visit: access.Visit, student_id: int) -> HttpResponseBase:
    """Show every change of a student's credits, or give some."""
    one = find_student(visit, student_id)
    form = GrantForm(request.POST if request.method == "POST" else None, initial={"request_id": uuid.uuid4()})
    if form.is_bound and form.is_valid():
        try:
            granted = grant_credits(
                school=visit.school,
                actor=visit.membership,
                student_id=one.pk,
                door=Door.WEB,
                now=visit.now,
                **form.cleaned_data,
            )
        except Refusal as refusal:
            form.add_error(None, words_of(refusal))
        else:
            said = gettext("The credits are given, and the student is told. There are {left} now.")
            messages.success(request, said.format(left=granted.left))
            return redirect("desk:student_credits", school=visit.school.slug, student_id=one.pk)
    book = show_credit_book(school=visit.school, student=one, now=visit.now)
    context = {"student": one, "form": form, **book, **_show_undo(visit, book["book"])}
    return render(request, "desk/student_credits.html", context, status=422 if form.errors else 200)


def _show_undo(visit: access.Visit, book: CreditBook) -> dict[str, Any]:
    """What this member of the desk gave last, while it can be undone."""
    given = next((line.given for line in book.lines if line.kind is TransferKind.CREDIT_BOUGHT), None)
    if given is None:
        return {}
    until = find_grant_undo_end(given=given, actor=visit.membership, now=visit.now)
    return {"given": given, "undo_until": until, "undo_form": SentOnce.shown(sent=None)}


@access.members(Role.DESK, methods=access.READ_AND_WRITE)
def import_file(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Take a file and show what it would do; import it when that is confirmed."""
    if "text" in request.POST:
        return _import(request, visit)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if form.is_bound and form.is_valid():
        return _show_plan(request, visit, form.cleaned_data["file"])
    context = {"form": form, "columns": ", ".join(COLUMNS)}
    return render(request, "desk/credits_file.html", context, status=422 if form.errors else 200)


def _import(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        messages.warning(request, str(INCOMPLETE))
        return redirect("desk:import_credits", school=visit.school.slug)
    text = form.cleaned_data["text"]
    try:
        plan = import_credits(school=visit.school, actor=visit.membership, text=text, door=Door.WEB, now=visit.now)
    except FileHasProblems:
        # Something changed since the dry run: show what it would do now.
        return _show_plan(request, visit, text, status=409)
    said = ngettext("{count} lesson credit was imported.", "{count} lesson credits were imported.", plan.total)
    messages.success(request, said.format(count=plan.total))
    return redirect("desk:students", school=visit.school.slug)


def _show_plan(request: HttpRequest, visit: access.Visit, text: str, *, status: int = 200) -> HttpResponseBase:
    plan = check_credits_file(school=visit.school, actor=visit.membership, text=text, now=visit.now)
    context: dict[str, Any] = {"plan": plan, "text": text}
    return render(request, "desk/credits_plan.html", context, status=status)
