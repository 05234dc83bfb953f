"""Report an emergency: the question, the price and one red button on one page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from makegood.actions.emergency_steps import EmergencyQuote
from makegood.actions.quote_emergency import quote_emergency
from makegood.actions.report_emergency import HadBegun, HadNotBegun, PriceChanged, report_emergency
from makegood.domain.incidents.checks import NoSituation, NoteTooLong, NoteUnreadable, UnknownReason
from makegood.domain.incidents.operations import AlreadyReported, LessonIsOver, SituationDoesNotFit
from makegood.domain.incidents.situations import Situation
from makegood.domain.lessons.attending import find_seen
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.lessons.permissions import is_teacher_of
from makegood.domain.lessons.presence import Attendance
from makegood.domain.lessons.queries import find_lesson, list_upcoming_of_teacher
from makegood.domain.penalties.quotes import QuoteUnreadable
from makegood.domain.people.models import Role
from makegood.domain.policies.queries import Timetable, get_timetable
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.requests import DifferentRequest
from makegood.refusal import Refusal
from makegood.reports.upcoming import show_upcoming
from makegood.web import access
from makegood.web.parts.lesson_rows import row_for_teacher
from makegood.web.parts.not_begun import say_why_not_begun
from makegood.web.refusals import words_of
from makegood.web.teacher.emergency_form import EmergencyForm, new_request_id
from makegood.web.teacher.price_panels import list_panels, list_situations

_AT_THE_FORM = (
    NoSituation,
    UnknownReason,
    NoteTooLong,
    NoteUnreadable,
    SituationDoesNotFit,
    QuoteUnreadable,
    HadBegun,
    HadNotBegun,
)


@access.members(Role.TEACHER, methods=access.READ_AND_WRITE)
def report(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Show the page, or report and go to the confirmation."""
    lesson = find_lesson(school_id=visit.school.pk, lesson_id=lesson_id)
    if lesson is None or not is_teacher_of(membership_id=visit.membership.pk, lesson=lesson):
        raise Http404
    try:
        if request.method == "POST":
            return _send(request, visit, lesson_id)
        return _show(request, visit, _quote(visit, lesson_id))
    except AlreadyReported as refusal:
        return _refused(request, visit, refusal, reference=str(refusal.values["reference"]))
    except LessonIsOver as refusal:
        return _refused(request, visit, refusal)


@access.members(Role.TEACHER)
def choose(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Let the teacher choose the session that the emergency is about."""
    timetable = get_timetable(school_id=visit.school.pk)
    lessons = list_upcoming_of_teacher(
        school_id=visit.school.pk, teacher_id=visit.membership.pk, now=visit.now, limit=50
    )
    rows = [
        (lesson, row_for_teacher(show_upcoming(lesson=lesson, timetable=timetable, now=visit.now), school=visit.school))
        for lesson in lessons
    ]
    return render(request, "teacher/choose_session.html", {"rows": rows})


def _quote(visit: access.Visit, lesson_id: int) -> EmergencyQuote:
    return quote_emergency(school=visit.school, actor=visit.membership, lesson_id=lesson_id, now=visit.now)


def _send(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    # Which reasons there are depends on the version in force at the lesson, so the report itself checks them.
    sent_reason = request.POST.get("reason", "")[:40]
    form = EmergencyForm(request.POST, reasons=[(sent_reason, sent_reason)])
    if "look" in request.POST or not form.is_valid():
        return _show(request, visit, _quote(visit, lesson_id), form=form, is_look="look" in request.POST)
    values = form.cleaned_data
    try:
        reported = report_emergency(
            school=visit.school,
            actor=visit.membership,
            lesson_id=lesson_id,
            situation=int(values["situation"]),
            lesson_begun=form.is_begun,
            reason=values["reason"],
            note=values["note"],
            quote_token=values["quote"],
            request_id=values["request_id"],
            door=Door.WEB,
            now=visit.now,
        )
    except PriceChanged as changed:
        return _show(request, visit, changed.quote, form=form, has_changed=True)
    except LessonNotFound as missing:
        raise Http404 from missing
    except DifferentRequest as refusal:
        # The page was sent before with other words; what was sent first holds.
        return _again(request, visit, lesson_id, form, refusal)
    except _AT_THE_FORM as refusal:
        return _again(request, visit, lesson_id, form, refusal)
    return redirect("teacher:emergency_reported", school=visit.school.slug, reference=reported.reference)


def _again(
    request: HttpRequest, visit: access.Visit, lesson_id: int, form: EmergencyForm, refusal: Refusal
) -> HttpResponseBase:
    """The page with the sentence of a refusal at its field, and what was typed."""
    field = getattr(refusal, "field", None)
    if isinstance(refusal, SituationDoesNotFit):
        field = "situation"
    form.add_error(field if field in form.fields else None, words_of(refusal))
    return _show(request, visit, _quote(visit, lesson_id), form=form)


def _show(
    request: HttpRequest,
    visit: access.Visit,
    quote: EmergencyQuote,
    *,
    form: EmergencyForm | None = None,
    has_changed: bool = False,
    is_look: bool = False,
) -> HttpResponseBase:
    policy = quote.version.policy
    typed = _typed(form)
    shown = EmergencyForm(
        initial={**typed, "quote": quote.token, "request_id": typed.get("request_id") or new_request_id()},
        reasons=[(line.code, gettext(line.title)) for line in policy.reasons],
    )
    chosen = Situation(int(typed["situation"])) if typed.get("situation") in {"1", "2", "3"} else quote.fitting
    if has_changed and form is not None and chosen is not quote.fitting:
        chosen = quote.fitting
    has_problems = form is not None and not is_look and not has_changed and bool(form.errors)
    if form is not None and has_problems:
        shown.take_errors_of(form)
    timetable = get_timetable(school_id=visit.school.pk)
    row = row_for_teacher(show_upcoming(lesson=quote.lesson, timetable=timetable, now=visit.now), school=visit.school)
    is_running = quote.fitting is Situation.DURING_THE_LESSON
    seen = find_seen(lesson=quote.lesson, now=visit.now) if is_running else None
    context: dict[str, Any] = {
        "form": shown,
        "has_problems": has_problems,
        "has_changed": has_changed,
        "lesson": row,
        "lesson_id": quote.lesson.pk,
        "has_student": quote.lesson.student is not None,
        "situations": list_situations(quote, chosen=chosen),
        "panels": list_panels(quote, school=visit.school),
        "asks_begun": is_running,
        "begun": typed.get("lesson_begun") or _begun(typed, seen),
        "not_begun": say_why_not_begun(
            attendance=seen, name=row.other_name, absent_from=_absent_from(quote.lesson, timetable), now=visit.now
        ),
        "takes_money": policy.takes_money,
        "is_note_open": bool(
            typed.get("note") or typed.get("reason") or (has_problems and shown.errors.keys() & {"note", "reason"})
        ),
    }
    status = 409 if has_changed else 422 if has_problems else 200
    return render(request, "teacher/report_emergency.html", context, status=status)


def _absent_from(lesson: Lesson, timetable: Timetable) -> datetime:
    return lesson.starts_at + timetable.waiting_at(lesson.starts_at).wait_for(lesson.length)


def _begun(typed: dict[str, str], seen: Attendance | None) -> str:
    """The answer that is marked: what the pressed button said, else what the lesson page saw."""
    claim = typed.get("claim")
    if claim:
        return "no" if claim == "1_not_begun" else "yes"
    return "no" if seen is not None and seen.has_begun is False else "yes"


def _typed(form: EmergencyForm | None) -> dict[str, str]:
    """What was typed and chosen, also where it was wrong."""
    if form is None:
        return {}
    typed = {name: str(form.data.get(name, "")).replace("\0", "") for name in form.fields}
    if "request_id" in form.errors:
        typed["request_id"] = ""
    return typed


def _refused(request: HttpRequest, visit: access.Visit, refusal: Refusal, *, reference: str = "") -> HttpResponseBase:
    """Nothing to report: say why, and which door is the right one."""
    sentence = words_of(refusal)
    return render(request, "teacher/nothing_to_report.html", {"sentence": sentence, "reference": reference}, status=409)
