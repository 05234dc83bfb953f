"""Bookings and moves that wait for the school's word."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.actions.approve_booking import approve_booking, decline_booking
from makegood.actions.approve_move import approve_move, decline_move
from makegood.actions.desk_lessons import which_are_left_to_others
from makegood.actions.reasons import LONGEST_REASON, ReasonMissing, ReasonUnreadable
from makegood.actions.series_steps import SeriesHasProblems
from makegood.actions.waiting_lessons import NothingToAnswer
from makegood.domain.ledger.credits import NotEnoughCredits
from makegood.domain.lessons.models import WaitsFor
from makegood.domain.lessons.move_requests import (
    MoveRequestEnded,
    MoveRequestNotFound,
    find_move_request,
    kept_of,
    list_waiting_for_school,
)
from makegood.domain.lessons.operations import LessonNotFound, LessonNotOpen
from makegood.domain.lessons.queries import find_lesson, list_waiting
from makegood.domain.lessons.series import group_by_series
from makegood.domain.people.models import Role
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal
from makegood.web import access
from makegood.web.desk.answers import find_undo_of_last
from makegood.web.desk.lesson_states import anchor_of
from makegood.web.parts.undoing import with_answered
from makegood.web.refusals import words_of
from makegood.wording import Reader, format_moment

# Of what is answered, the name in the address of the page that comes then.
_NAMES: Final = {"lesson_id": "answered", "move_request_id": "moved"}


class AnswerForm(forms.Form):
    """Yes or no; a no has its reason."""

    answer = forms.ChoiceField(
        choices=[("approve", _("Approve")), ("refuse", _("Refuse"))],
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose whether you approve or refuse it.")),
    )
    reason = forms.CharField(
        required=False,
        max_length=LONGEST_REASON,
        label=_("Reason"),
        error_messages={
            "max_length": _("The note is too long. Shorten it to %(limit_value)d characters."),
            "null_characters_not_allowed": _(
                "The reason contains a character that cannot be stored. Type it again instead of pasting it."
            ),
        },
    )
    request_id = forms.UUIDField(widget=forms.HiddenInput, label=_("Form"))


@access.members(Role.DESK)
def approvals(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """List them, the next lesson first; a series by its first lesson, a move by its new time."""
    return _show(request, visit)


@access.members(Role.DESK, methods=access.WRITE)
def answer(request: HttpRequest, visit: access.Visit, lesson_id: int) -> HttpResponseBase:
    """Approve or refuse one booking; what cannot be done is said beside it, and what was typed stays."""
    if find_lesson(school_id=visit.school.pk, lesson_id=lesson_id) is None:
        raise Http404
    about = {"lesson_id": lesson_id}
    return _answer(request, visit, about, lesson_id, approve=approve_booking, refuse=decline_booking)


@access.members(Role.DESK, methods=access.WRITE)
def answer_move(request: HttpRequest, visit: access.Visit, student_move_id: int) -> HttpResponseBase:
    """The same for a lesson that its student wants to move."""
    asked = find_move_request(school_id=visit.school.pk, move_request_id=student_move_id)
    if asked is None or asked.waits_for is not WaitsFor.SCHOOL:
        raise Http404
    about = {"move_request_id": student_move_id}
    return _answer(request, visit, about, asked.hold_id, approve=approve_move, refuse=decline_move)


def _answer(
    request: HttpRequest,
    visit: access.Visit,
    about: dict[str, int],
    shown_id: int,
    *,
    approve: Callable[..., object],
    refuse: Callable[..., object],
) -> HttpResponseBase:
    """Do it; `shown_id` is the lesson or the kept time beside which the page says what is wrong."""
    address = reverse("desk:approvals", kwargs={"school": visit.school.slug})
    form = AnswerForm(request.POST)
    if not form.is_valid():
        problem = str(next(iter(form.errors.values()))[0])
        return _show(request, visit, lesson_id=shown_id, problem=problem, status=422)
    values = {
        "school": visit.school,
        "actor": visit.membership,
        **about,
        "request_id": form.cleaned_data["request_id"],
        "door": Door.WEB,
        "now": visit.now,
    }
    try:
        if form.cleaned_data["answer"] == "approve":
            approve(**values)
            messages.success(request, gettext("Approved. Both sides are told."))
        else:
            refuse(**values, reason=form.cleaned_data["reason"])
            messages.success(request, gettext("Refused. The student is told, with your reason."))
    except NotEnoughCredits as refusal:
        words = gettext(
            "The student needs {needed} lesson credits for it and has {left}. Give some first, or refuse it."
        )
        return _show(request, visit, lesson_id=shown_id, problem=words.format(**refusal.values), status=409)
    except SeriesHasProblems as refusal:
        starts = [format_moment(one.starts_at, Reader.active()) for one in refusal.dates if one.refusal is not None]
        words = gettext(
            "The teacher takes no bookings at {starts}. Nothing was booked. Refuse all of these sessions and say which "
            "can be had."
        )
        problem = words.format(starts="; ".join(starts))
        return _show(request, visit, lesson_id=shown_id, problem=problem, status=409)
    except (ReasonMissing, ReasonUnreadable) as refusal:
        return _show(request, visit, lesson_id=shown_id, problem=words_of(refusal), status=422)
    except (NothingToAnswer, MoveRequestEnded, LessonNotOpen, LessonNotFound, MoveRequestNotFound) as refusal:
        # It stands in the list no more.
        messages.warning(request, words_of(refusal))
        return redirect(address)
    except Refusal as refusal:
        return _show(request, visit, lesson_id=shown_id, problem=words_of(refusal), status=409)
    return redirect(with_answered(address, **_to_undo(about)))


def _to_undo(about: Mapping[str, int]) -> dict[str, int]:
    """What was answered, as the page is told of it so that it can be undone there."""
    return {_NAMES[name]: value for name, value in about.items()}


def _show(
    request: HttpRequest, visit: access.Visit, *, lesson_id: int = 0, problem: str = "", status: int = 200
) -> HttpResponseBase:
    rows = [*_booking_rows(visit, lesson_id), *_move_rows(visit, lesson_id)]
    pairs = [(row["lesson"].teacher, row["lesson"].student) for row in rows]
    left = which_are_left_to_others(pairs=pairs, actor=visit.membership)
    for row, is_left_to_others in zip(rows, left, strict=True):
        row["is_left_to_others"] = is_left_to_others
        row["anchor"] = anchor_of(row["lesson"])
        row["request_id"] = uuid.uuid4()
        row["problem"] = problem if row["is_it"] else ""
        row["reason"] = request.POST.get("reason", "") if row["is_it"] else ""
    context = {
        "rows": sorted(rows, key=lambda row: row["lesson"].starts_at),
        "has_problems": bool(problem),
        "undo": find_undo_of_last(request, visit),
    }
    return render(request, "desk/approvals.html", context, status=status)


def _booking_rows(visit: access.Visit, lesson_id: int) -> Iterator[dict[str, Any]]:
    """What students want to book; `is_it`: the one of which something is said."""
    waiting = list_waiting(school_id=visit.school.pk, waits_for=WaitsFor.SCHOOL, now=visit.now)
    for together in group_by_series(waiting):
        lesson = together[0]
        yield {
            "lesson": lesson,
            "count": len(together),
            "url": reverse("desk:answer_booking", kwargs={"school": visit.school.slug, "lesson_id": lesson.pk}),
            "is_it": lesson_id in {one.pk for one in together},
        }


def _move_rows(visit: access.Visit, kept_id: int) -> Iterator[dict[str, Any]]:
    """What students want to move, each as the time that is kept for it."""
    for asked in list_waiting_for_school(school_id=visit.school.pk, now=visit.now):
        yield {
            "lesson": kept_of(asked),
            "count": 1,
            "former_starts_at": asked.from_starts_at,
            "url": reverse("desk:answer_move", kwargs={"school": visit.school.slug, "student_move_id": asked.pk}),
            "is_it": kept_id == asked.hold_id,
        }
