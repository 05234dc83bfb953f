"""The student's lessons, what waits for an answer, and the newest messages."""

from __future__ import annotations

import uuid
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import accumulate, groupby
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from makegood.domain.lessons.models import Lesson, LessonStatus, MoveRequest
from makegood.domain.lessons.move_requests import kept_of
from makegood.domain.notifications.kinds import Side
from makegood.domain.people.models import Role
from makegood.reports.student_lessons import OwnLesson, PastLesson, make_student_lessons
from makegood.rules.facts import RequestedBy
from makegood.rules.sentences import Sentence, Value
from makegood.web import access
from makegood.web.parts.addresses import lesson_address
from makegood.web.parts.components import Attention, LessonDay, LessonRow, Link
from makegood.web.parts.lesson_names import show_kind
from makegood.web.parts.lesson_rows import Doors, row_for_student
from makegood.web.parts.message_list import first_messages
from makegood.wording import Reader, format_moment

# Lessons below the next one, and past ones: so many are open at once.
MOST_OPEN: Final = 4
PAST_OPEN: Final = 5
_RESULTS: Final = {
    LessonStatus.TAUGHT: _("Taught"),
    LessonStatus.MISSED: _("It did not take place"),
    LessonStatus.MOVED: _("Moved"),
    LessonStatus.CUT_SHORT: _("Ended early"),
}


@access.members(Role.STUDENT)
def lessons(request: HttpRequest, visit: access.Visit) -> HttpResponseBase:
    """Show the page."""
    found = make_student_lessons(school=visit.school, student=visit.membership, now=visit.now)
    rows = [_row(visit, own) for own in found.lessons]
    zone = ZoneInfo(visit.person.zone)
    following = next((row for row, own in zip(rows, found.lessons, strict=True) if not own.is_finished), None)
    days = groupby(
        [row for row in rows if row is not following], key=lambda row: row.interval.start.astimezone(zone).date()
    )
    context = {
        "items": [
            *(_proposal(visit, one) for one in found.proposals),
            *(_asked(visit, asked) for asked in found.asked),
        ],
        "lesson": following,
        "days": _fold_later([LessonDay(day, list(its_rows)) for day, its_rows in days]),
        "pending": _pending(visit, found.pending, found.pending_moves),
        "past": [_past_row(visit, one) for one in found.past[:PAST_OPEN]],
        "earlier": [_past_row(visit, one) for one in found.past[PAST_OPEN:]],
        "credits_left": found.credits_left,
        **first_messages(visit, side=Side.STUDENT),
    }
    return render(request, "student/lessons.html", context)


def _fold_later(days: list[LessonDay]) -> list[LessonDay]:
    """The days as the page lists them: the first lessons open, those after them by day, folded with their number."""
    totals = list(accumulate(len(day.rows) for day in days))
    opened = max(1, bisect_right(totals, MOST_OPEN))
    return [*days[:opened], *map(_fold, days[opened:])]


def _fold(day: LessonDay) -> LessonDay:
    values: dict[str, Value] = {"count": len(day.rows)}
    return replace(
        day, folded=Sentence(gettext_noop("1 lesson"), values, plural=gettext_noop("{count} lessons"), count="count")
    )


def _asked(visit: access.Visit, asked: MoveRequest) -> Attention:
    """What a teacher asks, with the way to answer."""
    url = reverse("student:answer_move", kwargs={"school": visit.school.slug, "move_request_id": asked.pk})
    values: dict[str, Value] = {
        "teacher": asked.lesson.teacher.display_name,
        "former_starts_at": asked.lesson.starts_at,
        "starts_at": asked.to_starts_at,
    }
    return Attention(
        title=Sentence(
            gettext_noop("{teacher} asks to move your lesson of {former_starts_at} to {starts_at}."), values
        ),
        reason=Sentence(gettext_noop("Your lesson stays where it is unless you agree.")),
        deadline=asked.expires_at,
        deadline_label=Sentence(gettext_noop("left to answer")),
        actions=[Link(url, gettext("Answer"), "calendar")],
    )


def _row(visit: access.Visit, own: OwnLesson) -> LessonRow:
    lesson = own.lesson
    doors = None
    if lesson.starts_at > visit.now and lesson.status == LessonStatus.BOOKED:
        address = partial(lesson_address, school=visit.school.slug, lesson_id=lesson.pk)
        doors = Doors(
            cancel_url=address("student:cancel_lesson"),
            move_url=address("student:reschedule"),
            free_until=own.free_until,
            is_free=own.is_free,
        )
    is_live = lesson.starts_at <= visit.now and not own.is_finished
    row = row_for_student(lesson, school=visit.school, is_live=is_live, doors=doors, place=own.place)
    if own.is_finished:
        return replace(row, state=Sentence(gettext_noop("Your teacher finished this lesson")))
    return row


def _proposal(visit: access.Visit, together: Sequence[Lesson]) -> Attention:
    """One that a teacher proposes, or weekly ones, answered together."""
    lesson = together[0]
    words = (
        gettext("{teacher} proposes {count} weekly lessons, the first on {at}.")
        if len(together) > 1
        else gettext("{teacher} proposes {at}.")
    )
    at = format_moment(lesson.starts_at, Reader.active())
    return Attention(
        title=words.format(teacher=lesson.teacher.display_name, at=at, count=len(together)),
        reason=show_kind(lesson.title),
        deadline=lesson.held_until,
        deadline_label=gettext("left to answer"),
        actions=[Link(reverse("student:proposals", kwargs={"school": visit.school.slug}), gettext("Answer"))],
    )


def _pending(visit: access.Visit, bookings: Sequence[Lesson], moves: Sequence[MoveRequest]) -> list[dict[str, Any]]:
    """What the school was asked for, by start, with the way to withdraw it; a series is one request and goes whole.

    Where a lesson would move there (`former_starts_at`), withdrawing leaves it where it is.
    """
    school = visit.school.slug
    rows = [
        _pending_row(visit, one)
        | {
            "withdraw_url": reverse("student:release_booking", kwargs={"school": school, "lesson_id": one.pk}),
            "request_id": uuid.uuid4(),
            "together": sum(one.series_id is not None and one.series_id == other.series_id for other in bookings),
        }
        for one in bookings
    ]
    rows += [
        _pending_row(visit, kept_of(asked))
        | {
            "withdraw_url": reverse("student:take_back_move", kwargs={"school": school, "lesson_id": asked.lesson_id}),
            "former_starts_at": asked.from_starts_at,
            "shown": asked.pk,
        }
        for asked in moves
    ]
    return sorted(rows, key=lambda row: row["row"].interval.start)


def _pending_row(visit: access.Visit, lesson: Lesson) -> dict[str, Any]:
    return {"row": row_for_student(lesson, school=visit.school, is_live=False), "until": lesson.held_until}


def _past_row(visit: access.Visit, past: PastLesson) -> tuple[LessonRow, str, PastLesson]:
    row = row_for_student(past.lesson, school=visit.school, is_live=False)
    return row, _result(past), past


def _result(past: PastLesson) -> str:
    if past.is_used:
        is_missed = past.lesson.status == LessonStatus.MISSED
        return gettext("Used: you did not come") if is_missed else gettext("Used: cancelled late")
    status = LessonStatus(past.lesson.status)
    if status is LessonStatus.CANCELLED:
        by_student = past.requested_by is RequestedBy.STUDENT
        return gettext("Cancelled in time, free") if by_student else gettext("Cancelled, it costs you nothing")
    return str(_RESULTS.get(status, gettext("Over")))
