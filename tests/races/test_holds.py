"""R-02: holding, confirming, lapsing and approving the same time at once. It is never anybody's twice, nor lost.

Goal: a hold keeps its time until it lapses and not longer; a request is answered once; credits follow. Method: as in
test_one_slot, with the sweep that runs every minute in between.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connections

from makegood.actions import booking_steps
from makegood.actions.book_lesson import HoldLapsed
from makegood.actions.hold_slot import SlotHeld
from makegood.actions.lapsing import sweep_lapsed
from makegood.actions.taking_steps import LessonBooked
from makegood.actions.waiting_lessons import NothingToAnswer
from makegood.domain.ledger import credits as lesson_credits
from makegood.domain.lessons import booking, busy
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.statuses import LIVE
from makegood.domain.lessons.time_checks import SlotTaken
from makegood.domain.schools.context import in_school
from tests.bookings import later
from tests.databases import TestDatabase
from tests.races.arena import (
    Attempt,
    Deed,
    Race,
    compete,
    count_overlaps,
    drop_overlap_constraints,
    list_findings,
    nobody_waits,
)
from tests.races.crowd import FIRST, Contest, Crowd, make_crowd

pytestmark = pytest.mark.django_db(transaction=True)

SUITE, FULL = 128, 20_000
CONTESTANTS = 8
LANES = 4
Kind = Callable[[Crowd, Contest], list[Deed]]
KEPT_MINUTES = 15
CREDITS = 1_000
# Nothing had lapsed then, so that no teacher but the pair's own is locked.
ALONE = {"now": later(-1_000_000), "with_holds": False}


def hold_or_book(crowd: Crowd, contest: Contest) -> list[Deed]:
    """Everybody new: exactly one gets it, to keep or to have."""
    holding, booking = contest.students[::2], contest.students[1::2]
    # Late enough that no sweep of another contest ends a hold.
    now = later(KEPT_MINUTES - 1)
    return [
        *(crowd.hold(student, contest.teacher, contest.starts_at, now=now) for student in holding),
        *(crowd.book(student, contest.teacher, contest.starts_at, now=now) for student in booking),
    ]


def confirm_or_take(crowd: Crowd, contest: Contest) -> list[Deed]:
    """One has held it; in the minute in which that lapses, the holder confirms and the others want it."""
    # One who holds one time lets go of an earlier one, so that each contest of a part needs another holder.
    first = contest.number // LANES % CONTESTANTS
    holder, *others = [*contest.students[first:], *contest.students[:first]]
    held = crowd.hold(holder, contest.teacher, contest.starts_at)()
    lapsed = later(KEPT_MINUTES)
    return [
        crowd.book_held(holder, held.lesson_id, now=lapsed - timedelta(seconds=1)),
        *(crowd.book(student, contest.teacher, contest.starts_at, now=lapsed) for student in others[:-1]),
        partial(sweep_lapsed, school=crowd.cast.school, now=lapsed),
    ]


def answer_or_lapse(crowd: Crowd, contest: Contest) -> list[Deed]:
    """One has asked for it; the desk approves twice and declines, the student lets go, it lapses: one of these."""
    asking, *others = contest.students
    asked = crowd.book(asking, contest.teacher, contest.starts_at)()
    return [
        *(crowd.approve(asked.lesson_id) for _ in range(2)),
        crowd.decline(asked.lesson_id),
        crowd.let_go(asking, asked.lesson_id),
        partial(sweep_lapsed, school=crowd.cast.school, now=later(60 * 24 * 4)),
        *(crowd.book(student, contest.teacher, contest.starts_at) for student in others[:3]),
    ]


def run(crowd: Crowd, kind: Kind, numbers: range) -> Race:
    """Contests of one kind, part by part."""
    race = Race()
    for begin in numbers[:: LANES * CONTESTANTS]:
        part = [crowd.contest(number) for number in numbers if begin <= number < begin + LANES * CONTESTANTS]
        attempts = [Attempt(contest=one.number, deed=deed) for one in part for deed in kind(crowd, one)]
        race.ended += compete(attempts).ended
    return race


def live_by_start(crowd: Crowd) -> list[int]:
    """How many live lessons there are at each time of each teacher that ever had one."""
    with in_school(crowd.cast.school.pk):
        rows = list(Lesson.objects.values_list("teacher_id", "starts_at", "status"))
    live = {LessonStatus.HELD, LessonStatus.REQUESTED, LessonStatus.BOOKED}
    counted = {(teacher, start): 0 for teacher, start, _ in rows}
    for teacher, start, status in rows:
        counted[teacher, start] += status in live
    return list(counted.values())


def count_credits_left(crowd: Crowd) -> tuple[int, int]:
    """What the students have left, and what they should have: what they were given less one for each live lesson."""
    with in_school(crowd.cast.school.pk):
        left = lesson_credits.count_left_of_many(
            school_id=crowd.cast.school.pk, student_ids=[student.pk for student in crowd.students], now=crowd.now
        )
        live = Lesson.objects.filter(status__in=(LessonStatus.REQUESTED, LessonStatus.BOOKED)).count()
    return sum(left.values()), CREDITS * len(crowd.students) - live


def test_a_held_time_is_confirmed_or_free_again_and_never_both(database: TestDatabase, is_full: bool) -> None:
    crowd = make_crowd(teachers=2 * LANES, students=CONTESTANTS * LANES, hold_minutes=KEPT_MINUTES)

    race = run(crowd, confirm_or_take, range((FULL if is_full else SUITE) // 2 // CONTESTANTS))

    race.assert_civil()
    assert race.refusals() <= {SlotTaken, HoldLapsed}
    # A sweep may find it first: then it is somebody else's at once.
    assert set(live_by_start(crowd)) == {1}
    assert count_overlaps(database) == 0
    assert list_findings(database) == {}


def test_a_time_is_held_or_booked_by_one(database: TestDatabase, is_full: bool) -> None:
    crowd = make_crowd(teachers=2 * LANES, students=CONTESTANTS * LANES, hold_minutes=KEPT_MINUTES)

    race = run(crowd, hold_or_book, range((FULL if is_full else SUITE) // 4 // CONTESTANTS))

    race.assert_civil()
    assert race.refusals() == {SlotTaken}
    # A hold ends when its student holds another time, so that a time may be won more than once, one after the other.
    assert min(race.wins().values()) == 1
    assert max(live_by_start(crowd)) == 1
    assert count_overlaps(database) == 0
    assert list_findings(database) == {}


def test_a_request_is_answered_once_and_its_credit_follows(database: TestDatabase, is_full: bool) -> None:
    crowd = make_crowd(
        teachers=2 * LANES, students=CONTESTANTS * LANES, credits_each=CREDITS, needs_approval=True,
        requires_credits=True,
    )  # fmt: skip

    race = run(crowd, answer_or_lapse, range((FULL if is_full else SUITE) // 4 // CONTESTANTS))

    race.assert_civil()
    assert race.refusals() <= {SlotTaken, NothingToAnswer}
    assert set(live_by_start(crowd)) <= {0, 1}
    left, expected = count_credits_left(crowd)
    assert left == expected
    assert count_overlaps(database) == 0
    assert list_findings(database) == {}


def test_a_lapsed_hold_frees_its_time_with_the_next_attempt() -> None:
    crowd = make_crowd(teachers=2, students=2, hold_minutes=KEPT_MINUTES)
    contest = crowd.contest(0)
    held = crowd.hold(contest.students[0], contest.teacher, contest.starts_at)()
    with pytest.raises(SlotTaken):
        crowd.book(
            contest.students[1], contest.teacher, contest.starts_at, now=held.held_until - timedelta(seconds=1)
        )()

    began = time.perf_counter()
    booked = crowd.book(contest.students[1], contest.teacher, contest.starts_at, now=held.held_until)()

    assert booked.status is LessonStatus.BOOKED
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(("has_constraints", "winners", "overlaps"), [(True, 1, 0), (False, 2, 1)])
def test_a_hold_and_a_booking_that_both_found_it_free(
    database: TestDatabase, has_constraints: bool, winners: int, overlaps: int
) -> None:
    if not has_constraints:
        drop_overlap_constraints(database)
    crowd = make_crowd(teachers=2, students=CONTESTANTS)
    deeds = hold_or_book(crowd, crowd.contest(0))
    pair = [Attempt(contest=0, deed=deeds[0]), Attempt(contest=0, deed=deeds[-1])]

    with pytest.MonkeyPatch.context() as patch, nobody_waits(patch, writers=2):
        race = compete(pair, at_once=2)

    race.assert_civil()
    assert race.wins() == {0: winners}
    assert count_overlaps(database) == overlaps


def hold_elsewhere_while_booked(
    patch: pytest.MonkeyPatch, crowd: Crowd, *, patience: float
) -> tuple[SlotHeld, LessonBooked]:
    """A student holds a time of another teacher, having begun to wait before their hold with the first was there.

    While that hold is let go, and the week of its teacher is written, somebody else books that teacher.
    """
    student, rival = crowd.students[:2]
    teacher, other = crowd.teachers[:2]
    crowd.hold(student, teacher, FIRST)()
    lock, look = booking.lock_pair, busy.list_blocked
    begun: list[Future[LessonBooked]] = []

    def lock_no_others_at_first(**values: Any) -> Any:
        patch.setattr(booking, "lock_pair", lock)
        return lock(**values | ALONE)

    def look_before_somebody_books(**values: Any) -> Any:
        found = look(**values)
        if not begun:
            begun.append(threads.submit(book_alone))
            wait(begun, timeout=patience)
        return found

    def book_alone() -> LessonBooked:
        try:
            return crowd.book(rival, teacher, FIRST + timedelta(hours=5))()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        patch.setattr(booking, "lock_pair", lock_no_others_at_first)
        patch.setattr(busy, "list_blocked", look_before_somebody_books)
        return crowd.hold(student, other, FIRST)(), begun[0].result()


def test_a_hold_that_was_not_there_yet_is_let_go_with_its_teacher_locked(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = make_crowd(teachers=2, students=2)

    held, booked = hold_elsewhere_while_booked(monkeypatch, crowd, patience=0.5)

    with in_school(crowd.cast.school.pk):
        live = Lesson.objects.filter(status__in=LIVE).values_list("pk", flat=True)
        assert set(live) == {held.lesson_id, booked.lesson_id}
    assert list_findings(database) == {}


def test_without_that_lock_the_week_forgets_the_booking(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = make_crowd(teachers=2, students=2)
    monkeypatch.setattr(
        booking_steps,
        "_list_holds",
        lambda asked, _locked: booking.list_holds(school_id=asked.school.pk, student_id=asked.student_id),
    )

    hold_elsewhere_while_booked(monkeypatch, crowd, patience=60)

    assert "calendar weeks say what ranges say" in list_findings(database)


def test_a_lapsed_hold_of_a_teacher_who_is_not_locked_is_left_to_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = make_crowd(teachers=2, students=2, hold_minutes=KEPT_MINUTES)
    student, (teacher, other) = crowd.students[0], crowd.teachers[:2]
    held = crowd.hold(student, teacher, FIRST)()
    lock = booking.lock_pair
    monkeypatch.setattr(booking, "lock_pair", lambda **values: lock(**values | ALONE))

    crowd.book(student, other, FIRST + timedelta(hours=5), now=later(KEPT_MINUTES))()

    with in_school(crowd.cast.school.pk):
        assert Lesson.objects.get(pk=held.lesson_id).status == LessonStatus.HELD
    assert sweep_lapsed(school=crowd.cast.school, now=later(KEPT_MINUTES)) == 1
