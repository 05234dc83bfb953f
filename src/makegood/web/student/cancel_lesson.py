"""A student cancels a lesson: what it means first, then one button; and taking it back."""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.cancel_by_student import cancel_by_student
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.permissions import is_student_of
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.reports.cancelling_page import CancellingPage
from makegood.rules.facts import RequestedBy
from makegood.web import access
from makegood.web.parts import cancelling
from makegood.web.parts.change_forms import NoteField, SentOnce
from makegood.web.parts.lesson_rows import row_for_student

PAGE: Final = "student:cancel_lesson"


class CancelForm(SentOnce):
    """`shown_as` is what the page said: the button carries it, so that nobody pays what they did not see."""

    shown_as = cancelling.shown_field("free", "used")
    note = NoteField(label=_("Why"), help_text=_("Your school can read it."))


@access.members(Role.STUDENT, methods=access.READ_AND_WRITE)
def cancel(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Show what cancelling means now, or cancel and show what was done."""
    lesson = find_lesson(school_id=visit.school.pk, lesson_id=lesson_id)
    if lesson is None or not is_student_of(membership_id=visit.membership.pk, lesson=lesson):
        raise Http404
    return cancelling.answer(request, visit, lesson, _WAY)


@access.members(Role.STUDENT, methods=access.WRITE)
def undo(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Take the cancellation back."""
    done = gettext("Your lesson takes place as booked. Your teacher was told.")
    then = reverse("student:lessons", kwargs={"school": visit.school.slug})
    return cancelling.undo(request, visit, lesson_id, page=PAGE, done=done, then=then)


def _cancel(visit: access.Visit, lesson: Lesson, form: CancelForm) -> object:
    return cancel_by_student(
        school=visit.school,
        actor=visit.membership,
        lesson_id=lesson.pk,
        shown_as_free=form.cleaned_data["shown_as"] == "free",
        note=form.cleaned_data["note"],
        request_id=form.request_id,
        door=Door.WEB,
        now=visit.now,
    )


def _context(visit: access.Visit, page: CancellingPage) -> dict[str, Any]:
    is_live = page.lesson.starts_at <= visit.now
    return {"lesson": row_for_student(page.lesson, school=visit.school, is_live=is_live)}


_WAY: Final = cancelling.Way(
    address=PAGE,
    template="student/cancel_lesson.html",
    requested_by=RequestedBy.STUDENT,
    form=CancelForm,
    can_cancel=lambda page: page.is_open,
    shown=lambda page: {"shown_as": "free" if page.is_free else "used"},
    cancel=_cancel,
    context=_context,
)
