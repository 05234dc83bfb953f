"""The desk's students: finding one, what is to come, and booking for them with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.book_for_somebody import book_for_somebody
from makegood.actions.taking_steps import LessonBooked
from makegood.domain.ledger.credits import count_left
from makegood.domain.lessons import offering
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.queries import find_lesson, list_upcoming_of_student
from makegood.domain.lessons.series import list_places
from makegood.domain.lessons.time_checks import Leave
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import find_holder
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal
from makegood.reports.desk_students import list_desk_students
from makegood.web import access
from makegood.web.desk.booking_fields import TeacherAndLeave, list_teachers, reason_field
from makegood.web.desk.from_request import find_request
from makegood.web.parts.booking_form import BookingForm, name_kind
from makegood.web.parts.case_lists import PAGE_SIZE
from makegood.web.parts.row_ids import id_field
from makegood.web.parts.series import note_of


class SearchForm(forms.Form):
    """Whom to look for, and what is carried on to the booking page of the one who is chosen."""

    search = forms.CharField(required=False, max_length=80, label=_("Name, code or e-mail address"))
    page = forms.IntegerField(required=False, min_value=1, max_value=10_000)
    teacher = id_field(required=False)


class InsteadForm(forms.Form):
    """The lesson that is off and whose other time is to be booked, as addresses name it: `again` at its own time."""

    instead_of = id_field(required=False)
    again = forms.BooleanField(required=False)


class DeskBookingForm(TeacherAndLeave, BookingForm):
    """A time with a teacher, why the desk books it, and what of the rules is left aside."""

    any_time = forms.BooleanField(
        required=False, label=_("Also outside the teacher's open times or on a holiday of the school")
    )
    reason = reason_field()
    instead_of = id_field(required=False, widget=forms.HiddenInput)
    field_order = ("teacher", "kind", "day_on", "at", "reason", "any_time", "any_notice", "instead_of", "request_id")

    @property
    def leave(self) -> Leave:
        """What the valid form leaves aside: a single day may also be a holiday, as its tick says."""
        leave = super().leave
        return replace(leave, on_holidays=leave.any_time)


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
        now=visit.now,
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
    lessons = list_upcoming_of_student(school_id=visit.school.pk, student_id=one.pk, now=visit.now)
    places = list_places(school_id=visit.school.pk, lessons=lessons)
    context = {
        "student": one,
        "lessons": [(lesson, note_of(places.get(lesson.pk))) for lesson in lessons],
        "credits_left": count_left(school_id=visit.school.pk, student_id=one.pk, now=visit.now),
    }
    return render(request, "desk/student.html", context)


@access.members(Role.DESK, methods=access.READ_AND_WRITE)
def book(request: HttpRequest, visit: access.Visit, student_id: int) -> HttpResponseBase:
    """Book for the student and a teacher; also the other time of a lesson that is off, which the address names."""
    one = find_student(visit, student_id)
    off = _find_off(visit, one, request.POST if request.method == "POST" else request.GET)
    form = DeskBookingForm(
        request.POST if request.method == "POST" else None,
        offers=offering.list_offers(school_id=visit.school.pk),
        teachers=list_teachers(visit, student=one),
        student=one,
        actor=visit.membership,
        initial=_filled_in(request, visit, off),
    )
    nearest: Sequence[tuple[datetime, datetime]] = []
    if form.is_bound and form.is_valid():
        try:
            booked = _book(visit, one, form)
        except Refusal as refusal:
            nearest = form.refuse(refusal)
        else:
            messages.success(request, _done(booked))
            return redirect("desk:session", school=visit.school.slug, lesson_id=booked.lesson_id)
    of_request = find_request(request, visit, off.pk) if off is not None else None
    context = {"form": form, "student": one, "nearest": nearest, "off": off, "of_request": of_request}
    return render(request, "desk/book.html", context, status=422 if form.errors else 200)


def _done(booked: LessonBooked) -> str:
    """What became of it: who books for themselves asks, where the school approves what is booked."""
    if booked.status == LessonStatus.BOOKED:
        return gettext("The session is booked, and both sides are told.")
    return gettext("The session is asked for. Somebody at the desk approves it under “Approvals”.")


def find_student(visit: access.Visit, student_id: int) -> Membership:
    """A student of the school. Raises Http404 for anybody else."""
    found = find_holder(school_id=visit.school.pk, membership_id=student_id, role=Role.STUDENT)
    if found is None:
        raise Http404
    return found


def _find_off(visit: access.Visit, one: Membership, sent: QueryDict) -> Lesson | None:
    """The student's lesson that is named; None where none is."""
    asked = InsteadForm(sent)
    lesson_id = asked.cleaned_data["instead_of"] if asked.is_valid() else None
    found = find_lesson(school_id=visit.school.pk, lesson_id=lesson_id) if lesson_id is not None else None
    return found if found is not None and found.student_id == one.pk else None


def _filled_in(request: HttpRequest, visit: access.Visit, off: Lesson | None) -> dict[str, object]:
    """What the form starts with: the same teacher, kind and length as the lesson that is off, or a chosen teacher.

    The same time, too, where it is to be booked `again` and that time is to come.
    """
    if off is not None:
        same = {"teacher": off.teacher_id, "kind": name_kind(off.lesson_type, off.minutes), "instead_of": off.pk}
        named = InsteadForm(request.GET)
        if not (named.is_valid() and named.cleaned_data["again"] and visit.now < off.starts_at):
            return same
        at = off.starts_at.astimezone(ZoneInfo(visit.person.zone))
        return same | {"day_on": at.date().isoformat(), "at": f"{at:%H:%M}"}
    asked = SearchForm(request.GET)
    return {"teacher": asked.cleaned_data.get("teacher") if asked.is_valid() else None}


def _book(visit: access.Visit, one: Membership, form: DeskBookingForm) -> LessonBooked:
    values = form.cleaned_data
    return book_for_somebody(
        school=visit.school,
        actor=visit.membership,
        teacher_id=values["teacher"],
        student_id=one.pk,
        reason=values["reason"],
        leave=form.leave,
        door=Door.WEB,
        now=visit.now,
        instead_of=values["instead_of"],
        **form.asked(visit.person.zone),
    )
