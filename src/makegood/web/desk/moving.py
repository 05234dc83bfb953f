"""The desk moves a session: who wants it, what that means, a free time, and how the student asked or agreed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
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
from makegood.actions.cancelling import ChangedSince
from makegood.actions.desk_lessons import OwnLesson
from makegood.actions.move_by_desk import MovedByDesk, Shown, move_by_desk
from makegood.actions.moving_steps import MovePriceChanged, MovingNoLongerFree
from makegood.actions.quote_move import quote_move_at_desk
from makegood.actions.reasons import ReasonMissing, ReasonUnreadable
from makegood.actions.undo_late_move import undo_late_move
from makegood.actions.undo_reschedule import undo_reschedule
from makegood.domain.incidents.asking import AskedWay
from makegood.domain.ledger.credits import NotEnoughCredits
from makegood.domain.lessons.models import Lesson, LessonMove
from makegood.domain.lessons.move_requests import MoveIsAsked
from makegood.domain.lessons.operations import LessonNotFound, LessonNotOpen
from makegood.domain.lessons.time_checks import TimeRefused
from makegood.domain.penalties.quotes import QuoteUnreadable
from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.requests import DifferentRequest
from makegood.refusal import Refusal
from makegood.reports.moving_page import (
    MovableLesson,
    MovingPage,
    find_movable,
    list_starts_to_move_to,
    make_moving_page,
)
from makegood.rules.facts import RequestedBy
from makegood.web import access
from makegood.web.desk.booking_fields import reason_field
from makegood.web.desk.cancelling import find_of_others
from makegood.web.desk.from_request import find_denied_move, find_request
from makegood.web.parts.cancelling import WAYS, shown_field, version_field, ways_field
from makegood.web.parts.change_forms import SentOnce
from makegood.web.parts.instants import START_FORMAT, StartField
from makegood.web.parts.price_of_moving import price_of_moving
from makegood.web.parts.times_by_day import list_days
from makegood.web.refusals import words_of
from makegood.wording import Reader, city_name

_SIDES: Final[dict[RequestedBy, Promise]] = {
    RequestedBy.STUDENT: _("The student"),
    RequestedBy.TEACHER: _("The teacher"),
    RequestedBy.COMPANY: _("The school"),
}
_HOW: Final[dict[RequestedBy, Promise]] = {
    RequestedBy.STUDENT: _("How did the student ask?"),
    RequestedBy.TEACHER: _("How did the student agree?"),
    RequestedBy.COMPANY: _("How did the student agree?"),
}
_OF_FORMER_TIME: Final = _(
    "The student objected to the move, and said nothing of another time than the former one. Choose how they agreed."
)
_WAYS: Final = (AskedWay.PHONE, AskedWay.EMAIL, AskedWay.CHAT, AskedWay.OTHER)
_AT_THE_FORM: Final = (
    TimeRefused,
    TeacherPaused,
    ReasonMissing,
    ReasonUnreadable,
    DifferentRequest,
    NotEnoughCredits,
    OwnLesson,
    QuoteUnreadable,
)


def side_field() -> forms.ChoiceField:
    """Who wants another time."""
    return shown_field(*(one.value for one in _SIDES))


class SideForm(forms.Form):
    """Who wants another time; the page is of one of them, the student where the address names nobody."""

    requested_by = side_field()


class WishedForm(forms.Form):
    """The time that somebody would like, as addresses name it; it is chosen already where it is free."""

    starts_at = StartField(required=False)


class MoveForm(SentOnce):
    """The new time, how the student asked or agreed, and why. The hidden fields are what the page showed."""

    requested_by = side_field()
    asked = ways_field(
        *_WAYS,
        label=_("How did the student ask?"),
        missing=_("Choose how the student said so. Without the student's word nothing moves."),
    )
    starts_at = StartField(
        widget=forms.RadioSelect,
        label=_("New time"),
        error_messages=dict.fromkeys(("required", "invalid"), _("Choose one of the times.")),
    )
    reason = reason_field(missing=_("Say why it moves. Both sides read it."))
    shown_as = shown_field("free", "used")
    shown_version = version_field()
    quote = forms.CharField(max_length=200, widget=forms.HiddenInput, required=False, label=_("Page"))

    denied: LessonMove | None = None

    def offer_objection(self, denied: LessonMove) -> None:
        """Offer, and choose where nothing else is, that the student said it by denying the move that is taken back."""
        field = self.fields["asked"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(way, WAYS[way]) for way in (AskedWay.OBJECTION, *_WAYS)]
        self.initial["asked"] = AskedWay.OBJECTION
        self.denied = denied

    def clean(self) -> None:
        """Whoever denied a move wants the former time back, and said nothing of any other one."""
        super().clean()
        starts_at = self.cleaned_data.get("starts_at")
        by_objection = self.cleaned_data.get("asked") == AskedWay.OBJECTION
        if by_objection and self.denied is not None and starts_at not in {None, self.denied.from_starts_at}:
            self.add_error("asked", _OF_FORMER_TIME)


@access.members(Role.DESK, methods=access.READ_AND_WRITE)
def move(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Show what moving means for whom wants it, with the free times, or move."""
    lesson = find_of_others(visit, lesson_id)
    if lesson.student is None:
        raise Http404
    chosen = SideForm(request.POST if request.method == "POST" else request.GET)
    side = RequestedBy(chosen.cleaned_data["requested_by"]) if chosen.is_valid() else RequestedBy.STUDENT
    if request.method != "POST":
        return _show(request, visit, lesson, side)
    form = MoveForm(request.POST)
    denied = find_denied_move(find_request(request, visit, lesson_id))
    if denied is not None:
        form.offer_objection(denied)
    if not form.is_valid():
        return _show(request, visit, lesson, side, form=form, status=422)
    try:
        moved = _move(visit, lesson, side, form)
    except LessonNotFound as missing:
        raise Http404 from missing
    except ChangedSince:
        lesson = find_of_others(visit, lesson_id)
        return _show(request, visit, lesson, side, form=form, is_another=True, status=409)
    except (MovingNoLongerFree, MovePriceChanged):
        return _show(request, visit, lesson, side, form=form, has_changed=True, status=409)
    except (LessonNotOpen, MoveIsAsked) as refusal:
        messages.warning(request, words_of(refusal))
        return redirect("desk:session", school=visit.school.slug, lesson_id=lesson_id)
    except _AT_THE_FORM as refusal:
        form.add_error(_field_of(refusal), words_of(refusal))
        return _show(request, visit, lesson, side, form=form, status=422)
    _say_what_was_done(request, moved)
    return redirect("desk:session", school=visit.school.slug, lesson_id=moved.lesson_id)


@access.members(Role.DESK, methods=access.WRITE)
def undo(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Take one's own move back."""
    try:
        undo_reschedule(school=visit.school, actor=visit.membership, lesson_id=lesson_id, door=Door.WEB, now=visit.now)
    except LessonNotFound as missing:
        raise Http404 from missing
    except Refusal as refusal:
        messages.warning(request, words_of(refusal))
    else:
        messages.success(request, gettext("The session is at its former time again. Both were told."))
    return redirect("desk:session", school=visit.school.slug, lesson_id=lesson_id)


@access.members(Role.DESK, methods=access.WRITE)
def undo_late(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Take one's own late move back, which used the former session and booked this one; the former one follows."""
    find_of_others(visit, lesson_id)
    form = SentOnce(request.POST)
    if not form.is_valid():
        messages.warning(request, form.problem)
        return redirect("desk:session", school=visit.school.slug, lesson_id=lesson_id)
    try:
        undone = undo_late_move(
            school=visit.school,
            actor=visit.membership,
            lesson_id=lesson_id,
            request_id=form.request_id,
            door=Door.WEB,
            now=visit.now,
        )
    except LessonNotFound as missing:
        raise Http404 from missing
    except Refusal as refusal:
        messages.warning(request, words_of(refusal))
        return redirect("desk:session", school=visit.school.slug, lesson_id=lesson_id)
    messages.success(request, gettext("The session is at its former time again. Both were told."))
    return redirect("desk:session", school=visit.school.slug, lesson_id=undone.lesson_id)


def _say_what_was_done(request: HttpRequest, moved: MovedByDesk) -> None:
    """Of a form that was sent before nothing: the session's page says where it stands, and it may be undone by now."""
    if moved.is_replay:
        return
    done = gettext("The session moved, and both were told.")
    if moved.is_used:
        done = gettext("The former session is used, and this one is booked. Both were told.")
    messages.success(request, done)


def _field_of(refusal: Refusal) -> str | None:
    """Beside which field it is said; None: above them all."""
    if isinstance(refusal, TimeRefused | TeacherPaused):
        return "starts_at"
    return "reason" if isinstance(refusal, ReasonMissing | ReasonUnreadable) else None


def _move(visit: access.Visit, lesson: Lesson, side: RequestedBy, form: MoveForm) -> MovedByDesk:
    values = form.cleaned_data
    return move_by_desk(
        school=visit.school,
        actor=visit.membership,
        lesson_id=lesson.pk,
        requested_by=side,
        starts_at=values["starts_at"],
        asked=values["asked"],
        reason=values["reason"],
        shown=Shown(as_free=values["shown_as"] == "free", quote_token=values["quote"], version=values["shown_version"]),
        request_id=form.request_id,
        door=Door.WEB,
        now=visit.now,
    )


def _show(
    request: HttpRequest,
    visit: access.Visit,
    lesson: Lesson,
    side: RequestedBy,
    *,
    form: MoveForm | None = None,
    has_changed: bool = False,
    is_another: bool = False,
    status: int = 200,
) -> HttpResponseBase:
    page: MovableLesson
    if side is RequestedBy.STUDENT:
        page = make_moving_page(school=visit.school, lesson=lesson, visitor=visit.membership, now=visit.now)
    else:
        page = find_movable(school=visit.school, lesson=lesson, now=visit.now)
    of_request = find_request(request, visit, lesson.pk)
    wished = WishedForm(request.GET)
    wished_at = wished.cleaned_data["starts_at"] if wished.is_valid() else None
    context: dict[str, Any] = {
        "lesson": lesson,
        "page": page,
        "of_request": of_request,
        "wished_at": wished_at,
        "wished": "" if wished_at is None else wished_at.strftime(START_FORMAT),
        "side": side.value,
        "sides": [(one.value, words, one is side) for one, words in _SIDES.items()],
        "has_changed": has_changed,
        "is_another": is_another,
        "has_problems": form is not None and bool(form.errors) and not has_changed and not is_another,
    }
    if page.can_choose:
        context |= _form(visit, lesson, side, page, form, wished_at)
        denied = find_denied_move(of_request)
        # Of another time than the former one the objection says nothing.
        if denied is not None and not context["is_wish_gone"]:
            context["form"].offer_objection(denied)
    return render(request, "desk/move_session.html", context, status=status)


def _form(
    visit: access.Visit,
    lesson: Lesson,
    side: RequestedBy,
    page: MovableLesson,
    form: MoveForm | None,
    wished_at: datetime | None,
) -> dict[str, Any]:
    """The form as it is shown, its times by day with the one that is wished for, and of a teacher's wish the price."""
    price: dict[str, Any] = {}
    token = ""
    if side is RequestedBy.TEACHER:
        quote = quote_move_at_desk(
            school=visit.school,
            actor=visit.membership,
            lesson_id=lesson.pk,
            teacher_id=lesson.teacher_id,
            now=visit.now,
        )
        price, token = price_of_moving(quote, is_own=False), quote.token
    shown = MoveForm.shown(sent=form)
    shown.initial.update(
        {
            "requested_by": side.value,
            "shown_as": "used" if isinstance(page, MovingPage) and not page.is_free else "free",
            "shown_version": lesson.version,
            "quote": token,
        }
    )
    shown.fields["asked"].label = str(_HOW[side])
    others = _list_others(visit, lesson)
    shown.fields["starts_at"].help_text = ", ".join([gettext("Your time first"), *(words for _zone, words in others)])
    starts = list_starts_to_move_to(school=visit.school, lesson=lesson, now=visit.now)
    # What was sent before says by itself which time was chosen.
    wanted = [at for at in starts if form is None and at == wished_at] or starts
    if len(wanted) == 1:
        shown.initial["starts_at"] = wanted[0].strftime(START_FORMAT)
    chosen = str(shown.initial.get("starts_at", ""))
    return {
        "form": shown,
        "is_wish_gone": form is None and wished_at is not None and wished_at not in starts,
        "days": list_days(starts, chosen=chosen, zone=ZoneInfo(visit.person.zone)),
        "other_zones": [zone for zone, _words in others],
        **price,
    }


def _list_others(visit: access.Visit, lesson: Lesson) -> Sequence[tuple[str, str]]:
    """The zones of the two people that are not the reader's, each with the words for whose time it is."""
    assert lesson.student is not None, "nothing moves without the student's word"
    reader = Reader.active()
    teacher, student = lesson.teacher.person.zone, lesson.student.person.zone
    found = [
        (teacher, gettext("then the teacher's, in {city}").format(city=city_name(ZoneInfo(teacher), reader))),
        (student, gettext("then the student's, in {city}").format(city=city_name(ZoneInfo(student), reader))),
    ]
    return [(zone, words) for zone, words in found if zone != visit.person.zone]
