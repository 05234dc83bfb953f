"""Taking time for a lesson: held, requested or booked. Lock its teacher and its student before (in this order)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Q, QuerySet

from makegood.database.compiled import Change, compiled, compiled_update
from makegood.database.many_rows import add_rows
from makegood.database.one_row import add_row
from makegood.domain.availability import expansion
from makegood.domain.lessons import busy
from makegood.domain.lessons.models import Lesson, LessonSeries, LessonStatus, WaitsFor
from makegood.domain.lessons.offering import Offer, PayPlan
from makegood.domain.lessons.operations import LessonChanged
from makegood.domain.lessons.statuses import WAITING
from makegood.domain.people.models import Membership
from makegood.domain.people.roster import Pair, make_pair, pair_to_lock
from makegood.domain.timeline.doors import Door


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonTerms:
    """What is booked, whoever asks: with whom, what kind, how long, for how much. Ids are memberships.

    `pay` says what each lesson pays by its start; None: the school does not pay here. They hold from when the time is
    taken; who agrees to a request or a proposal later changes none of them (docs/decisions/0007).
    """

    teacher_id: int
    student_id: int
    offer: Offer
    minutes: int
    credits: int
    pay: PayPlan | None
    buffer_minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonState:
    """What the time is taken as: held or requested until when and waiting for whom, or booked at which time."""

    status: LessonStatus
    held_until: datetime | None = None
    waits_for: WaitsFor | None = None
    booked_at: datetime | None = None


def take(
    *,
    school_id: int,
    terms: LessonTerms,
    starts: Sequence[datetime],
    state: LessonState,
    series: LessonSeries | None = None,
    positions: Sequence[int] = (),
) -> Sequence[Lesson]:
    """Write a lesson at each of `starts`; `positions` are their places in the series, where there is one.

    The database refuses a time that is taken (IntegrityError of an exclusion constraint).
    """
    places: Sequence[int | None] = positions or [None] * len(starts)
    lessons = [_row(school_id, terms, start, state, series, place) for start, place in zip(starts, places, strict=True)]
    if len(lessons) == 1:
        add_row(lessons[0])
        busy.add(lesson=lessons[0])
    else:
        add_rows(lessons)
        busy.refresh_lessons(lessons=lessons)
    return lessons


def confirm(*, lesson: Lesson, state: LessonState) -> None:
    """Let a locked lesson that is held or requested go on as `state`. Raises LessonChanged for a stale row."""
    changed = _confirmed(
        school_id=lesson.school_id,
        lesson_id=lesson.pk,
        version=lesson.version,
        status=state.status,
        held_until=state.held_until,
        waits_for=state.waits_for or "",
        booked_at=state.booked_at,
    )
    if changed != 1:
        raise LessonChanged
    lesson.status, lesson.held_until, lesson.booked_at = state.status, state.held_until, state.booked_at
    lesson.waits_for = state.waits_for or ""
    lesson.version += 1


@compiled_update
def _confirmed(
    school_id: int,
    lesson_id: int,
    version: int,
    status: LessonStatus,
    held_until: datetime | None,
    waits_for: str,
    booked_at: datetime | None,
) -> Change:
    waiting = Lesson.objects.filter(school_id=school_id, pk=lesson_id, version=version, status__in=WAITING)
    changes = {"status": status, "held_until": held_until, "waits_for": waits_for, "booked_at": booked_at}
    return waiting, {**changes, "version": F("version") + 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyTimes:
    """Weekly lessons as asked for: `count` weeks from `first_on`, at a minute of the day on the clock of `zone`.

    `is_second`: of a time that comes twice on the first day the second was chosen; nobody chose on the later ones.
    """

    zone: str
    first_on: date
    starts_minute: int
    count: int
    is_second: bool = False

    def list_starts(self) -> Sequence[datetime]:
        """When each of them starts: in a gap moved forward by the gap, in a fold the first or the one chosen."""
        days = (self.first_on + timedelta(weeks=week) for week in range(self.count))
        starts = [expansion.start_at(day=day, minute=self.starts_minute, zone=self.zone) for day in days]
        if self.is_second:
            shown = expansion.list_starts(day=self.first_on, minute=self.starts_minute, zone=self.zone)
            starts[:1] = shown[-1:] or starts[:1]
        return starts


def lock_pair(*, school_id: int, teacher_id: int, student_id: int, now: datetime, with_holds: bool) -> Pair:
    """Lock a teacher and a student, and with them the teachers whose time either keeps by what has lapsed.

    `with_holds`: or the student by any hold. One statement; the order is that of `roster.pair_to_lock`.
    """
    find = _pair_with_holds if with_holds else _pair
    found = find(school_id=school_id, teacher_id=teacher_id, student_id=student_id, now=now)
    return make_pair(found=found, teacher_id=teacher_id, student_id=student_id)


@compiled
def _pair(school_id: int, teacher_id: int, student_id: int, now: datetime) -> QuerySet[Membership]:
    others = _waiting_of(teacher_id, student_id).filter(held_until__lte=now).values("teacher_id")
    return pair_to_lock(school_id=school_id, teacher_id=teacher_id, student_id=student_id, other_teachers=others)


@compiled
def _pair_with_holds(school_id: int, teacher_id: int, student_id: int, now: datetime) -> QuerySet[Membership]:
    kept = Q(held_until__lte=now) | Q(status=LessonStatus.HELD, keeps_time_for=None, student_id=student_id)
    others = _waiting_of(teacher_id, student_id).filter(kept).values("teacher_id")
    return pair_to_lock(school_id=school_id, teacher_id=teacher_id, student_id=student_id, other_teachers=others)


def _waiting_of(one: int, other: int) -> QuerySet[Lesson]:
    return Lesson.objects.filter(Q(student_id=one) | Q(student_id=other), status__in=WAITING)


def list_holds(*, school_id: int, student_id: int) -> Sequence[Lesson]:
    """What the student holds while choosing, locked; not the times kept for moves."""
    return _holds(school_id=school_id, student_id=student_id)


@compiled
def _holds(school_id: int, student_id: int) -> QuerySet[Lesson]:
    held = Lesson.objects.select_for_update(no_key=True).filter(
        school_id=school_id, student_id=student_id, status=LessonStatus.HELD, keeps_time_for=None
    )
    return held.order_by("pk")


def lock_series(*, school_id: int, series_id: int) -> Sequence[Lesson]:
    """The lessons of a series, locked, by their places."""
    lessons = Lesson.objects.select_for_update(no_key=True, of=("self",)).select_related("student__person")
    return list(lessons.filter(school_id=school_id, series_id=series_id).order_by("series_position"))


def write_series(
    *,
    school_id: int,
    terms: LessonTerms,
    times: WeeklyTimes,
    made_by_id: int,
    door: Door,
    request_id: uuid.UUID,
    now: datetime,
) -> LessonSeries:
    """Write a series; its lessons are written by `take`."""
    return LessonSeries.objects.create(
        school_id=school_id,
        teacher_id=terms.teacher_id,
        student_id=terms.student_id,
        zone=times.zone,
        first_on=times.first_on,
        starts_minute=times.starts_minute,
        minutes=terms.minutes,
        count=times.count,
        lesson_type=terms.offer.code,
        made_at=now,
        made_by_id=made_by_id,
        door=door,
        request_id=request_id,
    )


def _row(
    school_id: int,
    terms: LessonTerms,
    starts_at: datetime,
    state: LessonState,
    series: LessonSeries | None,
    place: int | None,
) -> Lesson:
    ends_at = starts_at + timedelta(minutes=terms.minutes)
    pay = terms.pay.find_at(starts_at) if terms.pay is not None else None
    return Lesson(
        school_id=school_id,
        teacher_id=terms.teacher_id,
        student_id=terms.student_id,
        starts_at=starts_at,
        ends_at=ends_at,
        blocked=(starts_at, ends_at + timedelta(minutes=terms.buffer_minutes)),
        status=state.status,
        lesson_type=terms.offer.code,
        title=terms.offer.name,
        pay_minor=pay.amount_minor if pay is not None else None,
        currency=pay.currency if pay is not None else None,
        booked_at=state.booked_at,
        held_until=state.held_until,
        waits_for=state.waits_for or "",
        series=series,
        series_position=place,
        credits=terms.credits,
    )
