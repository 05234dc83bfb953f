"""The desk cancels a session, for its student or for the school: what it means first, then who wants it and why."""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.cancel_by_desk import cancel_by_desk
from makegood.actions.cancel_for_school import cancel_for_school
from makegood.actions.desk_lessons import is_own
from makegood.domain.incidents.asking import AskedWay
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.quantities import Money
from makegood.reports.cancelling_page import CancellingPage
from makegood.rules.facts import RequestedBy
from makegood.web import access
from makegood.web.desk.booking_fields import reason_field
from makegood.web.parts import cancelling
from makegood.web.parts.change_forms import NoteField, SentOnce


class ForStudentForm(SentOnce):
    """How the student asked. `shown_as` is what the page said: nobody is charged what the desk did not see."""

    asked = cancelling.ways_field(
        AskedWay.PHONE,
        AskedWay.EMAIL,
        AskedWay.CHAT,
        AskedWay.OTHER,
        label=_("How did the student ask?"),
        missing=_("Choose how the student asked."),
    )
    note = NoteField(help_text=_("Your school can read it."))
    shown_as = cancelling.shown_field("free", "used")
    shown_version = cancelling.version_field()


class ForSchoolForm(SentOnce):
    """Why the school cancels. `shown_as` is what the page said of the teacher."""

    reason = reason_field(missing=_("Say why the school cancels this session. Both sides read it."))
    shown_as = cancelling.shown_field("paid", "unpaid")
    shown_version = cancelling.version_field()


@access.members(Role.DESK, methods=access.READ_AND_WRITE)
def cancel(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Show what cancelling means for the student now, or cancel and show what was done."""
    lesson = find_of_others(visit, lesson_id)
    if lesson.student is None:
        raise Http404
    return cancelling.answer(request, visit, lesson, _FOR_STUDENT)


@access.members(Role.DESK, methods=access.READ_AND_WRITE)
def cancel_as_school(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Show what it means for both that the school cancels, or cancel and show what was done."""
    return cancelling.answer(request, visit, find_of_others(visit, lesson_id), _FOR_SCHOOL)


@access.members(Role.DESK, methods=access.WRITE)
def undo(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Take one's own cancellation back."""
    done = gettext("The session takes place as booked. Both were told.")
    then = reverse("desk:session", kwargs={"school": visit.school.slug, "lesson_id": lesson_id})
    return cancelling.undo(request, visit, lesson_id, page="desk:session", done=done, then=then)


def find_of_others(visit: access.Visit, lesson_id: int) -> Lesson:
    """A lesson, of which the visitor is none of the two people. Raises Http404 for anything else."""
    lesson = find_lesson(school_id=visit.school.pk, lesson_id=lesson_id)
    if lesson is None or lesson.keeps_time_for_id is not None or is_own_of(visit, lesson):
        raise Http404
    return lesson


def is_own_of(visit: access.Visit, lesson: Lesson) -> bool:
    """Whether somebody else at the desk has to change this lesson."""
    return is_own(teacher=lesson.teacher, student=lesson.student, actor=visit.membership)


def _cancel_for_student(visit: access.Visit, lesson: Lesson, form: ForStudentForm) -> object:
    return cancel_by_desk(
        school=visit.school,
        actor=visit.membership,
        lesson_id=lesson.pk,
        shown_as_free=form.cleaned_data["shown_as"] == "free",
        shown_version=form.cleaned_data["shown_version"],
        asked=form.cleaned_data["asked"],
        note=form.cleaned_data["note"],
        request_id=form.request_id,
        door=Door.WEB,
        now=visit.now,
    )


def _cancel_for_school(visit: access.Visit, lesson: Lesson, form: ForSchoolForm) -> object:
    return cancel_for_school(
        school=visit.school,
        actor=visit.membership,
        lesson_id=lesson.pk,
        shown_as_paid=form.cleaned_data["shown_as"] == "paid",
        shown_version=form.cleaned_data["shown_version"],
        reason=form.cleaned_data["reason"],
        request_id=form.request_id,
        door=Door.WEB,
        now=visit.now,
    )


def _context(_visit: access.Visit, page: CancellingPage) -> dict[str, Any]:
    lesson = page.lesson
    pay = None
    if lesson.pay_minor is not None and lesson.currency is not None:
        pay = Money(lesson.pay_minor, lesson.currency)
    return {"lesson": lesson, "pay": pay}


_FOR_STUDENT: Final = cancelling.Way(
    address="desk:cancel_session",
    template="desk/cancel_session.html",
    requested_by=RequestedBy.STUDENT,
    form=ForStudentForm,
    can_cancel=lambda page: page.is_open,
    shown=lambda page: {"shown_as": "free" if page.is_free else "used", "shown_version": page.lesson.version},
    cancel=_cancel_for_student,
    context=_context,
)
_FOR_SCHOOL: Final = cancelling.Way(
    address="desk:cancel_for_school",
    template="desk/cancel_for_school.html",
    requested_by=RequestedBy.COMPANY,
    form=ForSchoolForm,
    can_cancel=lambda page: page.is_open,
    shown=lambda page: {"shown_as": "paid" if page.pays else "unpaid", "shown_version": page.lesson.version},
    cancel=_cancel_for_school,
    context=_context,
)
