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
from makegood.actions.reschedule_lesson import LessonRescheduled, reschedule_lesson
from makegood.actions.say_not_agreed import say_not_agreed
from makegood.actions.take_back_move import take_back_move
from makegood.actions.undo_late_move import undo_late_move
from makegood.actions.undo_move_answer import undo_move_answer
from makegood.actions.undo_reschedule import undo_reschedule
from makegood.demo.booking_deeds import Booked, Wish
from makegood.demo.openings import Openings
from makegood.domain.incidents.asking import AskedWay
from makegood.domain.lessons.models import Side
from makegood.domain.lessons.moving import find_last_move
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
            asked = self._choose(booked, start, now).move_request_id
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
            asked = self._choose(booked, start, now).move_request_id
            back: dict[str, Any] = {"actor": booked.pair.student, "door": Door.WEB, "now": now + 2 * _CHOOSING}
            if asked is not None:
                take_back_move(school=self.school, move_request_id=asked, **back)
            else:
                undo_reschedule(school=self.school, lesson_id=booked.lesson.pk, **back)

        self._at_the_first_time(booked, wish, one)

    def move_late_by_mistake(self, booked: Booked, wish: Wish, *, by_desk: bool, now: datetime) -> None:
        """After the mark, the student, or the desk for them, moves the lesson, which uses it; and takes both back."""

        def one(start: datetime) -> None:
            if by_desk:
                another_id = self._move_by_desk(booked, start, "The student called: an exam.", now, is_free=False)
            else:
                another_id = self._choose(booked, start, now, is_free=False).lesson_id
            undo_late_move(
                school=self.school,
                actor=self.desk if by_desk else booked.pair.student,
                lesson_id=another_id,
                request_id=self._form("undo late move", booked, start),
                door=Door.WEB,
                now=now + 2 * _CHOOSING,
            )

        self._at_the_first_time(booked, wish, one)

    def _choose(self, booked: Booked, start: datetime, now: datetime, *, is_free: bool = True) -> LessonRescheduled:
        """The student has the lesson moved to that time, or asks the school for it."""
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
            shown_as_free=is_free,
            note="My course at work was moved.",
            request_id=self._form("move", booked, start),
            door=Door.WEB,
            now=now + _CHOOSING,
        )

    def ask(self, booked: Booked, wish: Wish, *, reason: str, now: datetime) -> None:
        """The teacher asks the student for another time and waits for the answer."""
        self._at_the_first_time(booked, wish, lambda start: self._ask(booked, start, reason, now))

    def ask_and_answer(self, booked: Booked, wish: Wish, *, agrees: bool, now: datetime) -> None:
        """The same, and hours later the student agrees, or keeps the time."""

        def one(start: datetime) -> None:
            asked = self._ask(booked, start, "My dentist has no other time.", now)
            self._answer(booked, asked, agrees=agrees, now=now + _THINKING)

        self._at_the_first_time(booked, wish, one)

    def ask_and_agree_by_mistake(self, booked: Booked, wish: Wish, *, now: datetime) -> None:
        """The same: the student agrees, undoes that two minutes later, and keeps the time in the end."""
        agreed_at = now + _THINKING

        def one(start: datetime) -> None:
            asked = self._ask(booked, start, "I have a training at that time.", now)
            self._answer(booked, asked, agrees=True, now=agreed_at)
            undone = undo_move_answer(
                school=self.school,
                actor=booked.pair.student,
                move_request_id=asked,
                request_id=self._form("undo answer", booked, start),
                door=Door.WEB,
                now=agreed_at + _CHOOSING,
            )
            self._answer(booked, undone.move_request_id, agrees=False, now=agreed_at + 2 * _CHOOSING)

        self._at_the_first_time(booked, wish, one)

    def _answer(self, booked: Booked, move_request_id: int, *, agrees: bool, now: datetime) -> None:
        answer_move(
            school=self.school,
            actor=booked.pair.student,
            move_request_id=move_request_id,
            agrees=agrees,
            says_side=Side.TEACHER if agrees else None,
            reason="" if agrees else "I have no other time that week.",
            request_id=uuid.uuid5(_FORMS, f"answer {self.school.slug} {move_request_id}"),
            door=Door.WEB,
            now=now,
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
        self._at_the_first_time(
            booked, wish, lambda start: self._move_by_desk(booked, start, reason, now, is_free=True)
        )

    def _move_by_desk(self, booked: Booked, start: datetime, reason: str, now: datetime, *, is_free: bool) -> int:
        """Returns the lesson at the new time."""
        return move_by_desk(
            school=self.school,
            actor=self.desk,
            lesson_id=booked.lesson.pk,
            requested_by=RequestedBy.STUDENT,
            starts_at=start,
            asked=AskedWay.PHONE,
            reason=reason,
            shown=Shown(as_free=is_free),
            request_id=self._form("move by desk", booked, start),
            door=Door.PHONE,
            now=now,
        ).lesson_id

    def deny(self, booked: Booked, *, now: datetime) -> None:
        """The student says, by the link in the message, that they did not ask for the move."""
        move = find_last_move(school_id=self.school.pk, lesson_id=booked.lesson.pk)
        if move is not None:
            say_not_agreed(
                school=self.school,
                move_id=move.pk,
                note="I did not call. Please leave my lesson where it was.",
                request_id=uuid.uuid5(_FORMS, f"not agreed {self.school.slug} {move.pk}"),
                door=Door.WEB,
                now=now,
            )

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
