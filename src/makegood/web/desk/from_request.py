"""The request from which the desk came to a page that does what it asks for: the address names it; it leads back."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest

from makegood.domain.lessons.desk_cases import Outcome, find_case
from makegood.domain.lessons.models import DeskCase, LessonMove
from makegood.web import access

NAME = "of_request"


class OfRequestForm(forms.Form):
    """The request, as addresses name it."""

    of_request = forms.IntegerField(required=False, min_value=1, max_value=2**62)


def find_request(request: HttpRequest, visit: access.Visit, lesson_id: int) -> DeskCase | None:
    """The request about this lesson that the address names; None where it names none."""
    asked = OfRequestForm(request.GET)
    case_id = asked.cleaned_data[NAME] if asked.is_valid() else None
    found = find_case(school_id=visit.school.pk, case_id=case_id) if case_id is not None else None
    return found if found is not None and found.lesson_id == lesson_id else None


def find_denied_move(case: DeskCase | None) -> LessonMove | None:
    """The move that the student did not agree to, where the desk found that they are right; else None."""
    return case.move if case is not None and case.outcome == Outcome.ACCEPTED else None
