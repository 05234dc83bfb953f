"""What every weekly series has in common: each week is checked; unless all that are wanted can be taken, none is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_noop

from makegood.actions import booking_messages
from makegood.actions.availability_changes import TeacherNotFound
from makegood.actions.booking_order import BookingOrder
from makegood.actions.booking_steps import (
    UNDO_WITHIN,
    NotTheDesk,
    Parties,
    StudentNotFound,
    make_lesson_terms,
    pause_refusal,
    read_parties,
    read_pauses,
    refuse_wrong_first,
    state_of_booking,
    use_credits,
)
from makegood.actions.desk_lessons import refuse_own_leave
from makegood.domain.lessons import booking, time_checks
from makegood.domain.lessons.booking import LessonState, LessonTerms, WeeklyTimes
from makegood.domain.lessons.closed_days import read_closed_days
from makegood.domain.lessons.models import Lesson, LessonSeries, LessonStatus
from makegood.domain.lessons.nearest_times import find_nearest_in
from makegood.domain.lessons.time_checks import Holiday, Leave, OutsideAvailability
from makegood.domain.people.models import Role
from makegood.domain.people.roster import list_holders
from makegood.quantities import Interval
from makegood.refusal import Refusal

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
    alternatives: tuple[datetime, ...] = ()
    is_left_out: bool = False
    is_moved: bool = False
    offset_changed: bool = False


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
    """The weekly lessons somebody asks for, on the student's wall clock: `starts_minute` of the day, `count` weeks.

    `is_second`: of a time that clocks show twice on the first day, the second is meant. `leave_out` are the weeks that
    are not wanted, the first one being 1.
    """

    first_on: date
    starts_minute: int
    minutes: int
    lesson_type: str
    count: int
    is_second: bool = False
    leave_out: frozenset[int] = frozenset()

    @classmethod
    def beginning(cls, first_at: datetime, *, zone: str, minutes: int, lesson_type: str, count: int) -> SeriesWish:
        """Weekly from this very instant on, later at the wall time it has in the student's `zone`."""
        local = first_at.astimezone(ZoneInfo(zone))
        return cls(
            first_on=local.date(),
            starts_minute=local.hour * 60 + local.minute,
            minutes=minutes,
            lesson_type=lesson_type,
            count=count,
            # Python marks the second of two equal wall times.
            is_second=local.fold == 1,
        )

    def times_in(self, zone: str) -> WeeklyTimes:
        """The same on the clock of a zone. Raises SeriesUnusable."""
        is_possible = 1 < self.count <= MOST_WEEKS and 0 <= self.starts_minute < 24 * 60
        if not is_possible or self.leave_out >= set(range(1, self.count + 1)):
            raise SeriesUnusable(most=MOST_WEEKS)
        return WeeklyTimes(
            zone=zone,
            first_on=self.first_on,
            starts_minute=self.starts_minute,
            count=self.count,
            is_second=self.is_second,
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values, by which the same request is known again."""
        return {
            "first_on": self.first_on.isoformat(),
            "starts_minute": self.starts_minute,
            "minutes": self.minutes,
            "lesson_type": self.lesson_type,
            "count": self.count,
            "is_second": self.is_second,
            "leave_out": sorted(self.leave_out),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedWeeks:
    """What each lesson would be, on which wall clock, and every week with what is wrong with it."""

    terms: LessonTerms
    times: WeeklyTimes
    dates: tuple[SeriesDate, ...]

    @property
    def wanted(self) -> Sequence[SeriesDate]:
        """The weeks that are not left out."""
        return [one for one in self.dates if not one.is_left_out]

    @property
    def first_at(self) -> datetime:
        """When the first wanted lesson starts."""
        return self.wanted[0].starts_at


def preview_weeks(
    *, asked: BookingOrder, wish: SeriesWish, leave: Leave | None = None, is_by_desk: bool = False
) -> SeriesPreview:
    """Every week of the series, nothing locked or written; in the caller's transaction.

    Raises as `check_weeks`, and NotTheDesk, StudentNotFound, TeacherNotFound, OwnTeacher, OwnExceptions.
    """
    asked.refuse_one_for_both()
    ids = {asked.actor.pk, asked.teacher_id, asked.student_id}
    holders = list_holders(school_id=asked.school.pk, membership_ids=ids)

    def holds(membership_id: int, role: Role) -> bool:
        return membership_id in holders and role in holders[membership_id].roles

    if is_by_desk and not holds(asked.actor.pk, Role.DESK):
        raise NotTheDesk
    if not holds(asked.student_id, Role.STUDENT):
        raise StudentNotFound
    if not holds(asked.teacher_id, Role.TEACHER):
        raise TeacherNotFound
    teacher, student = holders[asked.teacher_id].membership, holders[asked.student_id].membership
    parties = read_parties(asked=asked, teacher=teacher, student=student)
    if is_by_desk and leave is not None:
        refuse_own_leave(parties=parties, actor=asked.actor, leave=leave)
    weeks = check_weeks(asked=asked, parties=parties, wish=wish, leave=leave, with_pay=False)
    return SeriesPreview(dates=weeks.dates, credits_each=weeks.terms.credits, kind_name=weeks.terms.offer.name)


def check_weeks(
    *, asked: BookingOrder, parties: Parties, wish: SeriesWish, leave: Leave | None = None, with_pay: bool = True
) -> CheckedWeeks:
    """Every week on the student's wall clock, with its refusal; without what they pay nothing can be written.

    A fixed number of statements, however many weeks have problems. Raises SeriesUnusable, TypeNotOffered,
    LengthNotOffered, FirstLessonHad, FirstMeetingNeeded.
    """
    terms = make_lesson_terms(
        asked=asked,
        rules=parties.rules,
        lesson_type=wish.lesson_type,
        minutes=wish.minutes,
        with_pay=with_pay,
    )
    times = wish.times_in(parties.student.person.zone)
    starts = times.list_starts()
    first_at = next((at for place, at in enumerate(starts, start=1) if place not in wish.leave_out), starts[0])
    refuse_wrong_first(asked=asked, parties=parties, terms=terms, first_at=first_at, count=times.count)
    diary = time_checks.read_diary(
        school=asked.school,
        teacher=parties.teacher,
        terms=terms,
        rules=parties.rules,
        starts=starts,
        now=asked.now,
        # Whoever books may leave a week out, so nobody books one on a holiday unseen.
        leave=replace(leave or Leave(), on_holidays=False),
        with_around=True,
    )
    is_forbidden = read_pauses(asked=asked, parties=parties)
    paused = _list_paused(asked, parties, starts, is_forbidden)
    found = [diary.find_refusal(start) or paused.get(start) for start in starts]
    refusals = _name_holidays(asked, terms, starts, found)
    nearest = find_nearest_in(diary, starts=starts).without(is_forbidden) if any(refusals) else None
    around = {
        start: nearest.list_around(start)
        for start, refusal in zip(starts, refusals, strict=True)
        if nearest is not None and refusal is not None
    }
    return CheckedWeeks(terms=terms, times=times, dates=_list_dates(terms, times, refusals, around, wish.leave_out))


def take_weeks(
    *, asked: BookingOrder, weeks: CheckedWeeks, state: LessonState
) -> tuple[LessonSeries, Sequence[Lesson]]:
    """Write the series and a lesson in each wanted week, all as `state`. Raises SeriesHasProblems with every week."""
    if any(one.refusal is not None for one in weeks.wanted):
        raise SeriesHasProblems(dates=weeks.dates)
    series = booking.write_series(
        school_id=asked.school.pk,
        terms=weeks.terms,
        times=weeks.times,
        made_by_id=asked.actor.person_id,
        door=asked.door,
        request_id=asked.request_id,
        now=asked.now,
    )
    lessons = booking.take(
        school_id=asked.school.pk,
        terms=weeks.terms,
        starts=[one.starts_at for one in weeks.wanted],
        state=state,
        series=series,
        positions=[one.position for one in weeks.wanted],
    )
    return series, lessons


def book_weeks(*, asked: BookingOrder, parties: Parties, weeks: CheckedWeeks) -> dict[str, Any]:
    """Take the wanted weeks as booked or asked for, use their credits, tell of them, and make the answer.

    Raises SeriesHasProblems, NotEnoughCredits.
    """
    state = state_of_booking(asked=asked, rules=parties.rules, first_at=weeks.first_at)
    series, booked = take_weeks(asked=asked, weeks=weeks, state=state)
    use_credits(asked=asked, lessons=booked)
    booking_messages.tell_of_booking(asked=asked, parties=parties, booked=list(booked), state=state)
    return {
        "series_id": series.pk,
        "lesson_ids": [lesson.pk for lesson in booked],
        "starts": [lesson.starts_at.isoformat() for lesson in booked],
        "left_out": len(weeks.dates) - len(weeks.wanted),
        "status": state.status.value,
        "undo_until": (asked.now + UNDO_WITHIN).isoformat(),
    }


def read_series_booked(answer: Mapping[str, Any], *, is_replay: bool) -> SeriesBooked:
    """What an answer that was kept says."""
    return SeriesBooked(
        series_id=answer["series_id"],
        lesson_ids=tuple(answer["lesson_ids"]),
        starts=tuple(datetime.fromisoformat(start) for start in answer["starts"]),
        left_out=answer["left_out"],
        status=LessonStatus(answer["status"]),
        undo_until=datetime.fromisoformat(answer["undo_until"]),
        is_replay=is_replay,
    )


def refuse_paused(*, asked: BookingOrder, parties: Parties, lessons: Sequence[Lesson]) -> None:
    """Refuse lessons that waited where the teacher now pauses at one of them; at most one statement.

    Raises TeacherPaused for one lesson, SeriesHasProblems, naming each date, for those of a series.
    """
    is_forbidden = read_pauses(asked=asked, parties=parties)
    paused = _list_paused(asked, parties, [lesson.starts_at for lesson in lessons], is_forbidden)
    if not paused:
        return
    if lessons[0].series_id is None:
        raise paused[lessons[0].starts_at]
    refusals = [paused.get(lesson.starts_at) for lesson in lessons]
    dates = [
        SeriesDate(position=place, starts_at=lesson.starts_at, ends_at=lesson.ends_at, refusal=refusal)
        for place, (lesson, refusal) in enumerate(zip(lessons, refusals, strict=True), start=1)
    ]
    raise SeriesHasProblems(dates=dates)


def _list_dates(
    terms: LessonTerms,
    times: WeeklyTimes,
    refusals: Sequence[Refusal | None],
    around: Mapping[datetime, tuple[datetime, ...]],
    leave_out: Collection[int],
) -> tuple[SeriesDate, ...]:
    place, starts = ZoneInfo(times.zone), times.list_starts()
    dates = []
    for position, (start, refusal) in enumerate(zip(starts, refusals, strict=True), start=1):
        local = start.astimezone(place)
        before = starts[max(position - 2, 0)].astimezone(place)
        dates.append(
            SeriesDate(
                position=position,
                starts_at=start,
                ends_at=start + timedelta(minutes=terms.minutes),
                refusal=refusal,
                alternatives=around.get(start, ()),
                is_left_out=position in leave_out,
                is_moved=local.hour * 60 + local.minute != times.starts_minute,
                offset_changed=local.utcoffset() != before.utcoffset(),
            )
        )
    return tuple(dates)


def _list_paused(
    asked: BookingOrder, parties: Parties, starts: Sequence[datetime], is_forbidden: Callable[[datetime], bool]
) -> Mapping[datetime, Refusal]:
    """Those of the starts that a pause of the teacher forbids."""
    return {at: pause_refusal(asked=asked, parties=parties, starts_at=at) for at in starts if is_forbidden(at)}


def _name_holidays(
    asked: BookingOrder, terms: LessonTerms, starts: Sequence[datetime], refusals: Sequence[Refusal | None]
) -> Sequence[Refusal | None]:
    """The refusals, with the holiday that is why nobody teaches then; at most one statement."""
    if not any(isinstance(one, OutsideAvailability) for one in refusals):
        return refusals
    length = timedelta(minutes=terms.minutes)
    closed = read_closed_days(school=asked.school, from_at=min(starts), until_at=max(starts) + length)
    names = [closed.find_name(Interval(start, start + length)) for start in starts]
    return [
        Holiday(name=name) if isinstance(one, OutsideAvailability) and name is not None else one
        for one, name in zip(refusals, names, strict=True)
    ]
