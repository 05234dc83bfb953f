"""Book weekly lessons: each week that is wanted is checked; unless all of them can be booked, none is."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_noop

from makegood.actions import booking_messages
from makegood.actions.availability_changes import TeacherNotFound
from makegood.actions.booking_steps import (
    UNDO_WITHIN,
    BookingOrder,
    Parties,
    StudentNotFound,
    in_one_booking,
    is_paused,
    make_lesson_terms,
    pause_refusal,
    read_nearest,
    read_parties,
    refuse_wrong_first,
    state_of_booking,
    use_credits,
)
from makegood.actions.transactions import in_one_transaction
from makegood.domain.availability.queries import list_holidays
from makegood.domain.lessons import booking, releasing, time_checks
from makegood.domain.lessons.booking import LessonTerms, WeeklyTimes
from makegood.domain.lessons.models import LessonStatus, ReleaseReason
from makegood.domain.lessons.time_checks import Leave, OutsideAvailability, TimeRefused
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.queries import find_member
from makegood.domain.people.roster import holds_role
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal

ROUTE: Final = "book_series"
MOST_WEEKS: Final = 52


class SeriesUnusable(Refusal):
    """No such number of weeks, no such minute of a day, or every week left out."""

    code = "series_unusable"
    sentence = gettext_noop(
        "A series has 2 to {most} weeks and starts at a time of the day, and some week of it is wanted. Nothing was "
        "booked."
    )


class SeriesHasProblems(Refusal):
    """Some wanted lessons of the series cannot be booked; `dates` lists every week, with what is wrong where it is."""

    code = "series_has_problems"
    sentence = gettext_noop("{count} of {all} lessons cannot be booked. Nothing was booked. Look at each date below.")

    def __init__(self, *, dates: Sequence[SeriesDate]) -> None:
        wanted = [one for one in dates if not one.is_left_out]
        super().__init__(count=sum(one.refusal is not None for one in wanted), all=len(wanted))
        self.dates = tuple(dates)


class Holiday(TimeRefused):
    """The school is closed on that day."""

    code = "holiday"
    sentence = gettext_noop("“{name}” is a holiday of the school. Nothing was booked. Leave this week out.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesDate:
    """One week of a series, from 1 (`position`). `alternatives` are free starts nearby, where it cannot be booked.

    `is_left_out`: it is not wanted, whatever is free.
    `is_moved`: its wall time does not exist on that day (the clocks change), so it starts later.
    `offset_changed`: from here on it is another time elsewhere than the week before, as the clocks changed.
    """

    position: int
    starts_at: datetime
    ends_at: datetime
    refusal: Refusal | None
    alternatives: tuple[datetime, ...]
    is_left_out: bool
    is_moved: bool
    offset_changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPreview:
    """Every week as it would be, the lesson credits that one lesson costs, and what this kind is called."""

    dates: tuple[SeriesDate, ...]
    credits_each: int
    kind_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesBooked:
    """What was booked, by start, and how many weeks were left out."""

    series_id: int
    lesson_ids: tuple[int, ...]
    starts: tuple[datetime, ...]
    left_out: int
    status: LessonStatus
    undo_until: datetime
    is_replay: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesWish:
    """The weekly lessons somebody asks for, on their own wall clock: `starts_minute` of the day, `count` weeks.

    `leave_out` are the weeks that are not wanted, the first one being 1.
    """

    first_on: date
    starts_minute: int
    minutes: int
    lesson_type: str
    count: int
    leave_out: frozenset[int] = frozenset()

    def times_in(self, zone: str) -> WeeklyTimes:
        """The same on the clock of a zone. Raises SeriesUnusable."""
        is_possible = 1 < self.count <= MOST_WEEKS and 0 <= self.starts_minute < 24 * 60
        if not is_possible or self.leave_out >= set(range(1, self.count + 1)):
            raise SeriesUnusable(most=MOST_WEEKS)
        return WeeklyTimes(zone=zone, first_on=self.first_on, starts_minute=self.starts_minute, count=self.count)


def preview_series(
    *, school: School, actor: Membership, teacher_id: int, wish: SeriesWish, door: Door, now: datetime
) -> SeriesPreview:
    """Every week of the series for the student who asks, nothing locked or written. Raises as `book_series`."""
    asked = _asked(school, actor, teacher_id, uuid.UUID(int=0), door, now)

    def work() -> SeriesPreview:
        if not holds_role(school_id=school.pk, membership_id=actor.pk, roles=(Role.STUDENT,)):
            raise StudentNotFound
        found = find_member(school_id=school.pk, membership_id=teacher_id)
        if found is None or all(grant.role != Role.TEACHER for grant in found.live_grants):
            raise TeacherNotFound
        parties = read_parties(asked=asked, teacher=found.membership, student=actor)
        terms = make_lesson_terms(asked=asked, rules=parties.rules, lesson_type=wish.lesson_type, minutes=wish.minutes)
        dates = _check_dates(asked, parties, terms, wish.times_in(actor.person.zone), wish.leave_out)
        return SeriesPreview(dates=tuple(dates), credits_each=terms.credits, kind_name=terms.offer.name)

    return in_one_transaction(school.pk, work)


def book_series(
    *,
    school: School,
    actor: Membership,
    teacher_id: int,
    wish: SeriesWish,
    request_id: uuid.UUID,
    door: Door,
    now: datetime,
) -> SeriesBooked:
    """Book weekly lessons for the student who asks, on the wall clock of the student's zone.

    In one transaction, in the order of `in_one_booking`. Either every week that is not left out is booked, or none.
    Raises SeriesHasProblems with every week when one of them cannot be booked, SeriesUnusable, FirstLessonHad,
    NotEnoughCredits, TypeNotOffered, LengthNotOffered, TeacherNotFound, StudentNotFound, DifferentRequest.
    """
    asked = _asked(school, actor, teacher_id, request_id, door, now)
    times = wish.times_in(actor.person.zone)

    def work(parties: Parties) -> dict[str, Any]:
        _let_holds_go(asked)
        terms = make_lesson_terms(asked=asked, rules=parties.rules, lesson_type=wish.lesson_type, minutes=wish.minutes)
        dates = _check_dates(asked, parties, terms, times, wish.leave_out)
        wanted = [one for one in dates if not one.is_left_out]
        if any(one.refusal is not None for one in wanted):
            raise SeriesHasProblems(dates=dates)
        state = state_of_booking(asked=asked, rules=parties.rules, first_at=wanted[0].starts_at)
        series = booking.write_series(
            school_id=school.pk,
            terms=terms,
            times=times,
            made_by_id=actor.person_id,
            door=door,
            request_id=request_id,
            now=now,
        )
        booked = booking.take(
            school_id=school.pk,
            terms=terms,
            starts=[one.starts_at for one in wanted],
            state=state,
            series=series,
            positions=[one.position for one in wanted],
        )
        use_credits(asked=asked, lessons=booked)
        booking_messages.tell_of_booking(asked=asked, parties=parties, booked=list(booked), state=state)
        return {
            "series_id": series.pk,
            "lesson_ids": [lesson.pk for lesson in booked],
            "starts": [lesson.starts_at.isoformat() for lesson in booked],
            "left_out": len(dates) - len(wanted),
            "status": state.status.value,
            "undo_until": (now + UNDO_WITHIN).isoformat(),
        }

    content = {
        "teacher": teacher_id,
        "first_on": wish.first_on.isoformat(),
        "starts_minute": wish.starts_minute,
        "minutes": wish.minutes,
        "lesson_type": wish.lesson_type,
        "count": wish.count,
        "leave_out": sorted(wish.leave_out),
    }
    answer, is_replay = in_one_booking(asked=asked, route=ROUTE, content=content, work=work)
    return _booked(answer, is_replay=is_replay)


def _let_holds_go(asked: BookingOrder) -> None:
    """What the student holds with this teacher would stand in the way of the series."""
    holds = booking.list_holds(school_id=asked.school.pk, student_id=asked.student_id)
    own = [one for one in holds if one.teacher_id == asked.teacher_id]
    if own:
        releasing.release(
            lessons=own,
            why=ReleaseReason.LET_GO,
            released_by_id=asked.actor.person_id,
            door=asked.door,
            now=asked.now,
        )


def _asked(
    school: School, actor: Membership, teacher_id: int, request_id: uuid.UUID, door: Door, now: datetime
) -> BookingOrder:
    return BookingOrder(
        school=school,
        actor=actor,
        teacher_id=teacher_id,
        student_id=actor.pk,
        request_id=request_id,
        door=door,
        now=now,
    )


def _check_dates(
    asked: BookingOrder, parties: Parties, terms: LessonTerms, times: WeeklyTimes, leave_out: Collection[int]
) -> list[SeriesDate]:
    """Every week, with its refusal. A fixed number of statements, however many weeks have problems."""
    starts = times.list_starts()
    first_at = next((at for place, at in enumerate(starts, start=1) if place not in leave_out), starts[0])
    refuse_wrong_first(asked=asked, parties=parties, terms=terms, first_at=first_at, count=times.count)
    diary = time_checks.read_diary(
        school_id=asked.school.pk,
        teacher=parties.teacher,
        terms=terms,
        rules=parties.rules,
        starts=starts,
        now=asked.now,
        leave=Leave(),
    )
    refusals = [diary.find_refusal(start) or _pausing(asked, parties, start) for start in starts]
    holidays = _name_holidays(asked, starts) if any(isinstance(one, OutsideAvailability) for one in refusals) else {}
    nearest = read_nearest(asked=asked, parties=parties, terms=terms, starts=starts) if any(refusals) else None
    place = ZoneInfo(times.zone)
    dates = []
    for position, (start, refusal) in enumerate(zip(starts, refusals, strict=True), start=1):
        local = start.astimezone(place)
        before = starts[max(position - 2, 0)].astimezone(place)
        is_closed = isinstance(refusal, OutsideAvailability) and start in holidays
        dates.append(
            SeriesDate(
                position=position,
                starts_at=start,
                ends_at=start + timedelta(minutes=terms.minutes),
                refusal=Holiday(name=holidays[start]) if is_closed else refusal,
                alternatives=nearest.list_around(start) if refusal is not None and nearest is not None else (),
                is_left_out=position in leave_out,
                is_moved=local.hour * 60 + local.minute != times.starts_minute,
                offset_changed=local.utcoffset() != before.utcoffset(),
            )
        )
    return dates


def _pausing(asked: BookingOrder, parties: Parties, start: datetime) -> Refusal | None:
    if not is_paused(asked=asked, parties=parties, starts_at=start):
        return None
    return pause_refusal(asked=asked, parties=parties, starts_at=start)


def _name_holidays(asked: BookingOrder, starts: Sequence[datetime]) -> Mapping[datetime, str]:
    """The starts on a holiday, which is a day of the school's zone."""
    place = ZoneInfo(asked.school.zone)
    days = {start: start.astimezone(place).date() for start in starts}
    found = list_holidays(school_id=asked.school.pk, from_on=min(days.values()), until_on=max(days.values()))
    names = {holiday.day_on: holiday.name for holiday in found}
    return {start: names[on] for start, on in days.items() if on in names}


def _booked(answer: Mapping[str, Any], *, is_replay: bool) -> SeriesBooked:
    return SeriesBooked(
        series_id=answer["series_id"],
        lesson_ids=tuple(answer["lesson_ids"]),
        starts=tuple(datetime.fromisoformat(start) for start in answer["starts"]),
        left_out=answer["left_out"],
        status=LessonStatus(answer["status"]),
        undo_until=datetime.fromisoformat(answer["undo_until"]),
        is_replay=is_replay,
    )
