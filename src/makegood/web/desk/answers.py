"""The desk takes an answer to a booking or a move back, where it gave it: it waits for the school again."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext

from makegood.actions.undo_answer import find_answer_undo_end, undo_answer
from makegood.actions.undo_move_answer import find_move_undo_end, undo_move_answer
from makegood.domain.lessons.models import Lesson, WaitsFor
from makegood.domain.lessons.move_requests import find_move_request, kept_of
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal
from makegood.web import access
from makegood.web.parts.change_forms import SentOnce
from makegood.web.parts.undoing import Undo, read_answered, with_answered
from makegood.web.refusals import words_of


@access.members(Role.DESK, methods=access.WRITE)
def undo_booking_answer(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Undo having approved or refused a booking a moment ago, weekly lessons whole."""
    if find_lesson(school_id=visit.school.pk, lesson_id=lesson_id) is None:
        raise Http404
    form = SentOnce(request.POST)
    if not form.is_valid():
        return _say(request, visit, form.problem, answered=lesson_id)
    try:
        undo_answer(
            school=visit.school,
            actor=visit.membership,
            lesson_id=lesson_id,
            request_id=form.request_id,
            door=Door.WEB,
            now=visit.now,
        )
    except Refusal as refusal:
        return _say(request, visit, words_of(refusal), answered=lesson_id)
    return _lead_back(request, visit)


@access.members(Role.DESK, methods=access.WRITE)
def undo_answer_to_move(request: HttpRequest, visit: access.Visit, student_move_id: int) -> HttpResponseBase:
    """The same of a lesson that its student wanted to move."""
    asked = find_move_request(school_id=visit.school.pk, move_request_id=student_move_id)
    if asked is None or asked.waits_for is not WaitsFor.SCHOOL:
        raise Http404
    form = SentOnce(request.POST)
    if not form.is_valid():
        return _say(request, visit, form.problem, moved=student_move_id)
    try:
        undo_move_answer(
            school=visit.school,
            actor=visit.membership,
            move_request_id=student_move_id,
            request_id=form.request_id,
            door=Door.WEB,
            now=visit.now,
        )
    except Refusal as refusal:
        return _say(request, visit, words_of(refusal), moved=student_move_id)
    return _lead_back(request, visit)


def find_undo_of_lesson(visit: access.Visit, lesson: Lesson) -> Undo | None:
    """To take back what this member of the desk answered about the lesson a moment ago."""
    until = find_answer_undo_end(lesson=lesson, actor=visit.membership, now=visit.now)
    if until is None:
        return None
    url = reverse("desk:undo_answer", kwargs={"school": visit.school.slug, "lesson_id": lesson.pk})
    return Undo(until=until, url=url, is_series=lesson.series_id is not None)


def find_undo_of_last(request: HttpRequest, visit: access.Visit) -> Undo | None:
    """To take back what this member of the desk answered on the page of approvals a moment ago, as its address says."""
    answered, moved = read_answered(request, "answered"), read_answered(request, "moved")
    if answered is not None:
        lesson = find_lesson(school_id=visit.school.pk, lesson_id=answered)
        found = None if lesson is None else find_undo_of_lesson(visit, lesson)
        return (
            None if found is None else Undo(until=found.until, url=found.url, about=lesson, is_series=found.is_series)
        )
    asked = None if moved is None else find_move_request(school_id=visit.school.pk, move_request_id=moved)
    if asked is None or asked.waits_for is not WaitsFor.SCHOOL:
        return None
    until = find_move_undo_end(request=asked, actor=visit.membership, now=visit.now)
    if until is None:
        return None
    url = reverse("desk:undo_move_answer", kwargs={"school": visit.school.slug, "student_move_id": asked.pk})
    return Undo(until=until, url=url, about=kept_of(asked))


def _say(request: HttpRequest, visit: access.Visit, problem: str, **answered: int) -> HttpResponseBase:
    messages.warning(request, problem)
    address = reverse("desk:approvals", kwargs={"school": visit.school.slug})
    return redirect(with_answered(address, **answered))


def _lead_back(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    messages.success(
        request, gettext("Your answer is undone. It waits for the school again, and who was told hears it.")
    )
    return redirect("desk:approvals", school=visit.school.slug)
