"""How people of the demo move lessons, each through its verb."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

from makegood.actions.answer_move import answer_move
from makegood.actions.approve_move import approve_move
from makegood.actions.ask_to_move import ask_to_move
from makegood.actions.booking_steps import TeacherPaused
from makegood.actions.keep_new_time import keep_new_time
from makegood.actions.move_by_desk import Shown, move_by_desk
from makegood.actions.quote_move import quote_move
from makegood.actions.reschedule_lesson import reschedule_lesson
from makegood.actions.take_back_move import take_back_move
from makegood.actions.undo_reschedule import undo_reschedule
from makegood.demo.booking_deeds import Booked, Wish
from makegood.demo.openings import Openings
from makegood.domain.incidents.asking import AskedWay
from makegood.domain.lessons.models import Side
from makegood.domain.lessons.time_checks import TimeRefused
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.rules.facts import RequestedBy

_FORMS: Final = uuid.UUID("5a0d7e0b-6c33-4f0e-9a43-3c6c0a8d7a55")
_TRIES: Final = 6
_CHOOSING: Final = timedelta(minutes=2)
_THINKING: Final = timedelta(hours=3)


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
        self._at_the_first_time(booked, wish, lambda start: self._ask(booked, start, reason, now))

    def ask_and_answer(self, booked: Booked, wish: Wish, *, agrees: bool, now: datetime) -> None:
        """The same, and hours later the student agrees, or keeps the time."""
        asked: list[int] = []

        def one(start: datetime) -> None:
            asked.append(self._ask(booked, start, "My dentist has no other time.", now))

        self._at_the_first_time(booked, wish, one)
        for move_request_id in asked:
            answer_move(
                school=self.school,
                actor=booked.pair.student,
                move_request_id=move_request_id,
                agrees=agrees,
                says_side=Side.TEACHER if agrees else None,
                reason="" if agrees else "I have no other time that week.",
                request_id=uuid.uuid5(_FORMS, f"answer {self.school.slug} {move_request_id}"),
                door=Door.WEB,
                now=now + _THINKING,
            )

    def _ask(self, booked: Booked, start: datetime, reason: str, now: datetime) -> int:
        return ask_to_move(
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
        ).move_request_id

    def by_desk(self, booked: Booked, wish: Wish, *, reason: str, now: datetime) -> None:
        """The desk moves it before the mark for a student who called."""

        def one(start: datetime) -> None:
            move_by_desk(
                school=self.school,
                actor=self.desk,
                lesson_id=booked.lesson.pk,
                requested_by=RequestedBy.STUDENT,
                starts_at=start,
                asked=AskedWay.PHONE,
                reason=reason,
                shown=Shown(),
                request_id=self._form("move by desk", booked, start),
                door=Door.PHONE,
                now=now,
            )

        self._at_the_first_time(booked, wish, one)

    def _at_the_first_time(self, booked: Booked, wish: Wish, do: Callable[[datetime], object]) -> None:
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
