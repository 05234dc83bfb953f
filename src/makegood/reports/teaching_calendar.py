"""The Teaching Calendar: one week of a teacher, how far ahead it is open, and what lies outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from makegood.domain.availability import expansion, plans, queries
from makegood.domain.availability.booking_rules import BookingRuleSet
from makegood.domain.availability.expansion import STEP_MINUTES, ClockChange, WallRange
from makegood.domain.availability.freshness import Freshness
from makegood.domain.availability.models import Holiday, MatchingPause
from makegood.domain.availability.openness import PAUSE_DAY, WARNED_DAYS, Openness, get_openness
from makegood.domain.availability.plans import DefaultWeek, PlannedDay, TeacherPlan
from makegood.domain.availability.queries import ChangeOnBehalf
from makegood.domain.lessons.blocking import list_open_between
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.teaching_loads import is_on_probation, probation_end
from makegood.domain.notifications.warning_times import warned_from
from makegood.domain.notifications.wishes import list_wishes
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.quantities import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDay:
    """One day of the week on the teacher's clock. `is_over`: its availability cannot change any more.

    `usual` is what the default says of it; `lessons` touch it.
    """

    planned: PlannedDay
    usual: tuple[WallRange, ...]
    is_over: bool
    holiday: str
    lessons: tuple[Lesson, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAhead:
    """How far ahead a teacher is open, and what follows.

    `pauses_at`: from when on matching pauses, for `pause_days`, unless more is opened; None where it will not. `pause`
    is the one that holds now.
    """

    freshness: Freshness
    pause_days: int
    pauses_at: datetime | None
    pause: MatchingPause | None

    @property
    def resumes_at(self) -> datetime | None:
        """Until when it would pause then."""
        return None if self.pauses_at is None else self.pauses_at + self.pause_days * PAUSE_DAY

    @property
    def is_warned_of(self) -> bool:
        """Whether the teacher should look at it now."""
        fresh = self.freshness
        return fresh.is_broken or (fresh.days_left is not None and fresh.days_left <= WARNED_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class TeachingCalendar:
    """What the page shows; `zone` is the teacher's. `outside` are all booked lessons that no open time covers.

    `last_on_behalf` is the last change that somebody else made for the teacher; `probation_until` is None for whoever
    is not on probation now. `bookable_until_on` is the last day on which a session can start that is booked now.
    """

    teacher: Membership
    zone: str
    today_on: date
    bookable_until_on: date
    monday_on: date
    days: tuple[CalendarDay, ...]
    default: DefaultWeek | None
    rules: BookingRuleSet
    ahead: OpenAhead
    outside: tuple[Lesson, ...]
    clock_changes: tuple[ClockChange, ...]
    last_on_behalf: ChangeOnBehalf | None
    probation_until: datetime | None

    @property
    def is_open_throughout(self) -> bool:
        """Whether some time is open in each week in which students can book."""
        until_on = self.ahead.freshness.open_until_on
        return until_on is not None and until_on >= self.bookable_until_on

    @property
    def step_minutes(self) -> int:
        """The length of the slots shown: the school's, or a quarter of an hour where some range needs it."""
        return slot_length(self.rules, [found for day in self.days for found in day.planned.ranges])


def slot_length(rules: BookingRuleSet, ranges: Sequence[expansion.WallRange]) -> int:
    """The school's slot length, or a quarter of an hour where some range begins or ends inside a slot."""
    fits = all(
        found.start_minute % rules.slot_minutes == 0 and found.end_minute % rules.slot_minutes == 0 for found in ranges
    )
    return rules.slot_minutes if fits else STEP_MINUTES


def make_teaching_calendar(
    *, school: School, teacher: Membership, week_on: date | None, now: datetime
) -> TeachingCalendar:
    """Read the week that holds `week_on` (None: this week) of a teacher given with their person."""
    zone = teacher.person.zone
    today = now.astimezone(ZoneInfo(zone)).date()
    monday = plans.monday_of(week_on or today)
    found = get_openness(school_id=school.pk, teacher_id=teacher.pk, zone=zone, now=now, week_on=monday)
    rules, plan = found.rules, found.plan
    holidays = queries.list_holidays(school_id=school.pk, from_on=min(monday, today) - plans.DAY)
    start, end = _bounds(monday, zone)
    lessons = list_open_between(school_id=school.pk, teacher_id=teacher.pk, from_at=min(start, now))
    return TeachingCalendar(
        teacher=teacher,
        zone=zone,
        today_on=today,
        bookable_until_on=(now + timedelta(days=rules.horizon_days)).astimezone(ZoneInfo(zone)).date(),
        monday_on=monday,
        days=tuple(_day(plan, monday + offset * plans.DAY, today, holidays, lessons, zone) for offset in range(7)),
        default=plan.get_default(max(monday, today)),
        rules=rules,
        ahead=_make_ahead(found, teacher, now),
        outside=_outside(plan, [one for one in lessons if one.ends_at > now], holidays, school),
        clock_changes=tuple(expansion.list_clock_changes(zone=zone, from_at=start, until_at=end)),
        last_on_behalf=queries.find_last_on_behalf(teacher=teacher),
        probation_until=probation_end(teacher=teacher, rules=rules)
        if is_on_probation(teacher=teacher, rules=rules, at=now)
        else None,
    )


def get_ahead(*, school: School, teacher: Membership, zone: str, now: datetime) -> OpenAhead:
    """How far ahead a teacher who lives in `zone` is open, and what follows. One statement where nothing does."""
    found = get_openness(school_id=school.pk, teacher_id=teacher.pk, zone=zone, now=now)
    return _make_ahead(found, teacher, now)


def _make_ahead(found: Openness, teacher: Membership, now: datetime) -> OpenAhead:
    fresh = found.measure(joined_at=teacher.joined_at, now=now)
    return OpenAhead(
        freshness=fresh,
        pause_days=found.rules.freshness_pause_days,
        pauses_at=found.find_pauses_at(fresh, now, warned_from=partial(_warned_from, teacher)),
        pause=found.find_running_pause(now),
    )


def _warned_from(teacher: Membership, at: datetime) -> datetime:
    wishes = list_wishes(school_id=teacher.school_id, membership_ids=[teacher.pk])[teacher.pk]
    return warned_from(wishes=wishes, at=at)


def _bounds(monday: date, zone: str) -> tuple[datetime, datetime]:
    return (
        expansion.start_at(day=monday, minute=0, zone=zone),
        expansion.start_at(day=monday + 7 * plans.DAY, minute=0, zone=zone),
    )


def _day(
    plan: TeacherPlan, day: date, today: date, holidays: Sequence[Holiday], lessons: Sequence[Lesson], zone: str
) -> CalendarDay:
    start, end = (expansion.start_at(day=on, minute=0, zone=zone) for on in (day, day + plans.DAY))
    return CalendarDay(
        planned=plan.get_day(day),
        usual=plan.get_usual_day(day).ranges,
        is_over=day < today,
        holiday=next((holiday.name for holiday in holidays if holiday.day_on == day), ""),
        lessons=tuple(one for one in lessons if one.starts_at < end and start < one.ends_at),
    )


def _outside(
    plan: TeacherPlan, lessons: Sequence[Lesson], holidays: Sequence[Holiday], school: School
) -> tuple[Lesson, ...]:
    if not lessons:
        return ()
    closed = plans.closed_days(days=[holiday.day_on for holiday in holidays], zone=school.zone)
    until_at = max(lesson.ends_at for lesson in lessons)
    opens = expansion.subtract(plan.list_opens(from_at=lessons[0].starts_at, until_at=until_at), closed)
    return tuple(one for one in lessons if not expansion.is_covered(Interval(one.starts_at, one.ends_at), opens))
