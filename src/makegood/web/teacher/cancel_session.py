"""cancel session: because the student asked, before the mark; after it, the explanation and the right door."""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.cancel_for_student import cancel_for_student
from makegood.domain.incidents.asking import AskedWay
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.permissions import is_teacher_of
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.people.models import Role
from makegood.domain.policies.queries import get_timetable
from makegood.domain.timeline.doors import Door
from makegood.reports.cancelling_page import CancellingPage
from makegood.reports.upcoming import show_upcoming
from makegood.rules.facts import RequestedBy
from makegood.web import access
from makegood.web.parts import cancelling
from makegood.web.parts.change_forms import NoteField, SentOnce
from makegood.web.parts.lesson_rows import row_for_teacher

PAGE: Final = "teacher:cancel_session"


class CancelForm(SentOnce):
    """How the student asked."""

    asked = cancelling.ways_field(
        AskedWay.EMAIL,
        AskedWay.CHAT,
        AskedWay.IN_LESSON,
        AskedWay.OTHER,
        label=_("How did the student tell you?"),
        missing=_("Choose how the student told you."),
    )
    note = NoteField(help_text=_("The scheduling desk can read it."))
    shown_version = cancelling.version_field()


@access.members(Role.TEACHER, methods=access.READ_AND_WRITE)
def cancel(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Show the page, or cancel and show what was done. Past the mark, say which door is the right one."""
    lesson = find_lesson(school_id=visit.school.pk, lesson_id=lesson_id)
    if lesson is None or not is_teacher_of(membership_id=visit.membership.pk, lesson=lesson):
        raise Http404
    return cancelling.answer(request, visit, lesson, _WAY)


@access.members(Role.TEACHER, methods=access.WRITE)
def undo(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Take the cancellation back."""
    done = gettext("The session takes place as booked. Your student was told.")
    then = reverse("teacher:dashboard", kwargs={"school": visit.school.slug})
    return cancelling.undo(request, visit, lesson_id, page=PAGE, done=done, then=then)


def _cancel(visit: access.Visit, lesson: Lesson, form: CancelForm) -> object:
    return cancel_for_student(
        school=visit.school,
        actor=visit.membership,
        lesson_id=lesson.pk,
        asked=form.cleaned_data["asked"],
        note=form.cleaned_data["note"],
        request_id=form.request_id,
        door=Door.WEB,
        now=visit.now,
        shown_version=form.cleaned_data["shown_version"],
    )


def _context(visit: access.Visit, page: CancellingPage) -> dict[str, Any]:
    timetable = get_timetable(school_id=visit.school.pk)
    upcoming = show_upcoming(lesson=page.lesson, timetable=timetable, now=visit.now)
    return {
        "lesson": row_for_teacher(upcoming, school=visit.school),
        "has_student": page.lesson.student is not None,
    }


_WAY: Final = cancelling.Way(
    address=PAGE,
    template="teacher/cancel_session.html",
    requested_by=RequestedBy.STUDENT,
    form=CancelForm,
    can_cancel=lambda page: page.is_open and page.is_before_mark,
    shown=lambda page: {"shown_version": page.lesson.version},
    cancel=_cancel,
    context=_context,
)
