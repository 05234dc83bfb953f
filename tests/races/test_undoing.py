"""Undoing an answer or a gift of credits while the same is undone again, or what would depend on it happens.

Goal: one of two undoes it; where the time or the credits are wanted meanwhile, either they go or the undo does, and the
books stay whole.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from makegood.actions.answer_move import answer_move
from makegood.actions.approve_booking import approve_booking
from makegood.actions.ask_to_move import ask_to_move
from makegood.actions.cancel_by_student import cancel_by_student
from makegood.actions.grant_credits import grant_credits
from makegood.actions.quote_move import quote_move
from makegood.actions.take_back_credits import GrantUndoTooLate, undo_grant
from makegood.actions.undo_answer import undo_answer
from makegood.actions.undo_late_move import LateMoveUndone, undo_late_move
from makegood.actions.undo_move_answer import undo_move_answer
from makegood.actions.undoing import AnswerUndoTooLate, CreditsSpentSince
from makegood.domain.ledger.credits import NotEnoughCredits, count_left
from makegood.domain.ledger.models import CreditGrant
from makegood.domain.lessons.models import Lesson, LessonStatus, Side
from makegood.domain.lessons.operations import LessonNotFound, LessonNotOpen, TimeTakenSince, TooLateToUndo
from makegood.domain.lessons.time_checks import SlotTaken
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.bookings import NOW
from tests.databases import TestDatabase
from tests.races.arena import Attempt, Deed, compete, count_overlaps, list_findings
from tests.races.crowd import FIRST, Crowd, make_crowd

pytestmark = pytest.mark.django_db(transaction=True)

CONTESTS = 6


def about(crowd: Crowd, verb: Deed, actor: Membership, **values: object) -> Deed:
    how = {"school": crowd.cast.school, "door": Door.WEB, "now": crowd.now, "request_id": uuid.uuid4()}
    return partial(verb, actor=actor, **how, **values)


def refused(crowd: Crowd, number: int) -> int:
    """The school refused what the student wanted to book."""
    lesson_id = crowd.book(crowd.students[0], crowd.teachers[0], FIRST + timedelta(hours=number))().lesson_id
    crowd.decline(lesson_id)()
    return int(lesson_id)


def approved(crowd: Crowd, number: int) -> int:
    lesson_id = crowd.book(crowd.students[0], crowd.teachers[0], FIRST + timedelta(hours=number))().lesson_id
    about(crowd, approve_booking, crowd.cast.desi, lesson_id=lesson_id)()
    return int(lesson_id)


def test_a_refusal_is_undone_once_or_the_time_is_somebody_elses(database: TestDatabase) -> None:
    crowd = make_crowd(teachers=1, students=2, needs_approval=True, requires_credits=True, credits_each=CONTESTS)
    attempts = []
    for number in range(CONTESTS):
        lesson_id = refused(crowd, number)
        undo = [about(crowd, undo_answer, crowd.cast.desi, lesson_id=lesson_id) for _ in range(2)]
        taken = crowd.book(crowd.students[1], crowd.teachers[0], FIRST + timedelta(hours=number))
        attempts += [Attempt(contest=number, deed=deed) for deed in (*undo, taken)]

    race = compete(attempts)

    race.assert_civil()
    assert race.wins() == dict.fromkeys(range(CONTESTS), 1)
    assert race.refusals() <= {AnswerUndoTooLate, TimeTakenSince, SlotTaken, CreditsSpentSince}
    assert count_overlaps(database) == 0
    assert list_findings(database) == {}


def test_an_approval_is_undone_or_the_student_cancels(database: TestDatabase) -> None:
    crowd = make_crowd(teachers=1, students=1, needs_approval=True, requires_credits=True, credits_each=CONTESTS)
    attempts = []
    for number in range(CONTESTS):
        lesson_id = approved(crowd, number)
        undo = [about(crowd, undo_answer, crowd.cast.desi, lesson_id=lesson_id) for _ in range(2)]
        cancel = about(crowd, cancel_by_student, crowd.students[0], lesson_id=lesson_id, shown_as_free=True, note="")
        attempts += [Attempt(contest=number, deed=deed) for deed in (*undo, cancel)]

    race = compete(attempts)

    race.assert_civil()
    assert race.wins() == dict.fromkeys(range(CONTESTS), 1)
    assert race.refusals() <= {AnswerUndoTooLate, LessonNotOpen}
    assert list_findings(database) == {}


def test_an_agreed_move_is_undone_once_or_the_old_time_is_somebody_elses(database: TestDatabase) -> None:
    crowd = make_crowd(teachers=1, students=2, now=NOW)
    teacher, student, other = crowd.teachers[0], *crowd.students
    attempts = []
    for number in range(CONTESTS):
        # More than two that count would pause the teacher.
        side = Side.TEACHER if number < 2 else Side.STUDENT
        old, new = FIRST + timedelta(hours=2 * number), FIRST + timedelta(days=3, hours=2 * number)
        lesson_id = crowd.book(student, teacher, old)().lesson_id
        quote = quote_move(school=crowd.cast.school, actor=teacher, lesson_id=lesson_id, now=crowd.now)
        asked = ask_to_move(
            school=crowd.cast.school, actor=teacher, lesson_id=lesson_id, starts_at=new, says_side=side,
            reason="A wedding", quote_token=quote.token, door=Door.WEB, now=crowd.now,
        ).move_request_id  # fmt: skip
        about(crowd, answer_move, student, move_request_id=asked, agrees=True, says_side=side, reason="")()
        undo = [about(crowd, undo_move_answer, student, move_request_id=asked) for _ in range(2)]
        attempts += [Attempt(contest=number, deed=deed) for deed in (*undo, crowd.book(other, teacher, old))]

    race = compete(attempts)

    race.assert_civil()
    assert race.wins() == dict.fromkeys(range(CONTESTS), 1)
    assert race.refusals() <= {AnswerUndoTooLate, TimeTakenSince, SlotTaken}
    assert count_overlaps(database) == 0
    assert list_findings(database) == {}


def test_a_late_move_is_undone_whole_or_its_new_lesson_is_cancelled(database: TestDatabase) -> None:
    crowd = make_crowd(teachers=1, students=1, now=NOW, requires_credits=True, credits_each=2 * CONTESTS)
    teacher, student = crowd.teachers[0], crowd.students[0]
    attempts, used = [], []
    for number in range(CONTESTS):
        old, new = FIRST + timedelta(hours=2 * number), FIRST + timedelta(days=9, hours=2 * number)
        used.append(crowd.book(student, teacher, old)().lesson_id)
        # An hour before it begins: that uses it, and books another one.
        late = replace(crowd, now=old - timedelta(hours=1))
        kept = late.keep(student, used[-1], new, now=late.now)().hold_id
        moved = late.move(student, used[-1], kept, now=late.now, shown_as_free=False)()
        assert moved.is_used
        undo = [about(late, undo_late_move, student, lesson_id=moved.lesson_id) for _ in range(2)]
        cancel = late.cancel_by_student(student, moved.lesson_id, now=late.now, shown_as_free=True)
        attempts += [Attempt(contest=number, deed=deed) for deed in (*undo, cancel)]

    race = compete(attempts)

    race.assert_civil()
    assert race.wins() == dict.fromkeys(range(CONTESTS), 1)
    assert race.refusals() <= {LessonNotFound, LessonNotOpen, TooLateToUndo}
    undone = sum(isinstance(one.result, LateMoveUndone) for one in race.ended)
    with in_school(crowd.cast.school.pk):
        assert Lesson.objects.filter(pk__in=used, status=LessonStatus.BOOKED).count() == undone
        # Where it is undone the used lesson is to come; where it is not, it stays used, and the new one came back.
        assert count_left(school_id=crowd.cast.school.pk, student_id=student.pk, now=NOW) == CONTESTS
    assert count_overlaps(database) == 0
    assert list_findings(database) == {}


def test_a_gift_of_credits_is_undone_once_or_they_are_used(database: TestDatabase) -> None:
    crowd = make_crowd(teachers=1, students=CONTESTS, requires_credits=True)
    attempts = []
    for number, student in enumerate(crowd.students):
        about(crowd, grant_credits, crowd.cast.desi, student_id=student.pk, count=1, expires_on=None, reason="Paid")()
        with in_school(crowd.cast.school.pk):
            given = CreditGrant.objects.get(student=student).pk
        undo = [about(crowd, undo_grant, crowd.cast.desi, grant_id=given) for _ in range(2)]
        use = crowd.book(student, crowd.teachers[0], FIRST + timedelta(hours=number))
        attempts += [Attempt(contest=number, deed=deed) for deed in (*undo, use)]

    race = compete(attempts)

    race.assert_civil()
    assert race.wins() == dict.fromkeys(range(CONTESTS), 1)
    assert race.refusals() <= {GrantUndoTooLate, NotEnoughCredits}
    assert list_findings(database) == {}
    with in_school(crowd.cast.school.pk):
        booked = Lesson.objects.filter(status=LessonStatus.BOOKED).count()
        assert [count_left(school_id=crowd.cast.school.pk, student_id=one.pk, now=NOW) for one in crowd.students] == [
            0
        ] * CONTESTS
    assert booked <= CONTESTS
