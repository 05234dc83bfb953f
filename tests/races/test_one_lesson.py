"""R-05: everybody does something else with one lesson at once. It ends in one way, and what ended does not come back.

Goal: one terminal state; each accepted cancellation has its incident; no resurrection, not even by a stale copy that is
saved. Method: the product's verbs on real connections at three moments of a lesson's life, the job that watches lessons
among them; afterwards everybody tries again, and nothing may change.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import psycopg
import pytest
from django.db import IntegrityError, OperationalError

from makegood.actions.finish_lesson import LessonFinished
from makegood.actions.join_lesson import join_lesson
from makegood.actions.start_lesson import start_lesson
from makegood.actions.undo_cancellation import undo_cancellation
from makegood.actions.watch_lessons import watch_lessons
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.operations import AlreadyReported, LessonIsOver
from makegood.domain.lessons.attending import NotStarted, NotUnderWay
from makegood.domain.lessons.judging import Finding
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.operations import LessonNotOpen, TimeTakenSince
from makegood.domain.lessons.time_checks import SlotTaken
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.databases import TestDatabase
from tests.races.arena import Attempt, Deed, Race, compete, count_overlaps, list_findings
from tests.races.crowd import Crowd, make_crowd

pytestmark = pytest.mark.django_db(transaction=True)

SUITE, FULL = 500, 10_000
# A Monday long enough ago: nothing is reported from the future, says the database, which has a clock of its own.
LONG_SINCE = datetime(2026, 9, 21, 6, tzinfo=UTC)
TAUGHT = LessonFinished(finding=Finding.TAUGHT, taught_minutes=49, is_recorded=True)
ENDED = {LessonStatus.TAUGHT, LessonStatus.CANCELLED, LessonStatus.MISSED, LessonStatus.CUT_SHORT}


@dataclass(frozen=True, kw_only=True)
class Contested:
    """A booked lesson and its people."""

    crowd: Crowd
    teacher: Membership
    student: Membership
    lesson: Lesson

    def at(self, minutes: float) -> datetime:
        return self.lesson.starts_at + timedelta(minutes=minutes)

    def save_stale_copy(self, *, knows_version: bool = False) -> Deed:
        """Save that the lesson is booked, as code that knows no locks would; `knows_version`: with the right number."""
        stale = copy(self.lesson)

        def save() -> str:
            try:
                with in_school(stale.school_id):
                    if knows_version:
                        stale.version = Lesson.objects.values_list("version", flat=True).get(pk=stale.pk)
                    stale.version += 1
                    stale.save(update_fields=["status", "version"])
            except (OperationalError, IntegrityError) as error:
                assert "stale write" in str(error) or "does not go from" in str(error)  # noqa: PT017 - others are bugs
                return "refused"
            return "saved"

        return save


def before_the_mark(one: Contested) -> list[Deed]:
    now = one.at(-30 * 60)
    return [
        one.crowd.cancel_for_student(one.teacher, one.lesson.pk, now=now),
        one.crowd.cancel_by_student(one.student, one.lesson.pk, shown_as_free=True, now=now),
        one.crowd.report(one.teacher, one.lesson.pk, now=now),
        one.save_stale_copy(),
    ]


def at_the_start(one: Contested) -> list[Deed]:
    now = one.at(-1)
    return [
        partial(start_lesson, school=one.crowd.cast.school, actor=one.teacher, lesson_id=one.lesson.pk, door=Door.WEB,
                now=now),
        one.crowd.cancel_by_student(one.student, one.lesson.pk, shown_as_free=False, now=now),
        one.crowd.report(one.teacher, one.lesson.pk, now=now),
        one.save_stale_copy(knows_version=True),
    ]  # fmt: skip


def at_the_end(one: Contested) -> list[Deed]:
    """Both were there from the start on; the job comes by, and the desk has heard of a no-show."""
    school = one.crowd.cast.school
    for member in (one.student, one.teacher):
        join_lesson(school=school, actor=member, lesson_id=one.lesson.pk, door=Door.WEB, now=one.at(0))
    start_lesson(school=school, actor=one.teacher, lesson_id=one.lesson.pk, door=Door.WEB, now=one.at(0))
    return [
        one.crowd.finish(one.teacher, one.lesson.pk, now=one.at(49)),
        one.crowd.report(one.teacher, one.lesson.pk, now=one.at(49), lesson_begun=True),
        partial(watch_lessons, now=one.at(180)),
        one.crowd.record_no_show(one.lesson.pk, now=one.at(51)),
        one.save_stale_copy(),
    ]


MOMENTS: tuple[Callable[[Contested], list[Deed]], ...] = (before_the_mark, at_the_start, at_the_end)


def make_contested(crowd: Crowd, number: int) -> Contested:
    contest = crowd.contest(number)
    booked = crowd.book(contest.students[0], contest.teacher, contest.starts_at)()
    with in_school(crowd.cast.school.pk):
        lesson = Lesson.objects.get(pk=booked.lesson_id)
    return Contested(crowd=crowd, teacher=contest.teacher, student=contest.students[0], lesson=lesson)


def statuses(crowd: Crowd) -> dict[int, str]:
    with in_school(crowd.cast.school.pk):
        return dict(Lesson.objects.order_by("pk").values_list("pk", "status"))


def count_incidents(crowd: Crowd, **which: object) -> Counter[int]:
    """By lesson."""
    with in_school(crowd.cast.school.pk):
        return Counter(Incident.objects.filter(**which).values_list("lesson_id", flat=True))


def list_accepted_again(rounds: list[Contested]) -> list[object]:
    """What of all deeds about the lessons is still accepted when everything is over."""
    attempts = []
    for one in rounds:
        start, *_others, save_again = at_the_start(one)
        deeds = [
            *before_the_mark(one),
            start,
            save_again,
            one.crowd.finish(one.teacher, one.lesson.pk, now=one.at(49)),
        ]
        attempts += [Attempt(contest=one.lesson.pk, deed=deed) for deed in deeds]
    race = compete(attempts)
    race.assert_civil()
    return [one.result for one in race.ended if one.has_won]


def accepted(race: Race) -> Counter[int]:
    """By lesson, how many were told that they cancelled or reported it."""
    names = ("Cancelled", "EmergencyReported", "IncidentRecorded")
    return Counter(one.contest for one in race.ended if type(one.result).__name__ in names)


@pytest.mark.slow
def test_a_lesson_ends_in_one_way_and_stays_so(database: TestDatabase, is_full: bool) -> None:
    chance = random.Random(20261122)
    # Each school has few cases: else most of the time goes into what a report does to all earlier ones of its teacher.
    rounds_each = 500 if is_full else 100
    for part in range((FULL if is_full else SUITE) // rounds_each):
        crowd = make_crowd(slug=f"marigold-{part}", teachers=4, students=4, now=LONG_SINCE)
        rounds = [make_contested(crowd, number) for number in range(rounds_each)]
        attempts: list[Attempt] = []
        for number, one in enumerate(rounds):
            deeds = MOMENTS[number % len(MOMENTS)](one)
            chance.shuffle(deeds)
            attempts += [Attempt(contest=one.lesson.pk, deed=deed) for deed in deeds]

        race = compete(attempts)

        race.assert_civil()
        assert race.refusals() <= {LessonNotOpen, AlreadyReported, LessonIsOver, NotUnderWay, NotStarted}
        assert max(accepted(race).values()) == 1
        assert count_incidents(crowd, door=Door.WEB) == accepted(race)
        assert max(count_incidents(crowd).values()) == 1
        after = statuses(crowd)
        assert set(after.values()) <= ENDED
        # Finishing what is taught says that it is; a stale copy says that it was refused.
        assert {str(result) for result in list_accepted_again(rounds)} <= {"refused", str(TAUGHT)}
        assert statuses(crowd) == after
    assert count_overlaps(database) == 0
    assert list_findings(database) == {}


def test_a_saved_stale_copy_brings_a_cancelled_lesson_back_without_the_trigger(database: TestDatabase) -> None:
    crowd = make_crowd(teachers=2, students=2, now=LONG_SINCE)
    with_trigger, without = make_contested(crowd, 0), make_contested(crowd, 1)
    for one in (with_trigger, without):
        crowd.cancel_for_student(one.teacher, one.lesson.pk, now=one.at(-30 * 60))()
    assert with_trigger.save_stale_copy()() == "refused"
    assert with_trigger.save_stale_copy(knows_version=True)() == "refused"

    with psycopg.connect(database.owner_dsn) as owner:
        owner.execute("ALTER TABLE makegood_lesson DISABLE TRIGGER USER")
    assert without.save_stale_copy()() == "saved"

    after = statuses(crowd)
    assert (after[with_trigger.lesson.pk], after[without.lesson.pk]) == ("cancelled", "booked")
    assert "lessons tell the truth" in {name.replace("_", " ") for name in list_findings(database)}


def test_a_cancellation_is_taken_back_or_its_time_is_somebody_elses(database: TestDatabase, is_full: bool) -> None:
    crowd = make_crowd(teachers=2, students=8, now=LONG_SINCE)
    attempts = []
    for number in range(600 if is_full else 12):
        one = make_contested(crowd, number)
        now = one.at(-30 * 60)
        crowd.cancel_by_student(one.student, one.lesson.pk, shown_as_free=True, now=now)()
        undo = partial(
            undo_cancellation, school=crowd.cast.school, actor=one.student, lesson_id=one.lesson.pk, door=Door.WEB,
            now=now,
        )  # fmt: skip
        book = crowd.book(crowd.students[1], one.teacher, one.lesson.starts_at, now=now)
        pair = [undo, book] if number % 2 else [book, undo]
        attempts += [Attempt(contest=number, deed=deed) for deed in pair]

    race = compete(attempts)

    race.assert_civil()
    assert set(race.wins().values()) == {1}
    assert race.refusals() <= {SlotTaken, TimeTakenSince}
    assert count_overlaps(database) == 0
    assert list_findings(database) == {}
