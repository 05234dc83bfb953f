"""The desk's page of one lesson: where it stands, whom to reach, what waits, what happened."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from makegood.actions.undo_booking import find_undo_end, undo_booking
from makegood.actions.undo_late_move import find_end_of_late_move
from makegood.actions.undo_reschedule import find_end_at_desk
from makegood.domain.lessons.desk_cases import REQUESTS
from makegood.domain.lessons.models import LessonStatus
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import MOVED_BY_DESK
from makegood.reports.desk_lesson import DeskLesson, make_desk_lesson
from makegood.web import access
from makegood.web.desk.answers import find_undo_of_lesson
from makegood.web.desk.cancelling import is_own_of
from makegood.web.desk.lesson_states import case_link, state_of, waiting_doors
from makegood.web.parts.addresses import lesson_address
from makegood.web.parts.change_forms import SentOnce
from makegood.web.parts.moments import make_moment
from makegood.web.parts.series import find_series


@access.members(Role.DESK)
def session(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Show the page; also of a time that is kept for a lesson, and of one that was let go."""
    found = make_desk_lesson(school=visit.school, lesson_id=lesson_id)
    if found is None:
        raise Http404
    lesson = found.lesson
    open_cases = [case for case in found.cases if case.ended_at is None]
    # What became of an absence is on record as such; only requests can be read after they ended.
    ended = [case for case in found.cases if case.ended_at is not None and case.kind in REQUESTS]
    context: dict[str, Any] = {
        "lesson": lesson,
        "day_on": lesson.starts_at.astimezone(ZoneInfo(visit.person.zone)).date().isoformat(),
        "state": state_of(lesson, found.happening, now=visit.now),
        "may_change": lesson.status == LessonStatus.BOOKED
        and visit.now < lesson.starts_at
        and not is_own_of(visit, lesson),
        "other_time": found.other_time,
        "needs_other_time": found.needs_other_time,
        "reference": found.happening.reference if found.happening is not None else "",
        "doors": waiting_doors(lesson, open_cases, school=visit.school, now=visit.now),
        "ended": [(case_link(case, school=visit.school), case.ended_at) for case in ended],
        "series": find_series(lesson, found.series, address=partial(_address_of, visit.school.slug)),
        "moments": [make_moment(event) for event in found.events],
        "undo": find_undo_of_lesson(visit, lesson),
        "undo_until": find_undo_end(lesson=lesson, actor=visit.membership, now=visit.now),
        "undo_move_until": _find_end_of_moving(visit, found),
        "undo_late_until": find_end_of_late_move(
            school=visit.school, lesson=lesson, actor=visit.membership, now=visit.now
        ),
        "form": SentOnce.shown(sent=None),
    }
    return render(request, "desk/session.html", context)


@access.members(Role.DESK, methods=access.WRITE)
def undo(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Undo what this member of the desk booked a moment ago, weekly lessons whole."""
    if find_lesson(school_id=visit.school.pk, lesson_id=lesson_id) is None:
        raise Http404
    form = SentOnce(request.POST)
    if form.is_valid():
        undo_booking(
            school=visit.school,
            actor=visit.membership,
            lesson_id=lesson_id,
            request_id=form.request_id,
            door=Door.WEB,
            now=visit.now,
        )
        messages.success(request, gettext("The booking is undone, and both sides are told."))
    else:
        messages.warning(request, form.problem)
    return redirect("desk:session", school=visit.school.slug, lesson_id=lesson_id)


def _find_end_of_moving(visit: access.Visit, found: DeskLesson) -> datetime | None:
    """Until when the visitor takes an own move back; no statement where they made none."""
    if not any(event.kind in MOVED_BY_DESK and event.actor_id == visit.person.pk for event in found.events):
        return None
    return find_end_at_desk(school=visit.school, lesson=found.lesson, actor=visit.membership, now=visit.now)


def _address_of(school: str, lesson_id: int) -> str:
    return lesson_address("desk:session", school=school, lesson_id=lesson_id)
