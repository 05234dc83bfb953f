"""One lesson of the student: join, tell, and what became of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from makegood.domain.lessons.models import Side
from makegood.domain.people.models import Role
from makegood.web import access
from makegood.web.parts import lesson_page


@access.members(Role.STUDENT, methods=access.READ_AND_WRITE)
def lesson(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Show the page, or do what its button says."""
    return lesson_page.answer(request, visit, lesson_id=lesson_id, side=Side.STUDENT, template="student/lesson.html")


@access.members(Role.STUDENT, methods=access.WRITE)
def here(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """A sign of life."""
    del request
    return lesson_page.here(visit, lesson_id=lesson_id)
