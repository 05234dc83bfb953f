"""The owner's kinds of lessons: what they are called, how long they last, what they cost a student."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.set_lesson_type import set_lesson_type
from makegood.domain.lessons import offering
from makegood.domain.lessons.offering import LENGTH_STEP_MINUTES, LONGEST_MINUTES, MOST_CREDITS, MOST_LENGTHS, Offer
from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal
from makegood.reports.offers import list_offer_histories
from makegood.web import access
from makegood.web.parts.whole_numbers import whole_number
from makegood.web.refusals import words_of

_LONGEST_CODE = 30


class LessonTypeForm(forms.Form):
    """The fields of an Offer."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("Teachers and students see it."),
        error_messages={"required": _("Type a name.")},
    )
    minutes = forms.CharField(
        label=_("Lengths in minutes"),
        max_length=80,
        help_text=_("One or more, with commas: 25, 50"),
        error_messages={"required": _("Type at least one length.")},
    )
    credits = whole_number(
        label=_("Lesson credits that one costs"),
        least=0,
        most=MOST_CREDITS,
        hint=_("They count where sessions are booked with lesson credits."),
    )
    is_first = forms.BooleanField(
        required=False,
        label=_("A first meeting"),
        help_text=_("Each student can book it once with each teacher."),
    )
    is_offered = forms.BooleanField(
        required=False,
        label=_("Students can book it"),
        help_text=_("Without this, only the desk and teachers use it."),
    )

    def clean_minutes(self) -> tuple[int, ...]:
        """The lengths, shortest first."""
        parts = [part.strip() for part in self.cleaned_data["minutes"].split(",")]
        if not all(part.isascii() and part.isdigit() and len(part) <= len(str(LONGEST_MINUTES)) for part in parts):
            raise forms.ValidationError(_("Type whole numbers with commas between them, like 25, 50."))
        lengths = tuple(sorted({int(part) for part in parts}))
        fits = all(0 < one <= LONGEST_MINUTES and one % LENGTH_STEP_MINUTES == 0 for one in lengths)
        if not fits or len(lengths) > MOST_LENGTHS:
            raise forms.ValidationError(_("A type has 1 to 12 lengths between 5 and 240 minutes, in steps of 5."))
        return lengths


@access.members(Role.OWNER)
def lesson_types(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """List the kinds of lessons, each with what it was before."""
    return render(request, "owner/lesson_types.html", {"rows": list_offer_histories(school=visit.school)})


@access.members(Role.OWNER, methods=access.READ_AND_WRITE)
def add(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Offer another kind."""
    # `new` is the address of this page.
    taken = {"new", *(offer.code for offer in offering.list_offers(school_id=visit.school.pk))}
    form = LessonTypeForm(
        request.POST if request.method == "POST" else None, initial={"credits": 1, "is_offered": True}
    )
    if (
        form.is_bound
        and form.is_valid()
        and _set(request, visit, form, code=make_code(form.cleaned_data["name"], taken))
    ):
        return redirect("owner:lesson_types", school=visit.school.slug)
    return render(request, "owner/lesson_type.html", {"form": form}, status=422 if form.errors else 200)


@access.members(Role.OWNER, methods=access.READ_AND_WRITE)
def change(request: HttpRequest, visit: access.Visit, code: str) -> HttpResponseBase:
    """Change one kind from now on."""
    offer = next((one for one in offering.list_offers(school_id=visit.school.pk) if one.code == code), None)
    if offer is None:
        raise Http404
    initial: dict[str, Any] = {
        "name": offer.name,
        "minutes": ", ".join(str(one) for one in offer.minutes),
        "credits": offer.credits,
        "is_first": offer.is_first,
        "is_offered": offer.is_offered,
    }
    form = LessonTypeForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid() and _set(request, visit, form, code=code):
        return redirect("owner:lesson_types", school=visit.school.slug)
    return render(request, "owner/lesson_type.html", {"form": form, "offer": offer}, status=422 if form.errors else 200)


def make_code(name: str, taken: set[str]) -> str:
    """A code of small letters for a new name, which no kind has; files and the policy name kinds by it."""
    words = slugify(name).replace("-", "_").lstrip("_0123456789")[:_LONGEST_CODE] or "type"
    code, number = words, 1
    while code in taken:
        number += 1
        code = f"{words}_{number}"
    return code


def _set(request: HttpRequest, visit: access.Visit, form: LessonTypeForm, *, code: str) -> bool:
    """Whether it was set; otherwise the form says why not."""
    try:
        set_lesson_type(
            school=visit.school,
            actor=visit.membership,
            offer=Offer(code=code, **form.cleaned_data),
            door=Door.WEB,
            now=visit.now,
        )
    except Refusal as refusal:
        form.add_error(None, words_of(refusal))
        return False
    messages.success(request, gettext("It is offered like this from now on. What is booked stays as it is."))
    return True
