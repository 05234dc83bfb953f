"""Moving a lesson while others cancel it, ask for another time, answer, undo, or want the same times."""

from __future__ import annotations

import random
import uuid
from datetime import timedelta
from functools import partial

import pytest

from makegood.actions.answer_move import answer_move
from makegood.actions.approve_move import approve_move, decline_move
from makegood.actions.ask_to_move import ask_to_move
from makegood.actions.cancel_by_student import cancel_by_student
from makegood.actions.cancelling import FreeTimePassed
from makegood.actions.keep_new_time import keep_new_time
from makegood.actions.moving_steps import MovePriceChanged
from makegood.actions.quote_move import quote_move
from makegood.actions.reschedule_lesson import reschedule_lesson
from makegood.actions.take_back_move import take_back_move
from makegood.actions.undo_cancellation import undo_cancellation
from makegood.actions.undo_reschedule import undo_reschedule
from makegood.domain.lessons.keeping import NewTimeNotKept
from makegood.domain.lessons.models import Lesson, LessonMove, MoveRequest, Side
from makegood.domain.lessons.move_requests import MoveIsAsked, MoveRequestEnded, MoveRequestNotFound
from makegood.domain.lessons.operations import LessonNotFound, LessonNotOpen, TimeTakenSince, TooLateToUndo
from makegood.domain.lessons.time_checks import SlotTaken, StudentDoubleBooked
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.databases import TestDatabase
from tests.moves import NOW, set_rules
from tests.races.arena import Attempt, Deed, compete, count_overlaps, list_findings
from tests.races.crowd import Crowd, make_crowd

pytestmark = pytest.mark.django_db(transaction=True)

# In the past, as incidents are not reported from the future.
FIRST = NOW.replace(hour=0) + timedelta(days=2)
ATTEMPTS = 48
# Each deals the deeds another way, in a school of its own.
SUITE, FULL = range(3, 5), range(3, 203)
ROUNDS = 4
HOURS = 5
EXPECTED = {
    FreeTimePassed, LessonNotFound, LessonNotOpen, MoveIsAsked, MovePriceChanged, MoveRequestEnded, MoveRequestNotFound,
    NewTimeNotKept, SlotTaken, StudentDoubleBooked, TimeTakenSince, TooLateToUndo,
}  # fmt: skip
"""Whoever comes second finds the time taken, the lesson off or moved, or the question answered."""


class Moving:
    """Two lessons that want each other's times, and everything their people may do about it at the same moment."""

    def __init__(self, crowd: Crowd, *, seed: int) -> None:
        self.crowd, self.chance = crowd, random.Random(seed)
        self.teacher, self.students = crowd.teachers[0], crowd.students[:2]
        self.how = {"school": crowd.cast.school, "door": Door.WEB, "now": crowd.now}
        self.lessons = {
            student.pk: crowd.book(student, self.teacher, FIRST + timedelta(hours=hour))().lesson_id
            for hour, student in enumerate(self.students)
        }

    def make(self, number: int) -> Deed:
        student = self.students[number % len(self.students)]
        deeds = (self.move, self.ask, self.answer, self.cancel, self.undo_cancel, self.move, self.undo, self.take_back)
        return partial(deeds[self.chance.randrange(len(deeds))], student, self.chance.randrange(HOURS))

    def move(self, student: Membership, hour: int) -> object:
        about = {"actor": student, "lesson_id": self.lessons[student.pk], **self.how}
        kept = keep_new_time(starts_at=FIRST + timedelta(hours=hour), request_id=uuid.uuid4(), **about)
        return reschedule_lesson(hold_id=kept.hold_id, shown_as_free=True, note="", request_id=uuid.uuid4(), **about)

    def ask(self, student: Membership, hour: int) -> object:
        about = {"school": self.crowd.cast.school, "actor": self.teacher, "lesson_id": self.lessons[student.pk]}
        quote = quote_move(**about, now=self.crowd.now)
        return ask_to_move(
            **about, starts_at=FIRST + timedelta(hours=hour), says_side=Side.TEACHER, reason="A wedding",
            quote_token=quote.token, door=Door.WEB, now=self.crowd.now,
        )  # fmt: skip

    def answer(self, student: Membership, _hour: int) -> object:
        return answer_move(
            actor=student, move_request_id=self.last_of(student), agrees=True, says_side=Side.TEACHER, reason="",
            request_id=uuid.uuid4(), **self.how,
        )  # fmt: skip

    def last_of(self, student: Membership) -> int:
        """The last request about the student's lesson, 0 for none."""
        with in_school(self.crowd.cast.school.pk):
            last = MoveRequest.objects.filter(lesson_id=self.lessons[student.pk]).order_by("-pk").first()
        return last.pk if last else 0

    def cancel(self, student: Membership, _hour: int) -> object:
        return cancel_by_student(
            actor=student, lesson_id=self.lessons[student.pk], shown_as_free=True, note="", request_id=uuid.uuid4(),
            **self.how,
        )  # fmt: skip

    def undo_cancel(self, student: Membership, _hour: int) -> object:
        return undo_cancellation(actor=student, lesson_id=self.lessons[student.pk], **self.how)

    def undo(self, student: Membership, _hour: int) -> object:
        return undo_reschedule(actor=student, lesson_id=self.lessons[student.pk], **self.how)

    def take_back(self, student: Membership, _hour: int) -> object:
        return take_back_move(actor=self.teacher, move_request_id=self.last_of(student), **self.how)


def test_moves_that_meet_leave_one_lesson_at_one_time_and_whole_books(database: TestDatabase, is_full: bool) -> None:
    moves = 0
    for seed in FULL if is_full else SUITE:
        crowd = make_crowd(slug=f"marigold-{seed}", teachers=1, students=2, now=NOW)
        moving = Moving(crowd, seed=seed)

        race = compete([Attempt(contest=number, deed=moving.make(number)) for number in range(ATTEMPTS)])

        race.assert_civil()
        assert race.refusals() <= EXPECTED
        with in_school(crowd.cast.school.pk):
            moves += LessonMove.objects.count()
            # Each of the two stayed itself, whatever was done to it.
            assert Lesson.objects.filter(pk__in=moving.lessons.values()).count() == len(moving.lessons)
    assert moves
    assert count_overlaps(database) == 0
    assert list_findings(database) == {}


def test_a_move_that_waits_for_the_school_is_answered_once(database: TestDatabase) -> None:
    crowd = make_crowd(teachers=2, students=2, now=NOW)
    booked = [
        (student, crowd.book(student, crowd.teachers[0], FIRST + timedelta(hours=2 * number))().lesson_id)
        for number, student in enumerate([*crowd.students] * ROUNDS)
    ]
    set_rules(crowd.cast, needs_approval=True, max_lessons_per_day=48)
    how = {"school": crowd.cast.school, "door": Door.WEB, "now": crowd.now}
    attempts = []
    for student, lesson_id in booked:
        with in_school(crowd.cast.school.pk):
            to = Lesson.objects.get(pk=lesson_id).starts_at + timedelta(hours=1)
        about = {"actor": student, "lesson_id": lesson_id, **how}
        kept = keep_new_time(starts_at=to, request_id=uuid.uuid4(), **about).hold_id
        moved = reschedule_lesson(hold_id=kept, shown_as_free=True, note="", request_id=uuid.uuid4(), **about)
        desk = {"actor": crowd.cast.desi, "move_request_id": moved.move_request_id, **how}
        deeds = {
            "approve": partial(approve_move, request_id=uuid.uuid4(), **desk),
            "decline": partial(decline_move, reason="Full", request_id=uuid.uuid4(), **desk),
            "take back": partial(take_back_move, **desk | {"actor": student}),
        }
        attempts += [Attempt(contest=lesson_id, deed=deed) for deed in deeds.values()]

    race = compete(attempts)

    race.assert_civil()
    assert race.wins() == {lesson_id: 1 for _student, lesson_id in booked}
    assert race.refusals() == {MoveRequestEnded}
    assert (count_overlaps(database), list_findings(database)) == (0, {})
