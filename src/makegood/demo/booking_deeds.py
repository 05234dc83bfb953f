"""What students, teachers and the desk of the demo do about bookings, each through its verb."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import islice
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from makegood.actions.answer_proposal import answer_proposal
from makegood.actions.approve_booking import approve_booking
from makegood.actions.book_for_somebody import book_for_somebody
from makegood.actions.book_lesson import book_lesson
from makegood.actions.book_series import book_series
from makegood.actions.book_series_for_somebody import book_series_for_somebody
from makegood.actions.booking_steps import TeacherPaused
from makegood.actions.hold_slot import hold_slot
from makegood.actions.let_go import let_go
from makegood.actions.propose_lesson import propose_lesson
from makegood.actions.propose_series import propose_series
from makegood.actions.series_steps import SeriesHasProblems, SeriesWish
from makegood.actions.undo_answer import undo_answer
from makegood.actions.undo_booking import undo_booking
from makegood.demo.openings import Openings
from makegood.domain.availability.booking_rules import BookingRuleSet
from makegood.domain.ledger.credits import NotEnoughCredits
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.queries import find_lesson
from makegood.domain.lessons.time_checks import Leave, OutsideAvailability, TimeRefused
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door

_FORMS: Final = uuid.UUID("7c1f7a58-5f0e-4b39-9c02-3bb1a1d7f2aa")
_APPROVED_AFTER: Final = timedelta(hours=2, minutes=10)
# Before the undo minutes are over.
_NOTICED_AFTER: Final = timedelta(minutes=3)
_THINKING: Final = timedelta(hours=1)
# So many times of a pair are tried before the next pair is.
_TRIES: Final = 6
_LEAST_WEEKS: Final = 2

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Pair:
    """A teacher and a student."""

    teacher: Membership
    student: Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A lesson somebody wants: of a type and length, to start in `[from_at, until_at)`.

    Also a little later, while the teacher is still open, unless the end `is_firm`.
    """

    name: str
    minutes: int
    from_at: datetime
    until_at: datetime
    lesson_type: str = "regular"
    is_firm: bool = False


@dataclass(frozen=True, slots=True)
class Booked:
    """A lesson that came of a wish, and whose it is."""

    lesson: Lesson
    pair: Pair


class Bookings:
    """Does it for the pairs given, the first of which has time. Everything runs in the school's transaction."""

    def __init__(self, *, school: School, desk: Membership, openings: Openings, rules: BookingRuleSet) -> None:
        self._school = school
        self._desk = desk
        self._openings = openings
        self._needs_approval = rules.needs_approval

    def book(self, pairs: Iterable[Pair], wish: Wish, *, now: datetime, is_approved: bool = True) -> Booked | None:
        """A student books, and where the school wants to see it the desk approves, unless not `is_approved`."""

        def one(pair: Pair, start: datetime) -> int:
            return book_lesson(
                school=self._school,
                actor=pair.student,
                teacher_id=pair.teacher.pk,
                starts_at=start,
                minutes=wish.minutes,
                lesson_type=wish.lesson_type,
                request_id=self._form("book", wish),
                door=Door.WEB,
                now=now,
            ).lesson_id

        booked = self._first(pairs, wish, one)
        if booked is not None and self._needs_approval and is_approved:
            self._approve(booked, now)
        return booked

    def book_weekly(
        self, pairs: Iterable[Pair], wish: Wish, *, count: int, now: datetime, is_approved: bool = True
    ) -> Booked | None:
        """The same every week for `count` weeks; dates that are taken are left out."""

        def book(pair: Pair, series: SeriesWish) -> Sequence[int]:
            return book_series(
                school=self._school,
                actor=pair.student,
                teacher_id=pair.teacher.pk,
                wish=series,
                request_id=self._form("series", wish),
                door=Door.WEB,
                now=now,
            ).lesson_ids

        booked = self._first(pairs, wish, lambda pair, start: self._every_week(pair, wish, start, count, book))
        if booked is not None and self._needs_approval and is_approved:
            self._approve(booked, now)
        return booked

    def book_weekly_by_desk(
        self, pairs: Iterable[Pair], wish: Wish, *, count: int, reason: str, now: datetime
    ) -> Booked | None:
        """The desk books weekly lessons for both; dates that are taken are left out."""

        def book(pair: Pair, series: SeriesWish) -> Sequence[int]:
            return book_series_for_somebody(
                school=self._school,
                actor=self._desk,
                teacher_id=pair.teacher.pk,
                student_id=pair.student.pk,
                wish=series,
                reason=reason,
                leave=Leave(),
                request_id=self._form("desk series", wish),
                door=Door.PHONE,
                now=now,
            ).lesson_ids

        return self._first(pairs, wish, lambda pair, start: self._every_week(pair, wish, start, count, book))

    def propose_weekly(
        self, pairs: Iterable[Pair], wish: Wish, *, count: int, note: str, now: datetime
    ) -> Booked | None:
        """A teacher proposes weekly lessons in own open times to a student; they wait together for one answer."""

        def propose(pair: Pair, series: SeriesWish) -> Sequence[int]:
            series = replace(series, leave_out=series.leave_out | self._find_closed(pair, series))
            if count - len(series.leave_out) < _LEAST_WEEKS:
                raise OutsideAvailability
            return propose_series(
                school=self._school,
                actor=pair.teacher,
                student_id=pair.student.pk,
                wish=series,
                note=note,
                request_id=self._form("propose series", wish),
                door=Door.WEB,
                now=now,
            ).lesson_ids

        return self._first(pairs, wish, lambda pair, start: self._every_week(pair, wish, start, count, propose))

    def _find_closed(self, pair: Pair, series: SeriesWish) -> frozenset[int]:
        """The weeks of which the teacher would not think, as they are not open then."""
        at = time(series.starts_minute // 60, series.starts_minute % 60)
        first = datetime.combine(series.first_on, at, ZoneInfo(pair.student.person.zone))
        starts = [first + week * timedelta(days=7) for week in range(series.count)]
        closed = self._openings.find_closed(teacher=pair.teacher, starts=starts, minutes=series.minutes)
        return frozenset(position for position, start in enumerate(starts, 1) if start in closed)

    def _every_week(
        self,
        pair: Pair,
        wish: Wish,
        start: datetime,
        count: int,
        take: Callable[[Pair, SeriesWish], Sequence[int]],
    ) -> int:
        """Take the weeks from `start` on, without those that cannot be had; returns the first lesson."""
        series = SeriesWish.beginning(
            start,
            zone=pair.student.person.zone,
            minutes=wish.minutes,
            lesson_type=wish.lesson_type,
            count=count,
        )
        try:
            taken = take(pair, series)
        except SeriesHasProblems as problems:
            lost = frozenset(date.position for date in problems.dates if date.refusal is not None)
            if count - len(lost) < _LEAST_WEEKS:
                raise
            taken = take(pair, replace(series, leave_out=lost))
        for lesson_id in taken:
            lesson = find_lesson(school_id=self._school.pk, lesson_id=lesson_id)
            assert lesson is not None, "it was taken a moment ago"
            self._openings.take(
                teacher=pair.teacher, student=pair.student, start=lesson.starts_at, minutes=wish.minutes
            )
        return taken[0]

    def book_by_desk(self, pairs: Iterable[Pair], wish: Wish, *, reason: str, now: datetime) -> Booked | None:
        """The desk books for both."""

        def one(pair: Pair, start: datetime) -> int:
            return book_for_somebody(
                school=self._school,
                actor=self._desk,
                teacher_id=pair.teacher.pk,
                student_id=pair.student.pk,
                starts_at=start,
                minutes=wish.minutes,
                lesson_type=wish.lesson_type,
                reason=reason,
                leave=Leave(),
                request_id=self._form("desk", wish),
                door=Door.PHONE,
                now=now,
            ).lesson_id

        return self._first(pairs, wish, one)

    def book_by_mistake(self, pairs: Iterable[Pair], wish: Wish, *, now: datetime) -> None:
        """A student books, and undoes it three minutes later; what still waits for the school is let go."""
        booked = self.book(pairs, wish, now=now, is_approved=False)
        if booked is not None:
            (let_go if self._needs_approval else undo_booking)(
                school=self._school,
                actor=booked.pair.student,
                lesson_id=booked.lesson.pk,
                request_id=self._form("undo", wish),
                door=Door.WEB,
                now=now + _NOTICED_AFTER,
            )

    def propose(self, pairs: Iterable[Pair], wish: Wish, *, note: str, now: datetime) -> Booked | None:
        """A teacher proposes a lesson to a student; it waits for the answer."""

        def one(pair: Pair, start: datetime) -> int:
            return propose_lesson(
                school=self._school,
                actor=pair.teacher,
                student_id=pair.student.pk,
                starts_at=start,
                minutes=wish.minutes,
                lesson_type=wish.lesson_type,
                note=note,
                request_id=self._form("propose", wish),
                door=Door.WEB,
                now=now,
            ).lesson_id

        return self._first(pairs, wish, one)

    def answer(self, proposed: Booked, *, accept: bool, reason: str, now: datetime) -> None:
        """The student answers a proposal; it goes on waiting where the teacher was paused meanwhile."""
        try:
            self._answer(proposed, accept=accept, reason=reason, now=now)
        except TeacherPaused:
            return
        if accept and self._needs_approval:
            self._approve(proposed, now)

    def _answer(self, proposed: Booked, *, accept: bool, reason: str, now: datetime) -> None:
        answer_proposal(
            school=self._school,
            actor=proposed.pair.student,
            lesson_id=proposed.lesson.pk,
            accept=accept,
            reason=reason,
            request_id=self._form_about("answer", proposed),
            door=Door.WEB,
            now=now,
        )

    def decline_by_mistake(self, proposed: Booked, *, now: datetime) -> None:
        """The student declines a proposal, undoes that three minutes later, and accepts within the hour."""
        self.answer(proposed, accept=False, reason="I am away that week.", now=now)
        again = self._undo_answer(proposed, by=proposed.pair.student, now=now + _NOTICED_AFTER)
        self.answer(again, accept=True, reason="", now=now + _THINKING)

    def approve_by_mistake(self, pairs: Iterable[Pair], wish: Wish, *, now: datetime) -> None:
        """A student books, and the desk approves it and undoes that three minutes later: it waits for the desk."""
        booked = self.book(pairs, wish, now=now)
        if booked is not None:
            self._undo_answer(booked, by=self._desk, now=now + _APPROVED_AFTER + _NOTICED_AFTER)

    def _undo_answer(self, answered: Booked, *, by: Membership, now: datetime) -> Booked:
        """Returns what waits again."""
        undone = undo_answer(
            school=self._school,
            actor=by,
            lesson_id=answered.lesson.pk,
            request_id=self._form_about("undo answer", answered),
            door=Door.WEB,
            now=now,
        )
        again = find_lesson(school_id=self._school.pk, lesson_id=undone.lesson_ids[0])
        assert again is not None, "it waits again since a moment ago"
        return Booked(again, answered.pair)

    def hold(self, pairs: Iterable[Pair], wish: Wish, *, now: datetime) -> Booked | None:
        """A student keeps a time while making up their mind."""

        def one(pair: Pair, start: datetime) -> int:
            return hold_slot(
                school=self._school,
                actor=pair.student,
                teacher_id=pair.teacher.pk,
                starts_at=start,
                minutes=wish.minutes,
                lesson_type=wish.lesson_type,
                request_id=self._form("hold", wish),
                door=Door.WEB,
                now=now,
            ).lesson_id

        return self._first(pairs, wish, one)

    def _first(self, pairs: Iterable[Pair], wish: Wish, do: Callable[[Pair, datetime], int]) -> Booked | None:
        """What comes of the first time of the first pair at which it can be done."""
        for pair in pairs:
            for start in islice(self._starts(pair, wish), _TRIES):
                try:
                    lesson_id = do(pair, start)
                except (TimeRefused, TeacherPaused, SeriesHasProblems, NotEnoughCredits):
                    continue
                lesson = find_lesson(school_id=self._school.pk, lesson_id=lesson_id)
                assert lesson is not None, "it was booked a moment ago"
                self._openings.take(teacher=pair.teacher, student=pair.student, start=start, minutes=wish.minutes)
                return Booked(lesson, pair)
        return None

    def _starts(self, pair: Pair, wish: Wish) -> Iterable[datetime]:
        starts = self._openings.starts(
            teacher=pair.teacher,
            student=pair.student,
            minutes=wish.minutes,
            from_at=wish.from_at,
            until_at=wish.until_at,
        )
        return (start for start in starts if start < wish.until_at or not wish.is_firm)

    def _approve(self, booked: Booked, asked_at: datetime) -> None:
        approve_booking(
            school=self._school,
            actor=self._desk,
            lesson_id=booked.lesson.pk,
            request_id=self._form_about("approve", booked),
            door=Door.WEB,
            now=asked_at + _APPROVED_AFTER,
        )

    def _form(self, what: str, wish: Wish) -> uuid.UUID:
        return uuid.uuid5(_FORMS, f"{what} {self._school.slug} {wish.name} {wish.from_at.isoformat()}")

    def _form_about(self, what: str, booked: Booked) -> uuid.UUID:
        return uuid.uuid5(_FORMS, f"{what} {self._school.slug} {booked.lesson.pk}")


def in_turn(pairs: Sequence[Pair], first: int) -> Sequence[Pair]:
    """All pairs, beginning with the one at `first`, round and round once."""
    count = len(pairs)
    return [pairs[(first + number) % count] for number in range(count)]
