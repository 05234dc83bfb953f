"""Proposing a time to a student, seeing what became of it, and taking it back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.booking_steps import TeacherPaused
from makegood.actions.let_go import let_go
from makegood.actions.propose_lesson import propose_lesson
from makegood.actions.propose_series import preview_proposed_series, propose_series
from makegood.actions.series_steps import SeriesWish
from makegood.actions.waiting_lessons import NothingToAnswer
from makegood.domain.lessons import offering
from makegood.domain.lessons.queries import find_lesson, find_student_of
from makegood.domain.people.models import Membership, Role
from makegood.domain.timeline.doors import Door
from makegood.quantities import Interval
from makegood.refusal import Refusal
from makegood.reports.proposals import Proposal, ProposalState
from makegood.web import access
from makegood.web.parts.banners import TAKES_NO_BOOKINGS, tell_closed
from makegood.web.parts.booking_form import BookingForm
from makegood.web.parts.change_forms import NoteField, SentOnce
from makegood.web.parts.instants import START_FORMAT
from makegood.web.parts.parts_of_day import is_night
from makegood.web.parts.weekly import FOR_TEACHER, WeeklyForm, WeeklyPage, what_was_typed
from makegood.web.refusals import words_of

_WORDS: Final[Mapping[ProposalState, Promise]] = {
    ProposalState.WAITING: _("Waits for the student"),
    ProposalState.ACCEPTED: _("Accepted"),
    ProposalState.WAITS_FOR_SCHOOL: _("Accepted, waits for the school"),
    ProposalState.DECLINED: _("Declined"),
    ProposalState.TAKEN_BACK: _("You took it back"),
    ProposalState.LAPSED: _("No answer in time"),
    ProposalState.UNDONE: _("Booked, then undone"),
}


class ProposalForm(BookingForm):
    """A time, and a few words about it."""

    note = forms.CharField(
        required=False,
        max_length=500,
        label=_("Your note"),
        help_text=_("Your student reads it."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "max_length": _("The note is too long. Shorten it to %(limit_value)d characters."),
            "null_characters_not_allowed": _(
                "The note contains a character that cannot be stored. Type it again instead of pasting it."
            ),
        },
    )
    # The start that was shown on the student's clock, too.
    seen = forms.CharField(required=False, widget=forms.HiddenInput, label=_("Page"))

    def has_to_see(self, starts_at: datetime, zone: str) -> bool:
        """Whether the teacher first looks at what time it is for the student: asked to, or as it is night there."""
        if "look" in self.data:
            return True
        return is_night(starts_at, ZoneInfo(zone)) and self.cleaned_data["seen"] != starts_at.strftime(START_FORMAT)

    def see(self, starts_at: datetime) -> Interval:
        """The lesson of the valid form; shown again, it says that this was seen."""
        self.data = {name: self.data[name] for name in self.data} | {"seen": starts_at.strftime(START_FORMAT)}
        return Interval(starts_at, starts_at + timedelta(minutes=self.kind_asked()["minutes"]))


@access.members(Role.TEACHER, methods=access.READ_AND_WRITE)
def propose(request: HttpRequest, visit: access.Visit, student_id: int) -> HttpResponseBase:
    """Ask for a time; keep it until the student answers."""
    student = own_student(visit, student_id)
    offers = [one for one in offering.list_offers(school_id=visit.school.pk) if not one.is_first]
    form = ProposalForm(request.POST if request.method == "POST" else None, offers=offers)
    nearest: Sequence[tuple[datetime, datetime]] = []
    there = None
    if form.is_bound and form.is_valid():
        try:
            asked = form.asked(visit.person.zone)
            if form.has_to_see(asked["starts_at"], student.person.zone):
                there = form.see(asked["starts_at"])
            else:
                return _send(request, visit, student, note=form.cleaned_data["note"], asked=asked)
        except TeacherPaused:
            form.add_error("at", str(TAKES_NO_BOOKINGS))
        except Refusal as refusal:
            nearest = form.refuse(refusal)
    context = {
        "form": form,
        "student": student,
        "nearest": nearest,
        "there": there,
        "is_night": there is not None and is_night(there.start, ZoneInfo(student.person.zone)),
        **_closed(visit, is_typed=form.is_bound),
    }
    return render(request, "teacher/propose.html", context, status=422 if form.errors else 200)


def _send(
    request: HttpRequest, visit: access.Visit, student: Membership, *, note: str, asked: Mapping[str, Any]
) -> HttpResponseBase:
    propose_lesson(
        school=visit.school,
        actor=visit.membership,
        student_id=student.pk,
        note=note,
        door=Door.WEB,
        now=visit.now,
        **asked,
    )
    messages.success(request, gettext("The time is kept, and your student is asked."))
    return redirect("teacher:student_lessons", school=visit.school.slug, student_id=student.pk)


class TellForm(SentOnce):
    """A few words beside the weeks that are proposed."""

    note = NoteField(help_text=_("Your student reads it."))


@access.members(Role.TEACHER, methods=access.READ_AND_WRITE)
def propose_weekly(request: HttpRequest, visit: access.Visit, student_id: int) -> HttpResponseBase:
    """Ask for weekly times; keep them until the student answers all of them together."""
    student = own_student(visit, student_id)
    offers = [one for one in offering.list_offers(school_id=visit.school.pk) if not one.is_first]
    who: dict[str, Any] = {
        "school": visit.school,
        "actor": visit.membership,
        "student_id": student.pk,
        "door": Door.WEB,
        "now": visit.now,
    }

    def send(wish: SeriesWish, sent: SentOnce) -> HttpResponseBase:
        propose_series(**who, wish=wish, note=sent.cleaned_data["note"], request_id=sent.request_id)
        messages.success(request, gettext("The times are kept, and your student is asked."))
        return redirect("teacher:student_lessons", school=visit.school.slug, student_id=student.pk)

    typed = what_was_typed(request)
    page = WeeklyPage(
        template="teacher/propose_weekly.html",
        form=WeeklyForm(typed, offers=offers),
        sent_class=TellForm,
        student=student,
        words=FOR_TEACHER,
        preview=lambda wish: preview_proposed_series(**who, wish=wish),
        send=send,
        # Of weeks that are listed, each says it.
        always=_closed(visit, is_typed=False) if typed is None else {"is_open": True},
    )
    return page.answer(request, visit)


@access.members(Role.TEACHER, methods=access.WRITE)
def take_back(request: HttpRequest, visit: access.Visit, student_id: int, lesson_id: int) -> HttpResponseBase:
    """Let the proposed time go; a second tap changes nothing."""
    lesson = find_lesson(school_id=visit.school.pk, lesson_id=lesson_id)
    if lesson is None or (lesson.teacher_id, lesson.student_id) != (visit.membership.pk, student_id):
        raise Http404
    back = redirect("teacher:student_lessons", school=visit.school.slug, student_id=student_id)
    form = SentOnce(request.POST)
    if not form.is_valid():
        messages.warning(request, form.problem)
        return back
    try:
        let_go(
            school=visit.school,
            actor=visit.membership,
            lesson_id=lesson_id,
            request_id=form.request_id,
            door=Door.WEB,
            now=visit.now,
        )
    except NothingToAnswer as refusal:
        messages.warning(request, words_of(refusal))
    else:
        messages.success(request, gettext("The proposal is taken back. The time is free again."))
    return back


def own_student(visit: access.Visit, student_id: int) -> Membership:
    """The student, who has, had or will have a lesson with this teacher. Raises Http404 for anybody else."""
    found = find_student_of(school_id=visit.school.pk, teacher_id=visit.membership.pk, student_id=student_id)
    if found is None:
        raise Http404
    return found


def _closed(visit: access.Visit, *, is_typed: bool) -> Mapping[str, Any]:
    """What keeps the teacher from being booked, before the form; no form where nothing can be asked for."""
    told = tell_closed(teacher=visit.membership, now=visit.now)
    return {**told, "is_open": is_typed or not told["banners"] or told["closed_until"] is not None}


def rows_of(proposals: Sequence[Proposal]) -> Sequence[tuple[Proposal, Promise, bool, uuid.UUID]]:
    """Each proposal in words, whether it can be taken back, and the id for that."""
    return [(one, _WORDS[one.state], one.state is ProposalState.WAITING, uuid.uuid4()) for one in proposals]
