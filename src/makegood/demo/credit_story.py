"""The lesson credits of a demo school that sells them: brought in from a file, given by the desk, expired."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from makegood.actions.expire_credits import expire_credits
from makegood.actions.grant_credits import grant_credits
from makegood.actions.import_credits import import_credits
from makegood.actions.remind_of_credits import remind_of_credits
from makegood.actions.take_back_credits import take_back_credits
from makegood.demo.booking_deeds import Pair
from makegood.demo.demo_rows import DemoRows
from makegood.demo.lesson_pages import Deed
from makegood.domain.people.models import Membership
from makegood.domain.timeline.doors import Door
from makegood.reports.credit_book import make_credit_book

_FORMS: Final = uuid.UUID("9f3e9c52-1b37-4f4e-8a0b-6a7f0c5d2e10")
_IMPORTED_AGO: Final = timedelta(days=40)
_GRANTED_AGO: Final = timedelta(days=12)
_EXPIRED_AGO: Final = timedelta(days=5)
# When somebody saw that the last one had brought nobody.
_NOTICED_AFTER: Final = timedelta(days=2)
_SOON: Final = timedelta(days=9)
# Twice of what expired, then of what ends soon; some of the cast's came back only today, from lessons called off.
_REMINDED_AGO: Final = (timedelta(days=18), timedelta(days=7), timedelta(days=4), timedelta(hours=2))
_LATER: Final = timedelta(days=75)
# So many students of the crowd buy lessons one by one; the others come with a course that is paid by the month.
_MOST_BUYERS: Final = 100
_USUAL: Final = 10
_LITTLE: Final = 4


class CreditStory:
    """Makes deeds; each runs in the school's transaction, at its time."""

    def __init__(
        self, *, rows: DemoRows, cast: Sequence[Pair], crowd: Sequence[Pair], few: Sequence[Pair], now: datetime
    ) -> None:
        self._rows = rows
        self._now = now
        self._cast = [pair.student for pair in cast]
        self._buyers = [pair.student for pair in crowd[:_MOST_BUYERS]]
        self._few = few

    def deeds(self) -> Iterator[Deed]:
        """A file, some grants, one that was taken back in part, what nobody used in time, and reminders of it."""
        at = self._now - _IMPORTED_AGO
        yield at, partial(self._import, at)
        for place, student in enumerate([*self._cast, *self._buyers[:2]]):
            at = self._now - _GRANTED_AGO + timedelta(hours=place)
            yield at, partial(self._grant, student, at)
        if self._buyers:
            at = self._now - _GRANTED_AGO + _NOTICED_AFTER
            yield at, partial(self._take_back, self._buyers[:2][-1], at)
        at = self._now - _EXPIRED_AGO
        yield at, partial(expire_credits, school=self._rows.row, now=at)
        for ago in _REMINDED_AGO:
            at = self._now - ago
            yield at, partial(remind_of_credits, school=self._rows.row, now=at)

    def _import(self, at: datetime) -> None:
        lines = ["student,credits,expires_on,external_id"]
        for place, student in enumerate([*self._cast, *self._buyers]):
            lines.append(f"{student.code},{_USUAL},{self._ends(place)},INV-{2401 + place}")
        lines += [f"{pair.student.code},{_LITTLE},,INV-{2301 + place}" for place, pair in enumerate(self._few)]
        for place, student in enumerate(self._buyers[-3:]):
            ended = self._day(self._now - _EXPIRED_AGO)
            lines.append(f"{student.code},2,{ended},BONUS-{101 + place}")
        import_credits(school=self._rows.row, actor=self._rows.desk, text="\n".join(lines), door=Door.IMPORT, now=at)

    def _ends(self, place: int) -> str:
        """Of four students one has credits that end soon, one some that end later."""
        return {0: self._day(self._now + _SOON), 2: self._day(self._now + _LATER)}.get(place % 4, "")

    def _grant(self, student: Membership, at: datetime) -> None:
        grant_credits(
            school=self._rows.row,
            actor=self._rows.desk,
            student_id=student.pk,
            count=2,
            expires_on=date.fromisoformat(self._day(self._now + _LATER)),
            reason="Thank you for bringing a friend.",
            request_id=uuid.uuid5(_FORMS, f"grant {self._rows.demo.slug} {student.code}"),
            door=Door.WEB,
            now=at,
        )

    def _take_back(self, student: Membership, at: datetime) -> None:
        """One of the credits that came last, as whoever is at the desk does on the student's page."""
        book = make_credit_book(school=self._rows.row, student=student, now=at)
        given = next(line.given for line in book.lines if line.given is not None and line.removable)
        take_back_credits(
            school=self._rows.row,
            actor=self._rows.desk,
            grant_id=given.pk,
            count=1,
            reason="It is one lesson for one friend. Two were given by mistake.",
            request_id=uuid.uuid5(_FORMS, f"take back {self._rows.demo.slug} {student.code}"),
            door=Door.WEB,
            now=at,
        )

    def _day(self, at: datetime) -> str:
        return at.astimezone(ZoneInfo(self._rows.row.zone)).date().isoformat()
