"""Looking for free times: what was asked for, the kinds of lessons, and the days and times that fit."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404, HttpRequest

from makegood.domain.availability.queries import get_rules
from makegood.domain.lessons import offering
from makegood.domain.lessons.first_meeting import find_kind_before
from makegood.domain.lessons.queries import Acquaintance, list_acquaintances
from makegood.reports.free_times import FreeTime, list_days_around, list_free_times
from makegood.web import access
from makegood.web.parts.booking_form import list_kinds
from makegood.web.parts.instants import START_FORMAT
from makegood.web.parts.parts_of_day import fold_by_part
from makegood.web.parts.row_ids import id_field

MOST_TEACHERS_PER_TIME: Final = 6
_DAYS_IN_STRIP: Final = 14


class SearchForm(forms.Form):
    """Whom, what and on which day; nothing chosen is anybody, the first kind and the first day."""

    teacher = id_field(required=False)
    kind = forms.CharField(required=False, max_length=60)
    day = forms.DateField(required=False)


def search(request: HttpRequest, visit: access.Visit, *, teacher_id: int | None = None) -> dict[str, Any]:
    """What the search pages show; with `teacher_id` of this teacher alone, whom the student may meet first.

    Raises Http404 for nobody's `teacher_id`.
    """
    form = SearchForm(request.POST if request.method == "POST" else request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    whom = teacher_id or wanted.get("teacher")
    known = list_acquaintances(school_id=visit.school.pk, student_id=visit.membership.pk)
    has_first = frozenset(one for one, how in known.items() if how.has_first)
    rules = get_rules(school_id=visit.school.pk)
    offers = [one for one in offering.list_offers(school_id=visit.school.pk) if one.is_offered]
    kinds = list_kinds(offers=[one for one in offers if not (one.is_first and whom in has_first)])
    meeting = offering.find_first_offer(offers) if rules.first_meeting_required else None
    # Where nobody was met who could be booked otherwise, the page begins with the meeting.
    begins_with = [kind for kind in kinds if kind[1] == meeting and not _has_met(known, whom)] or kinds
    chosen = next((kind for kind in kinds if kind[0] == wanted.get("kind")), next(iter(begins_with), None))
    is_first = chosen is not None and chosen[1].is_first
    first = next((kind for kind in kinds if kind[1].is_first and kind != chosen), None)
    found = list_free_times(
        school=visit.school,
        student=visit.membership,
        teacher_id=whom,
        minutes=chosen[2] if chosen else 0,
        day=wanted.get("day"),
        now=visit.now,
        known=known,
        is_first=is_first,
        after_meeting=rules.first_meeting_required
        and chosen is not None
        and find_kind_before(offers=offers, lesson_type=chosen[1].code) is not None,
        rules=rules,
        first_minutes=first[2] if first is not None and teacher_id is not None else None,
    )
    left = found.credits_left
    is_short = left is not None and chosen is not None and chosen[1].credits > left
    teacher = next((one for one in found.teachers if one.pk == whom), None)
    if teacher_id is not None and teacher is None:
        raise Http404
    strip = list_days_around(days=found.days, day=found.day, most=_DAYS_IN_STRIP)
    # Whoever has met everybody is not offered a first meeting.
    is_left = any(one.pk not in has_first for one in found.teachers)
    kinds = [kind for kind in kinds if is_left or kind == chosen or not kind[1].is_first]
    return {
        "found": found,
        "kinds": [
            (value, offer, minutes, chosen is not None and value == chosen[0]) for value, offer, minutes in kinds
        ],
        "kind": chosen[0] if chosen else "",
        # One meeting cannot be weekly.
        "is_weekly": chosen is not None and not is_first,
        "is_first": is_first,
        # Said before a time is kept; what the student can still book stands beside it.
        "is_short_of_credits": is_short,
        "credits_needed": chosen[1].credits if chosen else 0,
        "affordable": [kind for kind in kinds if is_short and left is not None and kind[1].credits <= left],
        "first_kind": first,
        "meeting": meeting,
        "meeting_kind": next((kind[0] for kind in kinds if kind[1] == meeting), ""),
        "meeting_note": _meeting_note(known, whom, is_first=is_first, now=visit.now) if meeting is not None else "",
        "met_at": known[whom].met_at if whom is not None and whom in known else None,
        "teacher": teacher,
        "teacher_id": whom,
        "strip": [(day, day.isoformat()) for day in strip],
        "earlier": _beside(found.days, strip[0], -1) if strip else "",
        "later": _beside(found.days, strip[-1], 1) if strip else "",
        "parts": _parts_of_day(found.times, ZoneInfo(visit.person.zone)),
        "request_id": uuid.uuid4(),
    }


def _has_met(known: Mapping[int, Acquaintance], whom: int | None) -> bool:
    """Whether the student has met this teacher, or will; without one, anybody."""
    return any(how.met_at is not None for one, how in known.items() if whom in {None, one})


def _meeting_note(known: Mapping[int, Acquaintance], whom: int | None, *, is_first: bool, now: datetime) -> str:
    """What the page says of the first meeting that the school asks for: `first_meeting.html` has the words."""
    if whom is None:
        return ("" if _has_met(known, None) else "nobody") if is_first else "anybody"
    how = known.get(whom)
    if how is None or how.met_at is None:
        return "chosen" if is_first else "waits" if how is not None and how.has_first else "needed"
    return "to_come" if how.met_at > now and not is_first else ""


def _parts_of_day(times: Sequence[FreeTime], zone: ZoneInfo) -> list[dict[str, Any]]:
    """The times as the page lists them: few at once, many by part of the day, of which the first is open."""
    rows = [
        (
            one.interval,
            one.teachers[:MOST_TEACHERS_PER_TIME],
            value_of(one.interval.start),
            one.teachers[MOST_TEACHERS_PER_TIME:],
        )
        for one in times
    ]
    return fold_by_part(rows, zone)


def value_of(at: datetime) -> str:
    """A start as forms carry it."""
    return at.strftime(START_FORMAT)


def _beside(days: Sequence[date], day: date, step: int) -> str:
    place = days.index(day) + step
    return days[place].isoformat() if 0 <= place < len(days) else ""
