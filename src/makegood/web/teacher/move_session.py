"""Ask to move: the price first, who wants it and why, and a free time; the student's agreement alone moves it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from makegood.actions.ask_to_move import PastTheMarkForTheStudent, ask_to_move
from makegood.actions.booking_steps import TeacherPaused
from makegood.actions.moving_steps import MovePriceChanged
from makegood.actions.quote_move import MoveQuote, quote_move
from makegood.actions.reasons import LONGEST_REASON, ReasonMissing
from makegood.actions.take_back_move import take_back_move
from makegood.domain.lessons.marks import is_in_time
from makegood.domain.lessons.models import Lesson, MoveRequest, Side, WaitsFor
from makegood.domain.lessons.move_requests import (
    MoveIsAsked,
    MoveRequestEnded,
    MoveRequestNotFound,
    find_move_request,
    find_open,
)
from makegood.domain.lessons.operations import LessonNotOpen
from makegood.domain.lessons.permissions import is_teacher_of
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.lessons.time_checks import TimeRefused
from makegood.domain.penalties.quotes import QuoteUnreadable, find_prices_of_moving
from makegood.domain.people.models import Role
from makegood.domain.policies.queries import get_timetable
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.requests import DifferentRequest
from makegood.quantities import Interval
from makegood.reports.moving_page import list_starts_to_move_to
from makegood.reports.upcoming import show_upcoming
from makegood.rules.sentences import Sentence
from makegood.web import access
from makegood.web.parts.banners import TAKES_NO_BOOKINGS
from makegood.web.parts.change_forms import INCOMPLETE, TakeBackForm
from makegood.web.parts.instants import START_FORMAT, StartField
from makegood.web.parts.lesson_rows import row_for_teacher
from makegood.web.parts.price_of_moving import price_of_moving
from makegood.web.parts.shown_again import ShownAgain
from makegood.web.parts.times_by_day import list_days
from makegood.web.refusals import words_of
from makegood.web.teacher.asked_price import say_price
from makegood.wording import Reader, city_name

_AT_THE_FORM: Final = (TimeRefused, TeacherPaused, ReasonMissing, PastTheMarkForTheStudent, QuoteUnreadable)

_SIDES: Final = (
    (Side.STUDENT.value, _("My student asked me")),
    (Side.TEACHER.value, _("I ask for it")),
)


class AskForm(ShownAgain):
    """Who wants another time, which one, and why."""

    says_side = forms.ChoiceField(
        choices=_SIDES,
        widget=forms.RadioSelect,
        label=_("Who wants another time?"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose who wants another time.")),
    )
    starts_at = StartField(
        widget=forms.RadioSelect,
        label=_("New time"),
        error_messages=dict.fromkeys(("required", "invalid"), _("Choose one of the times.")),
    )
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        label=_("Reason"),
        help_text=_("Your student reads it."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": _("Say why. Your student reads it."),
            "max_length": _("The reason is too long. Shorten it to %(limit_value)d characters."),
            "null_characters_not_allowed": _(
                "The reason contains a character that cannot be stored. Type it again instead of pasting it."
            ),
        },
    )
    quote = forms.CharField(
        max_length=200,
        widget=forms.HiddenInput,
        label=_("Page"),
        error_messages=dict.fromkeys(
            ("required", "max_length", "null_characters_not_allowed"),
            INCOMPLETE,
        ),
    )

    def offer(self, *, sides: Sequence[tuple[str, Any]], city: str) -> None:
        """Show these sides; the times, which the page lists by day, have the student's clock in `city` beside them."""
        says_side = self.fields["says_side"]
        assert isinstance(says_side, forms.ChoiceField)
        says_side.choices = list(sides)
        beside = gettext("Your time first, then your student's, in {city}.").format(city=city)
        self.fields["starts_at"].help_text = beside


@access.members(Role.TEACHER, methods=access.READ_AND_WRITE)
def ask(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Show the price and the free times, or what is asked already; ask."""
    lesson = _own(visit, lesson_id)
    if request.method != "POST":
        return _show(request, visit, lesson)
    form = AskForm(request.POST)
    if not form.is_valid():
        return _show(request, visit, lesson, form=form)
    values = form.cleaned_data
    try:
        ask_to_move(
            school=visit.school,
            actor=visit.membership,
            lesson_id=lesson_id,
            starts_at=values["starts_at"],
            says_side=Side(values["says_side"]),
            reason=values["reason"],
            quote_token=values["quote"],
            door=Door.WEB,
            now=visit.now,
        )
    except MovePriceChanged:
        return _show(request, visit, lesson, form=form, has_changed=True)
    except (LessonNotOpen, MoveIsAsked, DifferentRequest) as refusal:
        messages.warning(request, words_of(refusal))
        return _show(request, visit, lesson, status=409)
    except _AT_THE_FORM as refusal:
        field = "starts_at" if isinstance(refusal, TimeRefused | TeacherPaused) else None
        field = "says_side" if isinstance(refusal, PastTheMarkForTheStudent) else field
        form.add_error(field, str(TAKES_NO_BOOKINGS) if isinstance(refusal, TeacherPaused) else words_of(refusal))
        return _show(request, visit, lesson, form=form)
    messages.success(request, gettext("Your student was asked. The session stays where it is until they agree."))
    return redirect("teacher:move_session", school=visit.school.slug, lesson_id=lesson_id)


@access.members(Role.TEACHER, methods=access.WRITE)
def take_back(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Ask no longer for what the page showed, which may be another time than the one that is asked for now."""
    _own(visit, lesson_id)
    form = TakeBackForm(request.POST)
    if not form.is_valid():
        messages.warning(request, form.problem)
        return redirect("teacher:move_session", school=visit.school.slug, lesson_id=lesson_id)
    asked = find_move_request(school_id=visit.school.pk, move_request_id=form.cleaned_data["shown"])
    if asked is None or asked.lesson_id != lesson_id:
        raise Http404
    try:
        take_back_move(
            school=visit.school, actor=visit.membership, move_request_id=asked.pk, door=Door.WEB, now=visit.now
        )
    except MoveRequestNotFound as missing:
        raise Http404 from missing
    except MoveRequestEnded as refusal:
        messages.warning(request, words_of(refusal))
    else:
        messages.success(request, gettext("You no longer ask for another time. Your student was told."))
    return redirect("teacher:move_session", school=visit.school.slug, lesson_id=lesson_id)


def _own(visit: access.Visit, lesson_id: int) -> Lesson:
    # That they still teach is known of the visit, and whatever is asked of the lesson looks again.
    lesson = find_lesson(school_id=visit.school.pk, lesson_id=lesson_id)
    if lesson is None or lesson.keeps_time_for_id is not None or lesson.student_id is None:
        raise Http404
    if not is_teacher_of(membership_id=visit.membership.pk, lesson=lesson):
        raise Http404
    return lesson


def _show(
    request: HttpRequest,
    visit: access.Visit,
    lesson: Lesson,
    *,
    form: AskForm | None = None,
    has_changed: bool = False,
    status: int = 200,
) -> HttpResponseBase:
    asked = find_open(school_id=visit.school.pk, lesson_id=lesson.pk, now=visit.now)
    if asked is not None and asked.waits_for is WaitsFor.SCHOOL:
        # What the student asks the school is theirs; asking for something else is refused while it waits.
        asked = None
    has_problems = form is not None and bool(form.errors) and not has_changed
    context: dict[str, Any] = {
        "lesson_id": lesson.pk,
        "asked": asked,
        "price_asked": _find_asked_price(asked),
        "says_student": asked is not None and asked.says_side == Side.STUDENT,
        "new_time": Interval(asked.to_starts_at, asked.to_ends_at) if asked else None,
        "has_problems": has_problems,
        "has_changed": has_changed,
        "is_open": False,
    }
    quote = _find_price(visit, lesson) if asked is None else None
    if quote is not None:
        context |= _price(quote) | _form(visit, lesson, quote, form, show_errors=has_problems)
    timetable = quote.timetable if quote is not None else get_timetable(school_id=visit.school.pk)
    upcoming = show_upcoming(lesson=lesson, timetable=timetable, now=visit.now)
    context["lesson"] = row_for_teacher(upcoming, school=visit.school)
    status = 422 if has_problems else 409 if has_changed else status
    return render(request, "teacher/move_session.html", context, status=status)


def _find_asked_price(asked: MoveRequest | None) -> Sentence | None:
    """What the teacher saw that it costs; the request goes by the id of that quote."""
    if asked is None:
        return None
    prices = find_prices_of_moving(school_id=asked.school_id, quote_ids=[asked.request_id])
    return say_price(prices.get(asked.request_id), says_side=Side(asked.says_side))


def _find_price(visit: access.Visit, lesson: Lesson) -> MoveQuote | None:
    """What moving would cost; None for a lesson that does not move any more."""
    try:
        return quote_move(school=visit.school, actor=visit.membership, lesson_id=lesson.pk, now=visit.now)
    except LessonNotOpen:
        return None


def _form(
    visit: access.Visit, lesson: Lesson, quote: MoveQuote, form: AskForm | None, *, show_errors: bool
) -> dict[str, Any]:
    typed: dict[str, object] = {}
    if form is not None:
        typed = {name: str(form.data.get(name, "")).replace("\0", "") for name in ("says_side", "starts_at", "reason")}
    times = list_starts_to_move_to(school=visit.school, lesson=lesson, now=visit.now)
    mark_minutes = quote.version.policy.reporting.mark_minutes
    is_before_mark = is_in_time(starts_at=lesson.starts_at, minutes=mark_minutes, now=visit.now)
    # The action refuses it, too: after the mark the student moves it on their own page.
    sides = _SIDES if is_before_mark else _SIDES[1:]
    # Where there is one choice, it is made.
    if len(sides) == 1:
        typed["says_side"] = sides[0][0]
    if len(times) == 1:
        typed["starts_at"] = times[0].strftime(START_FORMAT)
    shown = AskForm(initial={**typed, "quote": quote.token})
    shown.offer(sides=sides, city=_city_of_student(lesson))
    if show_errors and form is not None:
        shown.take_errors_of(form)
    days = list_days(times, chosen=str(typed.get("starts_at", "")), zone=ZoneInfo(visit.person.zone))
    return {
        "form": shown,
        "is_open": True,
        "days": days,
        "other_zones": [_zone_of_student(lesson).key],
        "is_before_mark": is_before_mark,
    }


def _zone_of_student(lesson: Lesson) -> ZoneInfo:
    assert lesson.student is not None, "somebody is asked"
    return ZoneInfo(lesson.student.person.zone)


def _city_of_student(lesson: Lesson) -> str:
    return city_name(_zone_of_student(lesson), Reader.active())


def _price(quote: MoveQuote) -> dict[str, Any]:
    """What the page says it costs, unless the student confirms having asked."""
    penalty = quote.priced.penalty
    submit = Sentence(gettext_noop("Ask my student"))
    if penalty:
        submit = Sentence(gettext_noop("Ask my student, penalty {amount} if they agree"), {"amount": penalty})
    return {**price_of_moving(quote, is_own=True), "submit": submit}
