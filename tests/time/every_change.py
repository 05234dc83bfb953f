"""One teacher and one student of a school that is open around the clock, taken to every change of every clock."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import available_timezones

from django.db import transaction

from makegood.actions.book_series import book_series
from makegood.actions.cancel_by_student import cancel_by_student
from makegood.actions.cancel_for_student import PastTheMark, cancel_for_student
from makegood.actions.cancelling import FreeTimePassed
from makegood.actions.series_steps import SeriesWish
from makegood.domain.availability.expansion import WallRange
from makegood.domain.lessons.models import Lesson
from makegood.domain.people.models import Person
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal
from tests.bookings import book, open_mornings, set_rules
from tests.cast import Cast, make_cast
from tests.time.integer_clock import DAY, IntegerClock, Transition, clock_of, day_of, instant, midnight_of, seconds

YEARS = range(2025, 2029)
BEGINNING = datetime(2024, 10, 1, tzinfo=UTC)
MINUTE, QUARTER, LENGTH = 60, 900, 25 * 60
WEEK = 7 * DAY


@dataclass(frozen=True)
class Change:
    """One change of one zone's clocks."""

    clock: IntegerClock
    transition: Transition

    @property
    def jump(self) -> int:
        """Seconds: forward, a gap, is positive."""
        return self.transition.after - self.transition.before

    @property
    def odd_wall(self) -> int:
        """A quarter of an hour in the middle of what the wall skips or shows twice."""
        begins = self.transition.at + min(self.transition.before, self.transition.after)
        return begins + abs(self.jump) // 2 // QUARTER * QUARTER

    def __str__(self) -> str:
        return f"{self.clock.zone} {instant(self.transition.at):%Y-%m-%d %H:%M}"


def list_changes(*, is_whole: bool) -> Sequence[Change]:
    """All from 2025 to 2028; or every forty-first, and the first of each kind that there is."""
    every = [change for zone in sorted(available_timezones()) for change in list_changes_of(zone)]
    if is_whole:
        return every
    first_of_kind = {
        (one.jump, one.transition.before % 3600, one.transition.at % DAY % 3600): one for one in every[::-1]
    }
    return list({str(one): one for one in [*every[::41], *first_of_kind.values()]}.values())


def list_changes_of(zone: str) -> Sequence[Change]:
    """Those of one zone from 2025 to 2028, by time."""
    clock = clock_of(zone)
    return [Change(clock, change) for change in clock.transitions() if instant(change.at).year in YEARS]


def open_school() -> Cast:
    """Under its policy since 2024, with rules that leave room: any quarter of an hour, at once, three weeks ahead."""
    cast = make_cast(policy_from_on=BEGINNING.date())
    set_rules(cast, now=BEGINNING, slot_minutes=15, minimum_notice_minutes=0, horizon_days=21)
    return cast


class Sweep:
    """Books and cancels around a change through the verbs, and says where that is not what whole seconds say."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.count = 0

    def look_at(self, change: Change) -> list[str]:
        """What deviates; nothing of it is kept."""
        with rolled_back():
            self._live_in(change)
            found = [what for part in (self._lessons, self._marks, self._weeks) for what in _apart(part, change)]
        return [f"{change}: {what}" for what in found]

    def _live_in(self, change: Change) -> None:
        people = [self.cast.tara.person, self.cast.sam.person]
        Person.objects.filter(pk__in=[person.pk for person in people]).update(zone=change.clock.zone)
        for person in people:
            person.zone = change.clock.zone
        open_mornings(self.cast, ranges=(WallRange(0, 1440),), weekdays=7, now=self._now(change))

    def _now(self, change: Change) -> datetime:
        # At nine in the morning, UTC, no zone has a later date than UTC has.
        return instant((change.transition.at // DAY - 9) * DAY + 9 * 3600)

    def _lessons(self, change: Change) -> Iterator[str]:
        """Both of two equal times, or what is left around a gap: both booked, each where it was meant."""
        at = change.transition.at
        wanted = change.clock.instants_of(change.odd_wall) or [at - 2 * QUARTER, at]
        for start in wanted:
            lesson = self._lesson_of(book(self.cast, **self._one(change, start)).lesson_id)
            yield from self._differs("booked", seconds(lesson.starts_at), start)
            yield from self._differs("booked until", seconds(lesson.ends_at), start + LENGTH)

    def _marks(self, change: Change) -> Iterator[str]:
        """Cancelled a second before, on and after the mark: one whose mark is before the change, and one's on it."""
        free, at = ["free"], change.transition.at
        for hours, ways, late in (
            (12, (self._by_student_as_free, self._by_student), [FreeTimePassed.code, "paid"]),
            (24, (self._by_teacher,), [PastTheMark.code]),
        ):
            start = at + hours * 3600
            lesson_id = book(self.cast, **self._one(change, start)).lesson_id
            for edge, expected in ((-1, free), (0, free), (1, late)):
                found = [_outcome(way, lesson_id, instant(start - DAY + edge)) for way in ways[: len(expected)]]
                yield from self._differs(f"{hours} h after it, cancelled at {edge:+}", found, expected)

    def _by_student_as_free(self, lesson_id: int, now: datetime) -> bool:
        return cancel_by_student(**self._about(lesson_id, now), actor=self.cast.sam, shown_as_free=True).is_paid

    def _by_student(self, lesson_id: int, now: datetime) -> bool:
        return cancel_by_student(**self._about(lesson_id, now), actor=self.cast.sam, shown_as_free=False).is_paid

    def _by_teacher(self, lesson_id: int, now: datetime) -> bool:
        return cancel_for_student(**self._about(lesson_id, now), actor=self.cast.tara, asked="chat").is_paid

    def _about(self, lesson_id: int, now: datetime) -> dict[str, Any]:
        return {
            "school": self.cast.school, "lesson_id": lesson_id, "note": "", "request_id": uuid.uuid4(),
            "door": Door.WEB, "now": now,
        }  # fmt: skip

    def _weeks(self, change: Change) -> Iterator[str]:
        """Three weeks with the odd one in the middle, and from the second of two equal times on."""
        wall = change.odd_wall
        walls = [wall - WEEK, wall, wall + WEEK]
        yield from self._series(change, walls, [change.clock.instant_of(one) for one in walls], is_second=False)
        shown = change.clock.instants_of(wall)
        if len(shown) == 2:
            later = [shown[1], change.clock.instant_of(wall + WEEK)]
            yield from self._series(change, walls[1:], later, is_second=True)

    def _series(
        self, change: Change, walls: Sequence[int], expected: Sequence[int], *, is_second: bool
    ) -> Iterator[str]:
        day = day_of(walls[0])
        wish = SeriesWish(
            first_on=day,
            starts_minute=(walls[0] - midnight_of(day)) // MINUTE,
            minutes=LENGTH // MINUTE,
            lesson_type="regular",
            count=len(walls),
            is_second=is_second,
        )
        with rolled_back():
            booked = book_series(
                school=self.cast.school, actor=self.cast.sam, teacher_id=self.cast.tara.pk, wish=wish,
                request_id=uuid.uuid4(), door=Door.WEB, now=self._now(change),
            )  # fmt: skip
            starts = [seconds(self._lesson_of(lesson_id).starts_at) for lesson_id in booked.lesson_ids]
        yield from self._differs("weekly from the second" if is_second else "weekly", starts, list(expected))

    def _one(self, change: Change, start: int) -> dict[str, Any]:
        return {"starts_at": instant(start), "minutes": LENGTH // MINUTE, "now": self._now(change)}

    def _lesson_of(self, lesson_id: int) -> Lesson:
        with in_school(self.cast.school.pk):
            return Lesson.objects.get(pk=lesson_id)

    def _differs(self, what: str, found: object, expected: object) -> Iterator[str]:
        self.count += 1
        if found != expected:
            yield f"{what}: {found} instead of {expected}"


def _outcome(cancel: Callable[[int, datetime], bool], lesson_id: int, now: datetime) -> str:
    """Free, paid, or why it was refused; it is not kept."""
    with rolled_back():
        try:
            return "paid" if cancel(lesson_id, now) else "free"
        except Refusal as refusal:
            return refusal.code


def _apart(part: Callable[[Change], Iterator[str]], change: Change) -> Sequence[str]:
    with rolled_back():
        try:
            return list(part(change))
        except Refusal as refusal:
            return [f"{part.__name__} refused: {refusal.code}"]


@contextmanager
def rolled_back() -> Iterator[None]:
    """Whatever is written inside is not kept."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
