"""The page of one lesson for its teacher and for its student: join, start, finish, tell, and what became of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from makegood.actions.claim_absence import claim_absence
from makegood.actions.finish_lesson import finish_lesson
from makegood.actions.join_lesson import join_lesson
from makegood.actions.leave_lesson import leave_lesson
from makegood.actions.report_problem import report_problem
from makegood.actions.start_lesson import start_lesson
from makegood.actions.stay_in_lesson import stay_in_lesson
from makegood.domain.incidents.objections import make_token
from makegood.domain.incidents.operations import LessonIsOver
from makegood.domain.lessons import move_objections
from makegood.domain.lessons.claiming import NOTE_LENGTH
from makegood.domain.lessons.judging import Finding
from makegood.domain.lessons.models import LessonClaim, LessonStatus, Side
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.lessons.statuses import OPEN
from makegood.domain.people.models import Membership
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from makegood.quantities import Interval
from makegood.refusal import Refusal
from makegood.reports.lesson_page import LessonPage, make_lesson_page
from makegood.reports.student_lessons import free_time_of
from makegood.reports.upcoming import Button
from makegood.rules.facts import Kind, RequestedBy
from makegood.rules.sentences import Sentence
from makegood.web import access
from makegood.web.parts import components as c
from makegood.web.parts import told_to_student
from makegood.web.parts.addresses import lesson_address
from makegood.web.parts.foreseen_words import say_coming, say_seen
from makegood.web.parts.lesson_names import show_kind
from makegood.web.parts.moments import make_moment
from makegood.web.parts.not_begun import say_trouble
from makegood.web.parts.series import find_series
from makegood.web.parts.shown_again import ShownAgain
from makegood.web.parts.words import happened_words
from makegood.web.refusals import words_of

JOIN, START, FINISH, LEAVE, PROBLEM, LATE, ABSENT = "join", "start", "finish", "leave", "problem", "late", "absent"
# The job that records looks every minute.
_JOB_TAKES: Final = timedelta(minutes=2)
_INCOMPLETE: Final = _("The page arrived incomplete, so nothing was recorded. Press the button again.")
_DONE: Final = {
    JOIN: _("You are in the lesson. Open the video room now."),
    START: _("The session is under way."),
    LEAVE: _("You have left. You can join again while it is open."),
    PROBLEM: _("We received it. The scheduling desk and tech support were told."),
    LATE: _("We noted it."),
    ABSENT: _("We noted it. The scheduling desk looks at it."),
}


class LessonForm(ShownAgain):
    """A button of the page, and the words that go with some."""

    do = forms.ChoiceField(
        choices=[(name, name) for name in (JOIN, START, FINISH, LEAVE, PROBLEM, LATE, ABSENT)],
        widget=forms.HiddenInput,
        label=_("Button"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _INCOMPLETE),
    )
    note = forms.CharField(
        required=False,
        max_length=NOTE_LENGTH,
        label=_("What is wrong?"),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "max_length": _("The note is too long. Shorten it to %(limit_value)d characters."),
            "null_characters_not_allowed": _(
                "The note contains a character that cannot be stored. Type it again instead of pasting it."
            ),
        },
    )
    request_id = forms.UUIDField(
        widget=forms.HiddenInput,
        label=_("Page"),
        error_messages=dict.fromkeys(("required", "invalid"), _INCOMPLETE),
    )


def answer(request: HttpRequest, visit: access.Visit, *, lesson_id: int, side: Side, template: str) -> HttpResponseBase:
    """Show the page of the visitor's own lesson on this side, or do what its button says."""
    page = make_lesson_page(school=visit.school, member=visit.membership, lesson_id=lesson_id, now=visit.now)
    if page is None or page.side is not side:
        raise Http404
    if request.method != "POST":
        return render(request, template, _context(page, visit, None))
    form = LessonForm(request.POST)
    if not form.is_valid():
        return render(request, template, _context(page, visit, form), status=422)
    try:
        told = _do(form, visit, page)
    except LessonNotFound as missing:
        raise Http404 from missing
    except (Refusal, LessonIsOver) as refusal:
        form.add_error("note" if form.cleaned_data["do"] == PROBLEM else None, words_of(refusal))
        return render(request, template, _context(page, visit, form), status=409)
    messages.success(request, told)
    if form.cleaned_data["do"] == PROBLEM and side is Side.TEACHER and not page.is_over and page.incident is None:
        # The report of an emergency is the teacher's own; the page chooses situation 1 by the time.
        return redirect("teacher:report_emergency", school=visit.school.slug, lesson_id=lesson_id)
    return redirect(request.path)


def here(visit: access.Visit, *, lesson_id: int) -> HttpResponse:
    """A sign of life of the page's script. 204; 410 says that it may stop."""
    try:
        is_known = stay_in_lesson(
            school=visit.school, actor=visit.membership, lesson_id=lesson_id, door=Door.WEB, now=visit.now
        )
    except LessonNotFound as missing:
        raise Http404 from missing
    except Refusal:
        is_known = False
    return HttpResponse(status=204 if is_known else 410)


def _do(form: LessonForm, visit: access.Visit, page: LessonPage) -> str:
    """Do what the button says; the sentence that confirms it."""
    what, note, lesson_id = form.cleaned_data["do"], form.cleaned_data["note"], page.lesson.pk
    who = {"school": visit.school, "actor": visit.membership, "lesson_id": lesson_id}
    simple: dict[str, Callable[..., object]] = {JOIN: join_lesson, START: start_lesson, LEAVE: leave_lesson}
    if what in simple:
        simple[what](**who, door=Door.WEB, now=visit.now)
    elif what == FINISH:
        finished = finish_lesson(
            school=visit.school, actor=visit.membership, lesson_id=lesson_id, door=Door.WEB, now=visit.now
        )
        if not finished.is_recorded and finished.finding is Finding.STUDENT_ABSENT:
            return gettext("You finished. Your student was not seen here, and the scheduling desk is told.")
        if not finished.is_recorded and page.attendance.has_begun is False:
            return gettext("You finished. You and your student were not seen here together; see below what follows.")
        if not finished.is_recorded:
            return gettext("You finished early. If something stopped you, report it before the scheduled end.")
        return gettext("The session is finished and recorded.")
    elif what == PROBLEM:
        request_id: uuid.UUID = form.cleaned_data["request_id"]
        report_problem(
            school=visit.school,
            actor=visit.membership,
            lesson_id=lesson_id,
            note=note,
            request_id=request_id,
            door=Door.WEB,
            now=visit.now,
        )
    else:
        claim_absence(
            school=visit.school,
            actor=visit.membership,
            lesson_id=lesson_id,
            kind=LessonClaim.Kind.OTHER_LATE if what == LATE else LessonClaim.Kind.OTHER_ABSENT,
            note=note,
            request_id=form.cleaned_data["request_id"],
            door=Door.WEB,
            now=visit.now,
        )
    # The page itself then says whom to ask for the room.
    return gettext("You are in the lesson.") if what == JOIN and not page.video_link else str(_DONE[what])


def _context(page: LessonPage, visit: access.Visit, sent: LessonForm | None) -> dict[str, Any]:
    lesson, is_teacher = page.lesson, page.side is Side.TEACHER
    other = lesson.student if is_teacher else lesson.teacher
    can_change = visit.now < lesson.starts_at and lesson.status == LessonStatus.BOOKED and other is not None
    form = LessonForm(initial={"request_id": str(uuid.uuid4()), "note": sent.data.get("note", "") if sent else ""})
    if sent is not None:
        form.take_errors_of(sent)
    return {
        "form": form,
        "has_problems": sent is not None,
        "page": page,
        "is_teacher": is_teacher,
        "other_name": other.display_name if other is not None else lesson.title,
        "lesson": c.LessonRow(
            interval=Interval(lesson.starts_at, lesson.ends_at),
            other_name=other.display_name if other is not None else "",
            other_zone=other.person.zone if other is not None else visit.school.zone,
            other_role="student" if is_teacher else "teacher",
            about=show_kind(lesson.title),
            join_url=page.video_link,
        ),
        "series": find_series(lesson, page.series, address=partial(_address_of, page.side, visit.school.slug)),
        "has_begun": visit.now >= lesson.starts_at,
        "can_change": can_change,
        "free": free_time_of(school=visit.school, starts_at=lesson.starts_at, now=visit.now)
        if can_change and not is_teacher
        else None,
        "can_cancel": page.upcoming is not None and page.upcoming.button is Button.CANCEL_FOR_STUDENT,
        "can_give_up": not is_teacher
        and lesson.status == LessonStatus.BOOKED
        and lesson.starts_at <= visit.now < lesson.ends_at,
        "is_under_way": lesson.status == LessonStatus.IN_PROGRESS,
        "is_finished": page.attendance.finished_at is not None,
        "here": _here(page, is_teacher=is_teacher),
        "happened": _happened(page),
        "object_url": reverse("not_asked", kwargs={"token": make_token(page.incident)})
        if page.incident is not None and page.objection == "open"
        else "",
        **_denial_of_move(page),
        **_foreseen(page),
        "moments": _moments(page, visit, other),
        "trouble": say_trouble(
            page=page,
            name=other.display_name if other is not None else "",
            has_said_absent=LessonClaim.Kind.OTHER_ABSENT in page.own_claims,
            now=visit.now,
        ),
        "claims_absent": LessonClaim.Kind.OTHER_ABSENT in page.own_claims,
        "claims_late": LessonClaim.Kind.OTHER_LATE in page.own_claims,
        "has_told": LessonClaim.Kind.PROBLEM in page.own_claims,
        "can_claim_late": page.can_claim and page.late_from <= visit.now < lesson.ends_at,
        "can_claim_absent": page.can_claim and visit.now >= page.absent_from,
        "is_waiting_for_people": page.is_over and lesson.status in OPEN,
        "is_for_desk": page.is_over and visit.now >= page.confirm_until + _JOB_TAKES,
    }


def _denial_of_move(page: LessonPage) -> dict[str, Any]:
    """Where the student says that they did not ask for what the desk moved, or did not agree."""
    if page.moved is None:
        return {}
    return {
        "move_url": reverse("not_agreed", kwargs={"token": move_objections.make_token(page.moved)}),
        "asked_to_move": page.moved.requested_by == RequestedBy.STUDENT,
    }


def _address_of(side: Side, school: str, lesson_id: int) -> str:
    name = "teacher:session" if side is Side.TEACHER else "student:lesson"
    return lesson_address(name, school=school, lesson_id=lesson_id)


def _foreseen(page: LessonPage) -> dict[str, Any]:
    """For the teacher, what was seen and what will be recorded; `can_be_reported` before the scheduled end."""
    if page.foreseen is None:
        return {}
    is_said = page.foreseen.reported_at is not None
    has_told = LessonClaim.Kind.PROBLEM in page.own_claims
    can_report = page.foreseen.has_met and not (page.foreseen.is_over or is_said or has_told)
    return {
        "seen": say_seen(page.foreseen),
        "coming": say_coming(page.foreseen, offers_report=is_said or not has_told),
        "can_be_reported": can_report,
    }


def _here(page: LessonPage, *, is_teacher: bool) -> list[c.KeyValue]:
    """Who is here, since when, and how long was taught."""
    you = Sentence(gettext_noop("You"))
    other = page.lesson.student if is_teacher else page.lesson.teacher
    lines = [c.KeyValue(you, _presence(page, page.side, is_here=page.is_here))]
    if other is not None:
        side = Side.STUDENT if is_teacher else Side.TEACHER
        lines.append(c.KeyValue(other.display_name, _presence(page, side, is_here=page.is_other_here)))
    taught = gettext_noop("Minutes taught") if page.is_over else gettext_noop("Minutes taught so far")
    lines.append(c.KeyValue(Sentence(taught), page.attendance.taught_minutes))
    return lines


def _presence(page: LessonPage, side: Side, *, is_here: bool) -> Sentence:
    first, last = page.attendance.first_at(side), page.attendance.last_at(side)
    if first is None or last is None:
        return Sentence(gettext_noop("Not here so far")) if not page.is_over else Sentence(gettext_noop("Was not seen"))
    if is_here and not page.is_over:
        return Sentence(gettext_noop("Here since {since}"), {"since": first})
    return Sentence(gettext_noop("Came {since}, last seen {until}"), {"since": first, "until": last})


def _moments(page: LessonPage, visit: access.Visit, other: Membership | None) -> list[c.Moment]:
    """What happened so far; a student is "you", and what the visitor said is told to them as their own words."""
    usual: Mapping[EventKind, str] = {}
    denied: Collection[int] = ()
    if page.side is Side.STUDENT:
        usual, denied = told_to_student.SENTENCES, told_to_student.find_denied(page.events)
    disputed = {**usual, **told_to_student.DENIED}
    return [
        _own_words(
            make_moment(event, for_both_sides=True, words=disputed if event.pk in denied else usual),
            event=event,
            page=page,
            visit=visit,
            other=other,
        )
        for event in page.events
    ]


def _own_words(
    moment: c.Moment, *, event: Event, page: LessonPage, visit: access.Visit, other: Membership | None
) -> c.Moment:
    """The entry, or what the visitor said as their own words."""
    is_own = event.actor_id == visit.membership.person_id
    if is_own and event.kind == EventKind.PROBLEM_REPORTED:
        return replace(moment, title=Sentence(gettext_noop("You reported a problem.")), by="")
    if event.kind != EventKind.ABSENCE_CLAIMED or other is None:
        return moment
    if is_own and page.own_claims.get(LessonClaim.Kind.OTHER_LATE) == event.at:
        text = gettext_noop("You said that {name} was late.")
    elif is_own and page.own_claims.get(LessonClaim.Kind.OTHER_ABSENT) == event.at:
        text = gettext_noop("You said that {name} did not come.")
    elif is_own:
        text = gettext_noop("You said that {name} was not there or late.")
    elif event.actor_id == other.person_id:
        text = gettext_noop("{name} said that you were not there or late.")
    else:
        return moment
    return replace(moment, title=Sentence(text, {"name": other.display_name}), by="")


def _happened(page: LessonPage) -> str:
    """What is on record, in words."""
    if page.incident is not None:
        kind, requested_by = Kind(page.incident.kind), RequestedBy(page.incident.requested_by)
        if page.side is Side.TEACHER:
            return happened_words(kind, requested_by, is_used=page.is_used)
        is_disputed = page.objection == "said" and told_to_student.is_disputed(page.events)
        return told_to_student.what_happened(kind, requested_by, is_used=page.is_used, is_disputed=is_disputed)
    if page.lesson.status == LessonStatus.TAUGHT:
        return gettext("Taught")
    return ""
