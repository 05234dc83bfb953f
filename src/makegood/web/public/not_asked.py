"""The student's link in the message and on the lesson's page: I did not ask for this. Only sending the form does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from makegood.actions.say_not_asked import NothingToObject, is_open_to_objection, say_not_asked
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.objections import read_token
from makegood.domain.incidents.queries import find_incident
from makegood.domain.lessons.claims import has_objection
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.schools.queries import find_school_by_id
from makegood.domain.timeline.doors import Door
from makegood.web import access
from makegood.web.parts.change_forms import NoteField, SentOnce
from makegood.web.parts.lesson_rows import row_for_student


class NotAskedForm(SentOnce):
    """What the student wants to add."""

    note = NoteField(label=_("What happened?"), help_text=_("One line is enough. The scheduling desk reads it."))


@dataclass(frozen=True, slots=True, kw_only=True)
class _About:
    """What the link is about, as it stands now. `lesson_url`: for the student who is signed in."""

    incident: Incident
    lesson: Lesson
    school: School
    is_said: bool
    is_open: bool
    lesson_url: str


@access.anyone(methods=access.READ_AND_WRITE)
def not_asked(request: HttpRequest, guest: access.Guest, token: str) -> HttpResponseBase:
    """Show what was cancelled, or take the student's word; in the student's language and zone."""
    objection = read_token(token)
    school = find_school_by_id(school_id=objection.school_id) if objection is not None else None
    if objection is None or school is None:
        # A page of its own, for everybody alike: whoever has a broken link has nothing to sign in for.
        return render(request, "public/link_ended.html", status=404)
    with in_school(school.pk):
        about = _find(school, objection.incident_id, guest)
        student = about.lesson.student
        assert student is not None, "links are sent to students"
        with translation.override(student.person.language), timezone.override(student.person.zone):
            return _answer(request, guest, about)


def _find(school: School, incident_id: int, guest: access.Guest) -> _About:
    incident = find_incident(school_id=school.pk, incident_id=incident_id)
    lesson = find_lesson(school_id=school.pk, lesson_id=incident.lesson_id) if incident is not None else None
    assert incident is not None
    assert lesson is not None, "incidents and lessons are never deleted"
    return _About(
        incident=incident,
        lesson=lesson,
        school=school,
        is_said=has_objection(school_id=school.pk, incident_id=incident.pk),
        is_open=is_open_to_objection(school=school, incident=incident, now=guest.now),
        lesson_url=_lesson_url(school, lesson, guest),
    )


def _lesson_url(school: School, lesson: Lesson, guest: access.Guest) -> str:
    is_own = guest.person is not None and lesson.student is not None and lesson.student.person_id == guest.person.pk
    return reverse("student:lesson", kwargs={"school": school.slug, "lesson_id": lesson.pk}) if is_own else ""


def _answer(request: HttpRequest, guest: access.Guest, about: _About) -> HttpResponseBase:
    request.school = about.school  # type: ignore[attr-defined]
    if request.method != "POST":
        return _show(request, about)
    form = NotAskedForm(request.POST)
    if not form.is_valid():
        return _show(request, about, form=form)
    try:
        say_not_asked(
            school=about.school,
            incident_id=about.incident.pk,
            note=form.cleaned_data["note"],
            request_id=form.request_id,
            door=Door.WEB,
            now=guest.now,
        )
    except NothingToObject:
        return _show(request, about, status=409)
    return _show(request, _find(about.school, about.incident.pk, guest))


def _show(
    request: HttpRequest, about: _About, *, form: NotAskedForm | None = None, status: int = 200
) -> HttpResponseBase:
    has_problems = form is not None and bool(form.errors)
    context: dict[str, Any] = {
        "form": NotAskedForm.shown(sent=form),
        "has_problems": has_problems,
        "about": about,
        "lesson": row_for_student(about.lesson, school=about.school, is_live=False),
        "school": about.school,
    }
    return render(request, "public/not_asked.html", context, status=422 if has_problems else status)
