"""What people of the demo did by mistake and took back within minutes, and a move that its student denies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from makegood.demo.booking_deeds import Booked, Bookings, Pair, Wish
from makegood.demo.cancel_deeds import Cancellations
from makegood.demo.lesson_pages import Deed
from makegood.demo.move_deeds import Moves

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
# A move after the mark is of a lesson that starts within so many hours.
_TODAY: Final = (6 * _HOUR, 20 * _HOUR)
_PROPOSED: Final = "This was your time before the holidays."


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondThoughts:
    """Makes deeds; each runs in the school's transaction, at its time.

    `take` gives pairs of the crowd whose students have credits for so many lessons, each time beginning with others.
    """

    bookings: Bookings
    moves: Moves
    cancellations: Cancellations
    take: Callable[[int], Iterable[Pair]]
    minutes: int
    needs_approval: bool
    now: datetime
    _booked: dict[str, Booked] = field(default_factory=dict)

    def deeds(self) -> Iterator[Deed]:
        """Everything of the last days."""
        yield from self._answers()
        yield from self._moves_and_reports()
        yield from self._late_move()

    def _answers(self) -> Iterator[Deed]:
        """A proposal that was declined, and where the desk looks at bookings one that it approved."""
        name = "declined by mistake"
        yield self._at(-5 * _DAY, self._propose, name, self.take(1))
        yield self._at(-4 * _DAY - 10 * _HOUR, self._with_booked, name, self.bookings.decline_by_mistake)
        if self.needs_approval:
            yield self._at(-6 * _HOUR, self._approve, "approved by mistake", self.take(1))

    def _moves_and_reports(self) -> Iterator[Deed]:
        """A time that a student agreed to, a move that was not asked for, and an emergency that was none."""
        for name, ahead in (("agreed by mistake", 5), ("denied", 4), ("reported by mistake", 2)):
            window = (ahead * _DAY, (ahead + 4) * _DAY)
            yield self._at(-7 * _DAY, self._book, name, self.take(1), window)
        yield self._at(-28 * _HOUR, self._with_booked, "agreed by mistake", self._agree)
        yield self._at(-15 * _HOUR, self._with_booked, "denied", self._move_for_student)
        yield self._at(-14 * _HOUR, self._with_booked, "denied", self.moves.deny)
        yield self._at(-9 * _HOUR, self._with_booked, "reported by mistake", self.cancellations.report_by_mistake)

    def _late_move(self) -> Iterator[Deed]:
        yield self._at(-7 * _DAY, self._book_for_today, "moved late", self.take(2))
        yield self._at(-_HOUR, self._with_booked, "moved late", self._move_late)

    def _at(self, ago: timedelta, do: Callable[..., None], *about: object) -> Deed:
        at = self.now.replace(second=0, microsecond=0) + ago
        return at, partial(do, at, *about)

    def _wish(self, name: str, window: tuple[timedelta, timedelta]) -> Wish:
        after, until = window
        return Wish(name=name, minutes=self.minutes, from_at=self.now + after, until_at=self.now + until)

    def _keep(self, name: str, booked: Booked | None) -> None:
        if booked is not None:
            self._booked[name] = booked

    def _with_booked(self, at: datetime, name: str, do: Callable[..., None]) -> None:
        if name in self._booked:
            do(self._booked[name], now=at)

    def _book(self, at: datetime, name: str, pairs: Iterable[Pair], window: tuple[timedelta, timedelta]) -> None:
        self._keep(name, self.bookings.book(pairs, self._wish(name, window), now=at))

    def _book_for_today(self, at: datetime, name: str, pairs: Iterable[Pair]) -> None:
        self._keep(name, self.bookings.book(pairs, replace(self._wish(name, _TODAY), is_firm=True), now=at))

    def _propose(self, at: datetime, name: str, pairs: Iterable[Pair]) -> None:
        wish = self._wish(name, (3 * _DAY, 8 * _DAY))
        self._keep(name, self.bookings.propose(pairs, wish, note=_PROPOSED, now=at))

    def _approve(self, at: datetime, name: str, pairs: Iterable[Pair]) -> None:
        self.bookings.approve_by_mistake(pairs, self._wish(name, (3 * _DAY, 7 * _DAY)), now=at)

    def _agree(self, booked: Booked, *, now: datetime) -> None:
        wish = self._wish("agreed by mistake", (9 * _DAY, 13 * _DAY))
        self.moves.ask_and_agree_by_mistake(booked, wish, now=now)

    def _move_for_student(self, booked: Booked, *, now: datetime) -> None:
        wish = self._wish("denied", (8 * _DAY, 13 * _DAY))
        self.moves.by_desk(booked, wish, reason="The student called: a meeting at that time.", now=now)

    def _move_late(self, booked: Booked, *, now: datetime) -> None:
        """Where the desk looks at what students book they would ask for it first, so there they call the desk."""
        wish = self._wish("moved late", (4 * _DAY, 9 * _DAY))
        self.moves.move_late_by_mistake(booked, wish, by_desk=self.needs_approval, now=now)
