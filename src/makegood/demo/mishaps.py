"""Which planned lessons go wrong, when we hear of it, and what is decided about it. Pure.

Every instant lies at or before `now`: what has not happened yet is not known either. Where a month has only just begun,
its troubles are lessons to come, reported in the last days.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from makegood.demo.lessons import DemoLesson
from makegood.demo.people import DemoPeople
from makegood.demo.schools import DemoSchool
from makegood.demo.troubles import Manner, Place, Trouble, troubles_of
from makegood.rules.facts import Decision, Kind, RequestedBy
from makegood.rules.windows import next_month_start

# The next lessons of the cast stay as they are, so that a visitor finds something to do.
_KEPT_FREE = timedelta(hours=48)
# A lesson to come is given up at least this long before, so that nobody's next hours are full of holes.
_AHEAD = timedelta(hours=4)
_SETTLED = timedelta(hours=2)
_RECENTLY = timedelta(days=5)
_SOON = timedelta(days=5)
_PAYDAY = 15
_LESSONS_OF_A_BAD_WEEK = 4
_LONG_ENOUGH_MINUTES = 25

# A year and a week of it, as in ISO 8601.
Week = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a reviewer decides; `reason` is the sentence they write."""

    decision: Decision
    reason: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """A lesson that does not go as booked. `reported_at` None: nobody ever reports it.

    `happens_at` is when it becomes known to the school: the report, or the scheduled end where nobody reports.
    """

    lesson: DemoLesson
    manner: Manner
    kind: Kind
    requested_by: RequestedBy
    reported_at: datetime | None
    taught_minutes: int
    reason: str
    verdict: Verdict | None

    @property
    def happens_at(self) -> datetime:
        """When the school learns of it."""
        return self.lesson.ends_at if self.reported_at is None else self.reported_at


def plan_mishaps(
    *, school: DemoSchool, people: DemoPeople, lessons: Sequence[DemoLesson], now: datetime
) -> tuple[Mishap, ...]:
    """What goes wrong among `lessons`, in the order in which it becomes known; at most one mishap for each lesson."""
    by_teacher: dict[str, list[DemoLesson]] = {teacher.code: [] for teacher in people.teachers}
    for lesson in lessons:
        by_teacher[lesson.teacher].append(lesson)
    cast = {teacher.code for teacher in people.teachers if teacher.is_sign_in}
    mishaps: list[Mishap] = []
    for code, troubles in troubles_of(school, people.teachers).items():
        pool = _Pool(school=school, lessons=by_teacher[code], now=now, is_cast=code in cast)
        rng = random.Random(f"mishaps of {school.slug} {code}")
        for trouble in troubles:
            hit = pool.take(trouble, rng)
            if hit is not None:
                mishaps.append(_mishap(trouble, hit, now=now, rng=rng))
    return tuple(sorted(mishaps, key=lambda mishap: (mishap.happens_at, mishap.lesson.number)))


def month_of(at: datetime, school: DemoSchool) -> date:
    """The first day of the month in which `at` falls in the school's zone."""
    return at.astimezone(ZoneInfo(school.zone)).date().replace(day=1)


def payday_of(month_on: date, school: DemoSchool) -> datetime:
    """When the pay period of a month is closed: the start of the 15th of the month after it, in the school's zone."""
    following = next_month_start(month_on)
    return datetime(following.year, following.month, _PAYDAY, tzinfo=ZoneInfo(school.zone)).astimezone(UTC)


def _months_before(month_on: date, count: int) -> date:
    for _ in range(count):
        month_on = (month_on - timedelta(days=1)).replace(day=1)
    return month_on


class _Pool:
    """The lessons of one teacher that have not gone wrong yet."""

    def __init__(self, *, school: DemoSchool, lessons: Sequence[DemoLesson], now: datetime, is_cast: bool) -> None:
        self._school = school
        self._zone = ZoneInfo(school.zone)
        self._now = now
        self._this_month = month_of(now, school)
        kept_until = now + (_KEPT_FREE if is_cast else _AHEAD)
        self._past = [lesson for lesson in lessons if lesson.ends_at + _SETTLED <= now]
        self._coming = [lesson for lesson in lessons if lesson.starts_at >= kept_until]
        self._bad_week = self._find_busy_week()

    def take(self, trouble: Trouble, rng: random.Random) -> DemoLesson | None:
        """A lesson that fits the trouble, which is then no longer in the pool; None when there is none."""
        for lessons in self._candidates(trouble):
            fitting = [lesson for lesson in lessons if _can_happen(trouble.manner, lesson)]
            if fitting:
                lesson = rng.choice(fitting)
                (self._past if lesson in self._past else self._coming).remove(lesson)
                return lesson
        return None

    def _candidates(self, trouble: Trouble) -> Iterator[list[DemoLesson]]:
        """Groups of lessons to choose from, the best first."""
        match trouble.place:
            case Place.THIS_MONTH:
                yield self._in_month(self._past, self._this_month)
                yield self._in_month(self._coming, self._this_month)
            case Place.THIS_WEEK:
                yield self._in_week(self._past)
                yield self._in_week(self._coming)
            case Place.RECENT:
                # The last one only: its report is then the last of the month, and a pause it causes still holds.
                recent = [lesson for lesson in self._past if lesson.starts_at > self._now - _RECENTLY]
                yield self._in_month(recent[-1:], self._this_month)
                yield self._in_month(self._coming, self._this_month)
            case Place.UPCOMING:
                yield [lesson for lesson in self._coming if lesson.starts_at < self._now + _SOON]
            case Place.PAST_MONTH:
                yield self._in_month(self._past, _months_before(self._this_month, trouble.back))
            case Place.PAST_WEEKS:
                end = self._now - timedelta(weeks=trouble.back)
                yield [lesson for lesson in self._past if end - timedelta(weeks=1) <= lesson.starts_at < end]
            case Place.MEETING:
                yield [lesson for lesson in self._past if lesson.lesson_type == "meet_your_teacher"]

    def _find_busy_week(self) -> Week:
        """This week, unless too few of its lessons can go wrong in this month: then the nearest with enough."""
        counts = Counter(
            self._week_of(lesson) for lesson in self._in_month(self._past + self._coming, self._this_month)
        )
        this_week = self._now.astimezone(self._zone).date().isocalendar()[:2]
        enough = [week for week, count in counts.items() if count >= _LESSONS_OF_A_BAD_WEEK]
        if this_week in enough or not enough:
            return this_week
        return min(enough, key=lambda week: (abs(_monday(week) - _monday(this_week)), week))

    def _in_week(self, lessons: Sequence[DemoLesson]) -> list[DemoLesson]:
        return [
            lesson for lesson in self._in_month(lessons, self._this_month) if self._week_of(lesson) == self._bad_week
        ]

    def _week_of(self, lesson: DemoLesson) -> Week:
        return lesson.starts_at.astimezone(self._zone).date().isocalendar()[:2]

    def _in_month(self, lessons: Sequence[DemoLesson], month_on: date) -> list[DemoLesson]:
        return [lesson for lesson in lessons if month_of(lesson.starts_at, self._school) == month_on]


def _monday(week: Week) -> date:
    return date.fromisocalendar(*week, 1)


def _can_happen(manner: Manner, lesson: DemoLesson) -> bool:
    return manner is not Manner.CUT_AT_THE_END or lesson.minutes >= _LONG_ENOUGH_MINUTES


def _mishap(trouble: Trouble, lesson: DemoLesson, *, now: datetime, rng: random.Random) -> Mishap:
    manner = Manner.KNOWN_EARLY if lesson.starts_at > now else trouble.manner
    shape = _SHAPES[manner]
    taught_minutes = shape.taught_minutes(lesson, rng)
    if lesson.starts_at > now:
        reported_at: datetime | None = now.replace(microsecond=0) - timedelta(minutes=rng.randint(20, 3600))
    else:
        reported_at = shape.reported_at(lesson, taught_minutes, rng)
    happens_at = lesson.ends_at if reported_at is None else reported_at
    return Mishap(
        lesson=lesson,
        manner=manner,
        kind=shape.kind,
        requested_by=shape.requested_by,
        reported_at=reported_at,
        taught_minutes=taught_minutes,
        reason="" if reported_at is None else trouble.reason,
        verdict=_verdict(trouble, happens_at=happens_at, now=now, rng=rng),
    )


def _verdict(trouble: Trouble, *, happens_at: datetime, now: datetime, rng: random.Random) -> Verdict | None:
    """The decision, a few days later, or weeks later, when the month may be paid already; None while it is open."""
    if trouble.decision is None:
        return None
    days = rng.randint(20, 32) if trouble.is_decided_late else rng.randint(1, 5)
    decided_at = min(happens_at + timedelta(days=days, minutes=rng.randint(0, 600)), now - timedelta(minutes=12))
    if decided_at < happens_at + timedelta(minutes=10):
        return None
    return Verdict(decision=trouble.decision, reason=rng.choice(_GROUNDS[trouble.decision]), decided_at=decided_at)


_GROUNDS: Final = {
    Decision.WAIVED: (
        "The certificate names the teacher and the date. Nothing is charged.",
        "The official notice covers the place and the time. Nothing is charged.",
    ),
    Decision.REDUCED: (
        "The proof came late, but it fits. One band milder.",
        "The student confirms an earlier call. One band milder.",
    ),
    Decision.UPHELD: (
        "The picture of a router is no proof under the policy. The penalty stays.",
        "No proof was handed in within the time. The penalty stays.",
    ),
    Decision.VOIDED: ("The lesson was taught; the record was a mistake of ours.",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """What a manner looks like: `minutes` is the span of the report after `counted_from`, negative before it."""

    kind: Kind
    requested_by: RequestedBy = RequestedBy.TEACHER
    minutes: tuple[int, int] | None
    counted_from: str = "start"
    taught: tuple[int, int] | None = None

    def taught_minutes(self, lesson: DemoLesson, rng: random.Random) -> int:
        """How long was taught; a negative span counts from the scheduled end."""
        if self.taught is None:
            return 0
        minutes = rng.randint(*self.taught)
        return minutes if minutes > 0 else lesson.minutes + minutes

    def reported_at(self, lesson: DemoLesson, taught_minutes: int, rng: random.Random) -> datetime | None:
        """When the report comes in, None where there is none."""
        if self.minutes is None:
            return None
        origin = {
            "start": lesson.starts_at,
            "end": lesson.ends_at,
            "break": lesson.starts_at + timedelta(minutes=taught_minutes),
        }[self.counted_from]
        return origin + timedelta(minutes=rng.randint(*self.minutes), seconds=rng.randint(1, 50))


_STUDENT: Final = RequestedBy.STUDENT
_SHAPES: Final = {
    Manner.KNOWN_EARLY: _Shape(kind=Kind.CANCELLED, minutes=(-4200, -1560)),
    Manner.HOURS_BEFORE: _Shape(kind=Kind.CANCELLED, minutes=(-900, -70)),
    Manner.MINUTES_BEFORE: _Shape(kind=Kind.CANCELLED, minutes=(-55, -8)),
    Manner.AFTER_START: _Shape(kind=Kind.CANCELLED, minutes=(2, 12)),
    Manner.BROKE_OFF: _Shape(kind=Kind.CUT_SHORT, minutes=(0, 0), counted_from="break", taught=(8, 15)),
    Manner.BROKE_OFF_UNREPORTED: _Shape(kind=Kind.CUT_SHORT, minutes=(30, 90), counted_from="end", taught=(9, 17)),
    Manner.CUT_AT_THE_END: _Shape(kind=Kind.CUT_SHORT, minutes=(10, 60), counted_from="end", taught=(-4, -2)),
    Manner.LATE: _Shape(kind=Kind.LATE, minutes=(6, 9), taught=(-9, -6)),
    Manner.NEVER_REPORTED: _Shape(kind=Kind.NO_SHOW, minutes=None),
    Manner.REPORTED_LATER: _Shape(kind=Kind.NO_SHOW, minutes=(20, 90), counted_from="end"),
    Manner.MOVED: _Shape(kind=Kind.RESCHEDULED, minutes=(-3600, -1560)),
    Manner.STUDENT_EARLY: _Shape(kind=Kind.CANCELLED, requested_by=_STUDENT, minutes=(-5400, -1500)),
    Manner.STUDENT_LATE: _Shape(kind=Kind.CANCELLED, requested_by=_STUDENT, minutes=(-1200, -60)),
    Manner.STUDENT_ABSENT: _Shape(kind=Kind.NO_SHOW, requested_by=_STUDENT, minutes=(15, 20)),
    Manner.BY_COMPANY: _Shape(kind=Kind.CANCELLED, requested_by=RequestedBy.COMPANY, minutes=(-2400, -120)),
    Manner.BY_PLATFORM: _Shape(kind=Kind.CANCELLED, requested_by=RequestedBy.PLATFORM, minutes=(2, 8)),
}
