"""What the people of a demo school book, propose, approve and cancel in the days around now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Final

from makegood.demo.booking_deeds import Booked, Bookings, Pair, Wish, in_turn
from makegood.demo.bookings import Calendar
from makegood.demo.cancel_deeds import Cancellations
from makegood.demo.clock_changes import weeks_beyond_next_change
from makegood.demo.credit_story import CreditStory
from makegood.demo.demo_rows import DemoRows
from makegood.demo.lesson_pages import Deed, LessonPage
from makegood.demo.move_deeds import Moves
from makegood.demo.offers import RULES
from makegood.demo.openings import Openings
from makegood.demo.people import DemoPeople
from makegood.demo.second_thoughts import SecondThoughts
from makegood.demo.timetable import weekly_series
from makegood.domain.incidents.asking import AskedWay
from makegood.domain.ledger.credits import count_left
from makegood.domain.lessons.teaching_loads import week_of

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_WEEK: Final = timedelta(days=7)
_USUAL_WEEKS: Final = 6
_FEW_WEEKS: Final = 4
# Lesson credits that are left for what else a student books meanwhile.
_SPARE: Final = 2
_WITH_FEW: Final = 3
# A student of the cast has a series that goes over the next change of the clock, unless it would be a very long one.
_MOST_WEEKS_OF_CAST: Final = 12


class BookingStory:
    """Makes deeds; each runs in the school's transaction, at its time. The same `now` gives the same story."""

    def __init__(
        self,
        *,
        rows: DemoRows,
        people: DemoPeople,
        calendar: Calendar,
        now: datetime,
        troubled: Collection[str] = (),
    ) -> None:
        """`troubled`: the codes of teachers who may be paused before what is begun comes to its end."""
        self._rows = rows
        self._now = now
        rules = RULES[rows.demo.slug]
        openings = Openings(school=rows.row, rules=rules, calendar=calendar)
        self._bookings = Bookings(school=rows.row, desk=rows.desk, openings=openings, rules=rules)
        self._moves = Moves(school=rows.row, desk=rows.desk, openings=openings)
        self._cancellations = Cancellations(school=rows.row, desk=rows.desk)
        self._weeks_ahead = rules.horizon_days // 7 - 1
        self.cast, self._new, crowd = _pairs(rows, people)
        self.crowd: Sequence[Pair] = [pair for pair in crowd if pair.teacher.code not in troubled]
        self._troubled = [pair for pair in crowd if pair.teacher.code in troubled]
        # Students with few lesson credits; one of them uses nearly all, and they book nothing else.
        self._with_few, self.crowd = self.crowd[:_WITH_FEW], self.crowd[_WITH_FEW:]
        self._short, self._long = min(rows.demo.lesson_minutes), max(rows.demo.lesson_minutes)
        self._booked: dict[str, Booked] = {}
        self._places = count(step=3)

    def deeds(self) -> Iterator[Deed]:
        """Everything of the last days."""
        if RULES[self._rows.demo.slug].requires_credits:
            yield from self._credits()
        yield from self._series()
        yield from self._coming()
        yield from self._past()
        yield from self._cancelled()
        yield from self._answered()
        yield from self._moving()
        yield from self.waiting()
        yield from self._taken_back()
        yield from self._answered_weekly()
        yield from self._by_the_desk()
        yield from self._asked_and_answered()
        yield from self._thought_better().deeds()
        yield self._at(-2 * _DAY, self._fill_a_week)

    def waiting(self) -> Iterator[Deed]:
        """What waits for somebody's answer now: proposals, and bookings where the school wants to see them."""
        yield self._at(-5 * _HOUR, self._propose, "for the cast", self.cast, "Shall we add a session before your trip?")
        yield self._at(-20 * _HOUR, self._propose, "for the crowd", self._next(), "I have an hour free next week.")
        if RULES[self._rows.demo.slug].needs_approval:
            for name, ago in (("first", 3 * _HOUR), ("second", 7 * _HOUR)):
                yield self._at(-ago, self._book, f"to approve {name}", self._next(), 3 * _DAY, False)
            yield self._at(-26 * _HOUR, self._weekly, "to approve weekly", self._next(), _USUAL_WEEKS, False)
        yield self._at(-timedelta(minutes=4), self._hold, self._next())
        yield self._at(-9 * _HOUR, self._propose_weekly, "weekly", self._next(), "The same hour until your exam?")

    def _credits(self) -> Iterator[Deed]:
        story = CreditStory(
            rows=self._rows,
            cast=self.cast,
            crowd=[*self._new, *self.crowd, *self._troubled],
            few=self._with_few,
            now=self._now,
        )
        yield from story.deeds()
        yield self._at(-6 * _DAY, self._weekly, "nearly out", self._with_few, 3, True)

    def _series(self) -> Iterator[Deed]:
        for pair in self.cast:
            weeks = weeks_beyond_next_change(zone=pair.student.person.zone, after=self._now)
            fits = weeks is not None and weeks <= _MOST_WEEKS_OF_CAST
            number = weeks if weeks is not None and fits else _USUAL_WEEKS
            yield self._at(-9 * _DAY, self._weekly, "cast", [pair], number, True)
        for number in range(3):
            yield self._at(-(8 - number) * _DAY, self._weekly, f"crowd {number}", self._next(), _USUAL_WEEKS, True)
        for pairs, weeks in self._over_a_change():
            yield self._at(-4 * _DAY, self._weekly, "over the change", pairs, weeks, True)

    def _over_a_change(self) -> Iterator[tuple[Sequence[Pair], int]]:
        """The pairs of one zone whose clock changes within the horizon, and the weeks it takes."""
        for pair in self.crowd:
            zone = pair.student.person.zone
            weeks = weeks_beyond_next_change(zone=zone, after=self._now)
            if weeks is not None and weeks <= self._weeks_ahead:
                yield [other for other in self.crowd if other.student.person.zone == zone], weeks
                return

    def _coming(self) -> Iterator[Deed]:
        for number in range(4):
            yield self._at(-(3 * _DAY + number * 5 * _HOUR), self._book, f"coming {number}", self._next(), 2 * _DAY)
        yield self._at(-2 * _DAY, self._by_desk, self._next())
        yield self._at(-30 * _HOUR, self._by_mistake, self._next())

    def _past(self) -> Iterator[Deed]:
        """Lessons that students booked and that are over: one was taught, to one the student did not come."""
        for name in ("taught", "student absent"):
            yield self._at(-7 * _DAY, self._book, name, self._next(), -3 * _DAY)
            yield self._at(-_DAY, self._use_page, name)

    def _cancelled(self) -> Iterator[Deed]:
        pairs = {"cast": self.cast, "crowd": self._next()}
        for who, those in pairs.items():
            yield self._at(-6 * _DAY, self._book, f"late {who}", those, -2 * _DAY)
            yield self._at(-2 * _DAY, self._cancel_late, f"late {who}")
            yield self._at(-8 * _DAY, self._book, f"early {who}", those, 3 * _DAY)
            yield self._at(-_DAY, self._cancel_early, f"early {who}")
            yield self._at(-8 * _DAY + _HOUR, self._book, f"for student {who}", those, 4 * _DAY)
            yield self._at(-6 * _HOUR, self._cancel_for_student, f"for student {who}", AskedWay.CHAT)
        yield self._at(-7 * _DAY, self._book, "not asked", self._next(), 2 * _DAY)
        yield self._at(-20 * _HOUR, self._cancel_for_student, "not asked", AskedWay.EMAIL)
        yield self._at(-8 * _HOUR, self._with_booked, "not asked", self._cancellations.deny)

    def _answered(self) -> Iterator[Deed]:
        for name, accept in (("accepted", True), ("declined", False)):
            able = self._who_can_pay(self._next(), 1)
            yield self._at(-4 * _DAY, self._propose, name, able, "This was your time before the holidays.")
            yield self._at(-3 * _DAY - 10 * _HOUR, self._answer, name, accept)

    def _moving(self) -> Iterator[Deed]:
        """One that a student moved, and two that teachers ask to move: one of a student to sign in as."""
        yield self._at(-5 * _DAY, self._book, "to move", self._next(), 4 * _DAY)
        yield self._at(-2 * _DAY, self._move, "to move")
        for who, those in (("cast", self.cast), ("crowd", self._next())):
            yield self._at(-5 * _DAY, self._book, f"to ask for {who}", those, 5 * _DAY)
            yield self._at(-2 * _HOUR, self._ask_to_move, f"to ask for {who}")

    def _answered_weekly(self) -> Iterator[Deed]:
        """Two series that teachers proposed: one was accepted whole, one declined whole."""
        for name, accept in (("weekly accepted", True), ("weekly declined", False)):
            able = self._who_can_pay(self._next(), _FEW_WEEKS)
            note = "Every week until the end of the course?"
            yield self._at(-5 * _DAY, self._propose_weekly, name, able, note, _FEW_WEEKS)
            yield self._at(-4 * _DAY - 3 * _HOUR, self._answer, name, accept)

    def _taken_back(self) -> Iterator[Deed]:
        """A cancellation and a move that students undo at once; and one that calls, so that the desk cancels."""
        for name in ("cancelled by mistake", "moved by mistake", "called"):
            yield self._at(-7 * _DAY, self._book, name, self._next(), 2 * _DAY)
        yield self._at(-11 * _HOUR, self._with_booked, "cancelled by mistake", self._cancellations.by_mistake)
        yield self._at(-10 * _HOUR, self._move_by_mistake, "moved by mistake")
        yield self._at(-4 * _HOUR, self._with_booked, "called", self._cancellations.by_desk)

    def _by_the_desk(self) -> Iterator[Deed]:
        """A series that the desk books, and a lesson that it moves for a student who called."""
        yield self._at(-5 * _DAY - 2 * _HOUR, self._weekly_by_desk, self._next())
        yield self._at(-7 * _DAY, self._book, "to move by desk", self._who_can_pay(self._next(), 1), 4 * _DAY)
        yield self._at(-12 * _HOUR, self._move_by_desk, "to move by desk")

    def _asked_and_answered(self) -> Iterator[Deed]:
        """Teachers asked to move two lessons: one student agreed; the other kept a time that the school calls off."""
        for name, agrees in (("move agreed", True), ("time kept", False)):
            yield self._at(-7 * _DAY, self._book, name, self._who_can_pay(self._next(), 1), 5 * _DAY)
            yield self._at(-30 * _HOUR, self._ask_and_answer, name, agrees)
        yield self._at(-13 * _HOUR, self._with_booked, "time kept", self._cancellations.for_school)

    def _thought_better(self) -> SecondThoughts:
        return SecondThoughts(
            bookings=self._bookings,
            moves=self._moves,
            cancellations=self._cancellations,
            take=lambda lessons: self._who_can_pay(self._next(), lessons),
            minutes=self._short,
            needs_approval=RULES[self._rows.demo.slug].needs_approval,
            now=self._now,
        )

    def _at(self, ago: timedelta, do: Callable[..., None], *about: object) -> Deed:
        at = self._now.replace(second=0, microsecond=0) + ago
        return at, partial(do, at, *about)

    def _next(self) -> Sequence[Pair]:
        """All pairs of the crowd, each time beginning with others; at last those with teachers who may be paused."""
        return [*in_turn(self.crowd, next(self._places)), *self._troubled]

    def _wish(self, name: str, minutes: int, from_at: datetime, *, days: int = 3) -> Wish:
        return Wish(name=name, minutes=minutes, from_at=from_at, until_at=from_at + days * _DAY)

    def _keep(self, name: str, booked: Booked | None) -> None:
        if booked is not None:
            self._booked[name] = booked

    def _book(
        self,
        at: datetime,
        name: str,
        pairs: Iterable[Pair],
        ahead: timedelta,
        is_approved: bool = True,  # noqa: FBT001, FBT002
    ) -> None:
        days = 1 if ahead < timedelta() else 4
        wish = self._wish(name, self._short, self._now + ahead, days=days)
        self._keep(name, self._bookings.book(pairs, wish, now=at, is_approved=is_approved))

    def _weekly(
        self,
        at: datetime,
        name: str,
        pairs: Sequence[Pair],
        weeks: int,
        is_approved: bool,  # noqa: FBT001
    ) -> None:
        wish = self._wish(name, self._short, self._now + 36 * _HOUR, days=14)
        self._bookings.book_weekly(pairs, wish, count=weeks, now=at, is_approved=is_approved)

    def _by_desk(self, at: datetime, pairs: Sequence[Pair]) -> None:
        reason = "The student called: an exam next week."
        self._bookings.book_by_desk(
            pairs, self._wish("desk", self._long, self._now + 2 * _DAY, days=6), reason=reason, now=at
        )

    def _weekly_by_desk(self, at: datetime, pairs: Sequence[Pair]) -> None:
        able = self._who_can_pay(pairs, _FEW_WEEKS)
        wish = self._wish("weekly desk", self._short, self._now + 3 * _DAY, days=7)
        reason = "The student called: every week until the exam."
        self._bookings.book_weekly_by_desk(able, wish, count=_FEW_WEEKS, reason=reason, now=at)

    def _by_mistake(self, at: datetime, pairs: Sequence[Pair]) -> None:
        self._bookings.book_by_mistake(pairs, self._wish("mistake", self._short, self._now + 2 * _DAY, days=8), now=at)

    def _propose(self, at: datetime, name: str, pairs: Iterable[Pair], note: str) -> None:
        wish = self._wish(name, self._short, self._now + 3 * _DAY, days=5)
        self._keep(name, self._bookings.propose(pairs, wish, note=note, now=at))

    def _who_can_pay(self, pairs: Sequence[Pair], lessons: int) -> Iterator[Pair]:
        """Those who still have credits for so many lessons, and some more, when they are looked at."""
        for pair in pairs:
            left = count_left(school_id=self._rows.row.pk, student_id=pair.student.pk, now=self._now)
            if left >= lessons + _SPARE or not RULES[self._rows.demo.slug].requires_credits:
                yield pair

    def _propose_weekly(
        self, at: datetime, name: str, pairs: Iterable[Pair], note: str, weeks: int = _USUAL_WEEKS
    ) -> None:
        wish = self._wish(f"proposed {name}", self._short, self._now + 3 * _DAY, days=7)
        self._keep(name, self._bookings.propose_weekly(pairs, wish, count=weeks, note=note, now=at))

    def _answer(self, at: datetime, name: str, accept: bool) -> None:  # noqa: FBT001
        if name in self._booked:
            reason = "" if accept else "I am at work at that time."
            self._bookings.answer(self._booked[name], accept=accept, reason=reason, now=at)

    def _move(self, at: datetime, name: str) -> None:
        if name in self._booked:
            wish = self._wish(name, self._short, self._now + 8 * _DAY, days=5)
            self._moves.move(self._booked[name], wish, now=at)

    def _move_by_mistake(self, at: datetime, name: str) -> None:
        if name in self._booked:
            wish = self._wish(name, self._short, self._now + 8 * _DAY, days=5)
            self._moves.move_by_mistake(self._booked[name], wish, now=at)

    def _ask_to_move(self, at: datetime, name: str) -> None:
        if name in self._booked:
            wish = self._wish(name, self._short, self._now + 9 * _DAY, days=4)
            self._moves.ask(self._booked[name], wish, reason="I have to see a doctor at that time.", now=at)

    def _ask_and_answer(self, at: datetime, name: str, agrees: bool) -> None:  # noqa: FBT001
        if name in self._booked:
            wish = self._wish(name, self._short, self._now + 9 * _DAY, days=4)
            self._moves.ask_and_answer(self._booked[name], wish, agrees=agrees, now=at)

    def _move_by_desk(self, at: datetime, name: str) -> None:
        if name in self._booked:
            wish = self._wish(name, self._short, self._now + 8 * _DAY, days=5)
            self._moves.by_desk(self._booked[name], wish, reason="The student called: a flight at that time.", now=at)

    def _hold(self, at: datetime, pairs: Sequence[Pair]) -> None:
        self._bookings.hold(pairs, self._wish("hold", self._short, self._now + 2 * _DAY, days=12), now=at)

    def _use_page(self, _at: datetime, name: str) -> None:
        booked = self._booked.get(name)
        if booked is None:
            return
        page = LessonPage(
            school=self._rows.row,
            lesson=booked.lesson,
            teacher=booked.pair.teacher,
            student=booked.pair.student,
            desk=self._rows.desk,
        )
        deeds = page.taught() if name == "taught" else page.teacher_waits()
        for _when, do in sorted(deeds, key=lambda deed: deed[0]):
            do()

    def _cancel_early(self, at: datetime, name: str) -> None:
        if name in self._booked:
            self._cancellations.by_student(self._booked[name], is_free=True, now=at)

    def _cancel_late(self, _at: datetime, name: str) -> None:
        if name in self._booked:
            booked = self._booked[name]
            self._cancellations.by_student(booked, is_free=False, now=booked.lesson.starts_at - 5 * _HOUR)

    def _fill_a_week(self, at: datetime) -> None:
        """Somebody books the last lesson that a teacher on probation takes in the week after this one."""
        for pair in self._new[:1]:
            week = week_of(week_of(self._now, pair.teacher.person.zone).end or self._now, pair.teacher.person.zone)
            assert week.end is not None, "weeks end"
            wish = Wish(name="probation", minutes=self._short, from_at=week.start, until_at=week.end, is_firm=True)
            self._bookings.book(self._new, wish, now=at)

    def _with_booked(self, at: datetime, name: str, do: Callable[..., None]) -> None:
        """Something that is done about what came of a wish, if anything did."""
        if name in self._booked:
            do(self._booked[name], now=at)

    def _cancel_for_student(self, at: datetime, name: str, asked: AskedWay) -> None:
        if name in self._booked:
            self._cancellations.for_student(self._booked[name], asked=asked, now=at)


def _pairs(rows: DemoRows, people: DemoPeople) -> tuple[list[Pair], list[Pair], list[Pair]]:
    """Whoever has weekly lessons together: those of the cast's students, and those of the crowd, mixed by teacher.

    Between them, those who still look for a time with a teacher who is new.
    """
    series = weekly_series(rows.demo, people)
    pairs = [
        (Pair(rows.members[one.teacher.code], rows.members[one.student.code]), one)
        for one in series
        if one.teacher.code in rows.members and one.student.code in rows.members
    ]
    cast = [pair for pair, one in pairs if one.student.is_sign_in]
    new = [pair for pair, one in pairs if one.is_to_come and not one.student.is_sign_in]
    by_teacher: dict[str, list[Pair]] = {}
    for pair, one in pairs:
        if not (one.teacher.is_sign_in or one.student.is_sign_in):
            by_teacher.setdefault(one.teacher.code, []).append(pair)
    longest = max((len(own) for own in by_teacher.values()), default=0)
    crowd = [own[place] for place in range(longest) for own in by_teacher.values() if place < len(own)]
    return cast, new, crowd
