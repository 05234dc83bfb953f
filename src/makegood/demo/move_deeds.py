"""How people of the demo move lessons, each through its verb."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

from makegood.actions.approve_move import approve_move
from makegood.actions.ask_to_move import ask_to_move
from makegood.actions.booking_steps import TeacherPaused
from makegood.actions.keep_new_time import keep_new_time
from makegood.actions.quote_move import quote_move
from makegood.actions.reschedule_lesson import reschedule_lesson
from makegood.actions.take_back_move import take_back_move
from makegood.actions.undo_reschedule import undo_reschedule
from makegood.demo.booking_deeds import Booked, Wish
from makegood.demo.openings import Openings
from makegood.domain.lessons.models import Side
from makegood.domain.lessons.time_checks import TimeRefused
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door

_FORMS: Final = uuid.UUID("5a0d7e0b-6c33-4f0e-9a43-3c6c0a8d7a55")
_TRIES: Final = 6
_CHOOSING: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """Moves lessons that came of wishes. Everything runs in the school's transaction."""

    school: School
    desk: Membership
    openings: Openings

    def move(self, booked: Booked, wish: Wish, *, now: datetime) -> None:
        """The student chooses another time and confirms it two minutes later, before the mark.

        Where the desk approves what students book, it approves the move another two minutes later.
        """

        def one(start: datetime) -> None:
            asked = self._choose(booked, start, now)
            if asked is not None:
                approve_move(
                    school=self.school,
                    actor=self.desk,
                    move_request_id=asked,
                    request_id=self._form("approve move", booked, start),
                    door=Door.WEB,
                    now=now + 2 * _CHOOSING,
                )

        self._at_the_first_time(booked, wish, one)

    def move_by_mistake(self, booked: Booked, wish: Wish, *, now: datetime) -> None:
        """The same, and two minutes later the student wants the former time again: the undo, or the request ends."""

        def one(start: datetime) -> None:
            asked = self._choose(booked, start, now)
            back: dict[str, Any] = {"actor": booked.pair.student, "door": Door.WEB, "now": now + 2 * _CHOOSING}
            if asked is not None:
                take_back_move(school=self.school, move_request_id=asked, **back)
            else:
                undo_reschedule(school=self.school, lesson_id=booked.lesson.pk, **back)

        self._at_the_first_time(booked, wish, one)

    def _choose(self, booked: Booked, start: datetime, now: datetime) -> int | None:
        """The student has the lesson moved to that time, or (the request) asks the school for it."""
        kept = keep_new_time(
            school=self.school,
            actor=booked.pair.student,
            lesson_id=booked.lesson.pk,
            starts_at=start,
            request_id=self._form("keep", booked, start),
            door=Door.WEB,
            now=now,
        )
        return reschedule_lesson(
            school=self.school,
            actor=booked.pair.student,
            lesson_id=booked.lesson.pk,
            hold_id=kept.hold_id,
            shown_as_free=True,
            note="My course at work was moved.",
            request_id=self._form("move", booked, start),
            door=Door.WEB,
            now=now + _CHOOSING,
        ).move_request_id

    def ask(self, booked: Booked, wish: Wish, *, reason: str, now: datetime) -> None:
        """The teacher asks the student for another time and waits for the answer."""

        def one(start: datetime) -> None:
            ask_to_move(
                school=self.school,
                actor=booked.pair.teacher,
                lesson_id=booked.lesson.pk,
                starts_at=start,
                says_side=Side.TEACHER,
                reason=reason,
                quote_token=quote_move(
                    school=self.school, actor=booked.pair.teacher, lesson_id=booked.lesson.pk, now=now
                ).token,
                door=Door.WEB,
                now=now + _CHOOSING,
            )

        self._at_the_first_time(booked, wish, one)

    def _at_the_first_time(self, booked: Booked, wish: Wish, do: Callable[[datetime], None]) -> None:
        pair = booked.pair
        starts = self.openings.starts(
            teacher=pair.teacher,
            student=pair.student,
            minutes=wish.minutes,
            from_at=wish.from_at,
            until_at=wish.until_at,
        )
        for start in islice(starts, _TRIES):
            try:
                do(start)
            except (TimeRefused, TeacherPaused):
                continue
            self.openings.take(teacher=pair.teacher, student=pair.student, start=start, minutes=wish.minutes)
            return

    def _form(self, what: str, booked: Booked, start: datetime) -> uuid.UUID:
        return uuid.uuid5(_FORMS, f"{what} {self.school.slug} {booked.lesson.pk} {start.isoformat()}")
