"""The desk books weekly sessions for a student: all weeks that are ticked, or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext

from makegood.actions.book_series_for_somebody import book_series_for_somebody, preview_series_for_somebody
from makegood.actions.series_steps import SeriesBooked, SeriesPreview, SeriesWish
from makegood.domain.ledger.credits import count_left
from makegood.domain.lessons import offering
from makegood.domain.lessons.models import LessonStatus
from makegood.domain.people.models import Membership, Role
from makegood.domain.timeline.doors import Door
from makegood.web import access
from makegood.web.desk.booking_fields import TeacherAndLeave, list_teachers, reason_field
from makegood.web.desk.students import find_student
from makegood.web.parts.change_forms import SentOnce
from makegood.web.parts.weekly import FOR_DESK, WeeklyForm, WeeklyPage, what_was_typed


class DeskWeeklyForm(TeacherAndLeave, WeeklyForm):
    """The first session with a teacher, for how long, and what of the rules is left aside."""

    field_order = ("teacher", "kind", "day_on", "at", "weeks", "until", "any_time", "any_notice")


class ReasonForm(SentOnce):
    """Why the desk books the weeks that are ticked."""

    reason = reason_field()


@access.members(Role.DESK, methods=access.READ_AND_WRITE)
def book_weekly(request: HttpRequest, visit: access.Visit, student_id: int) -> HttpResponseBase:
    """Show every week of what is typed; book those that are ticked."""
    student = find_student(visit, student_id)
    teachers = list_teachers(visit, student=student)
    form = DeskWeeklyForm(
        what_was_typed(request),
        offers=offering.list_offers(school_id=visit.school.pk),
        teachers=teachers,
        student=student,
        actor=visit.membership,
        initial={"teacher": request.GET.get("teacher")},
    )

    def asked(wish: SeriesWish) -> dict[str, Any]:
        return {
            "school": visit.school,
            "actor": visit.membership,
            "teacher_id": form.cleaned_data["teacher"],
            "student_id": student.pk,
            "wish": wish,
            "leave": form.leave,
            "door": Door.WEB,
            "now": visit.now,
        }

    def send(wish: SeriesWish, sent: SentOnce) -> HttpResponseBase:
        booked = book_series_for_somebody(**asked(wish), reason=sent.cleaned_data["reason"], request_id=sent.request_id)
        messages.success(request, _done(booked))
        return redirect("desk:session", school=visit.school.slug, lesson_id=booked.lesson_ids[0])

    page = WeeklyPage(
        template="desk/book_weekly.html",
        form=form,
        sent_class=ReasonForm,
        student=student,
        words=FOR_DESK,
        preview=lambda wish: preview_series_for_somebody(**asked(wish)),
        send=send,
        more=lambda preview, count: _more(visit, student, teachers, form, preview, count),
    )
    return page.answer(request, visit)


def _done(booked: SeriesBooked) -> str:
    """As of a single session."""
    if booked.status == LessonStatus.BOOKED:
        return gettext("The weekly sessions are booked, and both sides are told.")
    return gettext("The weekly sessions are asked for. Somebody at the desk approves them under “Approvals”.")


def _more(
    visit: access.Visit,
    student: Membership,
    teachers: Sequence[Membership],
    form: DeskWeeklyForm,
    preview: SeriesPreview,
    count: int,
) -> Mapping[str, Any]:
    """The teacher, whose time stands beside the student's, and the lesson credits that the ticked weeks need."""
    needed = preview.credits_each * count
    return {
        "teacher": next(one for one in teachers if one.pk == form.cleaned_data["teacher"]),
        "credits_needed": needed,
        "credits_left": count_left(school_id=visit.school.pk, student_id=student.pk, now=visit.now) if needed else 0,
    }
