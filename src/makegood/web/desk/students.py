"""The desk's students: finding one, what is to come, and booking for them with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.book_for_somebody import book_for_somebody
from makegood.domain.ledger.credits import count_left
from makegood.domain.lessons import offering
from makegood.domain.lessons.queries import list_upcoming_of_student
from makegood.domain.lessons.time_checks import Leave
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.queries import find_member
from makegood.domain.people.roster import list_with_role
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal
from makegood.reports.desk_students import list_desk_students
from makegood.web import access
from makegood.web.parts.booking_form import BookingForm
from makegood.web.parts.case_lists import PAGE_SIZE

_CHOICE: Final = ("", _("Choose a teacher"))


class SearchForm(forms.Form):
    """Whom to look for, and what is carried on to the booking page of the one who is chosen."""

    search = forms.CharField(required=False, max_length=80, label=_("Name, code or e-mail address"))
    page = forms.IntegerField(required=False, min_value=1, max_value=10_000)
    teacher = forms.IntegerField(required=False, min_value=1, max_value=2**62)


class DeskBookingForm(BookingForm):
    """A time with a teacher, why the desk books it, and what of the rules is left aside."""

    teacher = forms.TypedChoiceField(
        label=_("Teacher"),
        coerce=int,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose a teacher from the list.")),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("Both sides read it."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why the desk books this.")},
    )
    any_time = forms.BooleanField(required=False, label=_("Also outside the teacher's open times"))
    any_notice = forms.BooleanField(required=False, label=_("Also nearer or farther ahead than the booking rules say"))
    field_order = ("teacher", "kind", "day_on", "at", "reason", "any_time", "any_notice", "request_id")

    def __init__(self, *arguments: Any, teachers: Sequence[Membership], **named: Any) -> None:
        super().__init__(*arguments, **named)
        choices = [_CHOICE, *((one.pk, one.display_name) for one in teachers)]
        self.fields["teacher"].choices = choices  # type: ignore[attr-defined]


@access.members(Role.DESK)
def students(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """List the students by name, with their lesson credits."""
    form = SearchForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = list_desk_students(
        school=visit.school,
        search=wanted.get("search", "").strip(),
        page=wanted.get("page") or 1,
        page_size=PAGE_SIZE,
    )
    pages = Paginator(range(found.total_count), PAGE_SIZE)
    context = {
        "rows": found.students,
        "search": wanted.get("search", ""),
        "teacher_id": wanted.get("teacher"),
        "page_of_students": pages.page(found.page),
    }
    return render(request, "desk/students.html", context)


@access.members(Role.DESK)
def student(request: HttpRequest, visit: access.Visit, student_id: int) -> HttpResponseBase:
    """Show one student: lessons to come, lesson credits."""
    one = find_student(visit, student_id)
    context = {
        "student": one,
        "lessons": list_upcoming_of_student(school_id=visit.school.pk, student_id=one.pk, now=visit.now),
        "credits_left": count_left(school_id=visit.school.pk, student_id=one.pk),
    }
    return render(request, "desk/student.html", context)


@access.members(Role.DESK, methods=access.READ_AND_WRITE)
def book(request: HttpRequest, visit: access.Visit, student_id: int) -> HttpResponseBase:
    """Book for the student and a teacher."""
    one = find_student(visit, student_id)
    teachers = list_with_role(school_id=visit.school.pk, role=Role.TEACHER)
    asked = SearchForm(request.GET)
    form = DeskBookingForm(
        request.POST if request.method == "POST" else None,
        offers=offering.list_offers(school_id=visit.school.pk),
        teachers=sorted(teachers, key=lambda teacher: teacher.display_name),
        initial={"teacher": asked.cleaned_data.get("teacher") if asked.is_valid() else None},
    )
    nearest: Sequence[tuple[datetime, datetime]] = []
    if form.is_bound and form.is_valid():
        try:
            _book(visit, one, form)
        except Refusal as refusal:
            nearest = form.refuse(refusal)
        else:
            messages.success(request, gettext("The session is booked, and both sides are told."))
            return redirect("desk:student", school=visit.school.slug, student_id=one.pk)
    context = {"form": form, "student": one, "nearest": nearest}
    return render(request, "desk/book.html", context, status=422 if form.errors else 200)


def find_student(visit: access.Visit, student_id: int) -> Membership:
    """A student of the school. Raises Http404 for anybody else."""
    found = find_member(school_id=visit.school.pk, membership_id=student_id)
    if found is None or all(grant.role != Role.STUDENT for grant in found.live_grants):
        raise Http404
    return found.membership


def _book(visit: access.Visit, one: Membership, form: DeskBookingForm) -> None:
    values = form.cleaned_data
    book_for_somebody(
        school=visit.school,
        actor=visit.membership,
        teacher_id=values["teacher"],
        student_id=one.pk,
        reason=values["reason"],
        leave=Leave(any_time=values["any_time"], any_notice=values["any_notice"]),
        door=Door.WEB,
        now=visit.now,
        **form.asked(visit.person.zone),
    )
