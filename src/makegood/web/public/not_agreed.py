"""The student's link in the message about a move by the desk: I did not ask for this, or I did not agree.

Only sending the form does it.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from makegood.actions.say_not_agreed import MoveCannotBeObjectedTo, is_open_to_objection, say_not_agreed
from makegood.domain.lessons import move_objections
from makegood.domain.lessons.models import LessonMove
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.schools.queries import find_school_by_id
from makegood.domain.timeline.doors import Door
from makegood.quantities import Interval
from makegood.rules.facts import RequestedBy
from makegood.web import access
from makegood.web.parts.change_forms import NoteField, SentOnce
from makegood.web.parts.lesson_rows import row_for_student


class NotAgreedForm(SentOnce):
    """What the student wants to add."""

    note = NoteField(label=_("What happened?"), help_text=_("One line is enough. The scheduling desk reads it."))


@access.anyone(methods=access.READ_AND_WRITE)
def not_agreed(request: HttpRequest, guest: access.Guest, token: str) -> HttpResponseBase:
    """Show what was moved, or take the student's word; in the student's language and zone."""
    objection = move_objections.read_token(token)
    school = find_school_by_id(school_id=objection.school_id) if objection is not None else None
    if objection is None or school is None:
        # A page of its own, for everybody alike: whoever has a broken link has nothing to sign in for.
        return render(request, "public/link_ended.html", status=404)
    with in_school(school.pk):
        move = move_objections.find_move(school_id=school.pk, move_id=objection.move_id)
        assert move is not None, "moves are never deleted"
        student = move.lesson.student
        assert student is not None, "links are sent to students"
        with translation.override(student.person.language), timezone.override(student.person.zone):
            return _answer(request, guest, school, move)


def _answer(request: HttpRequest, guest: access.Guest, school: School, move: LessonMove) -> HttpResponseBase:
    request.school = school  # type: ignore[attr-defined]
    if request.method != "POST":
        return _show(request, guest, school, move)
    form = NotAgreedForm(request.POST)
    if not form.is_valid():
        return _show(request, guest, school, move, form=form, status=422)
    try:
        say_not_agreed(
            school=school,
            move_id=move.pk,
            note=form.cleaned_data["note"],
            request_id=form.request_id,
            door=Door.WEB,
            now=guest.now,
        )
    except MoveCannotBeObjectedTo:
        return _show(request, guest, school, move, status=409)
    return _show(request, guest, school, move)


def _show(
    request: HttpRequest,
    guest: access.Guest,
    school: School,
    move: LessonMove,
    *,
    form: NotAgreedForm | None = None,
    status: int = 200,
) -> HttpResponseBase:
    context: dict[str, Any] = {
        "form": NotAgreedForm.shown(sent=form),
        "has_problems": form is not None and bool(form.errors),
        "is_said": move_objections.has_objection(move=move),
        "is_open": is_open_to_objection(school=school, move=move, now=guest.now),
        "by_student": move.requested_by == RequestedBy.STUDENT,
        "former": Interval(move.from_starts_at, move.from_ends_at),
        "lesson": row_for_student(move.lesson, school=school, is_live=False),
        "school": school,
    }
    return render(request, "public/not_agreed.html", context, status=status)
