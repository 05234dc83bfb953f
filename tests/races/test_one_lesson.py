"""R-05: everybody does something else with one lesson at once. It ends in one way, and what ended does not come back.

Goal: one terminal state; each accepted cancellation has its incident, each accepted move its record, and each lesson
used by a late move the one that was booked for it; no resurrection, not even by a stale copy that is saved. Method: the
product's verbs on real connections at three moments of a lesson's life (`contested.py`), the job that watches lessons
among them; afterwards half of them, by chance, try again, and nothing may change.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime
from functools import partial

import psycopg
import pytest

from makegood.actions.finish_lesson import LessonFinished
from makegood.actions.move_by_desk import MovedByDesk
from makegood.actions.reschedule_lesson import LessonRescheduled
from makegood.actions.undo_cancellation import undo_cancellation
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.operations import AlreadyReported, LessonIsOver
from makegood.domain.lessons.attending import NotStarted, NotUnderWay
from makegood.domain.lessons.judging import Finding
from makegood.domain.lessons.keeping import NewTimeNotKept
from makegood.domain.lessons.models import Lesson, LessonMove, LessonStatus
from makegood.domain.lessons.operations import LessonNotOpen, TimeTakenSince
from makegood.domain.lessons.time_checks import SlotTaken
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.databases import TestDatabase
from tests.races.arena import Attempt, Race, compete, count_overlaps, list_findings
from tests.races.contested import MOMENTS, Contested, afterwards, make_contested
from tests.races.crowd import Crowd, make_crowd

pytestmark = pytest.mark.django_db(transaction=True)

SUITE, FULL = 500, 10_000
# In a school of their own: else most of the time goes into what a report does to all earlier ones of its teacher, and
# the contests reach the days to which lessons are moved.
ROUNDS_EACH = 100
# A Monday long enough ago: nothing is reported from the future, says the database, which has a clock of its own.
LONG_SINCE = datetime(2026, 9, 21, 6, tzinfo=UTC)
TAUGHT = LessonFinished(finding=Finding.TAUGHT, taught_minutes=49, is_recorded=True)
REFUSALS = {LessonNotOpen, AlreadyReported, LessonIsOver, NotUnderWay, NotStarted, NewTimeNotKept}
EVERYBODY = {
    "Cancelled", "EmergencyReported", "IncidentRecorded", "Lesson", "LessonFinished", "LessonRescheduled",
    "MovedByDesk", "Watched", "used by a late move",
}  # fmt: skip
ENDED = {LessonStatus.TAUGHT, LessonStatus.CANCELLED, LessonStatus.MISSED, LessonStatus.CUT_SHORT}


def states(rounds: list[Contested]) -> dict[int, tuple[str, datetime]]:
    """How and when each lesson that was raced for is."""
    with in_school(rounds[0].crowd.cast.school.pk):
        rows = Lesson.objects.filter(pk__in=[one.lesson.pk for one in rounds])
        return {pk: (status, starts_at) for pk, status, starts_at in rows.values_list("pk", "status", "starts_at")}


def count_incidents(crowd: Crowd, **which: object) -> Counter[int]:
    """By lesson."""
    with in_school(crowd.cast.school.pk):
        return Counter(Incident.objects.filter(**which).values_list("lesson_id", flat=True))


def list_accepted_again(rounds: list[Contested], chance: random.Random) -> list[object]:
    """What is still accepted when everything is over, of half of all that might be done with each lesson."""
    attempts = []
    for one in rounds:
        deeds = afterwards(one)
        attempts += [Attempt(contest=one.lesson.pk, deed=deed) for deed in chance.sample(deeds, len(deeds) // 2)]
    race = compete(attempts)
    race.assert_civil()
    return [one.result for one in race.ended if one.has_won]


def uses_lesson(result: object) -> bool:
    return isinstance(result, LessonRescheduled) and result.is_used


def accepted(race: Race) -> Counter[int]:
    """By lesson, how many were told that they cancelled, reported or used it."""
    names = ("Cancelled", "EmergencyReported", "IncidentRecorded")
    return Counter(one.contest for one in race.ended if type(one.result).__name__ in names or uses_lesson(one.result))


def moved(race: Race) -> Counter[int]:
    """By lesson, how many were told that they moved it."""
    moves = (LessonRescheduled, MovedByDesk)
    return Counter(one.contest for one in race.ended if isinstance(one.result, moves) and not uses_lesson(one.result))


def assert_moves_are_as_told(crowd: Crowd, race: Race) -> None:
    """Each move has its record, and the last one says where the lesson is; who used a lesson has another one."""
    with in_school(crowd.cast.school.pk):
        records = list(LessonMove.objects.order_by("pk").values_list("lesson_id", "to_starts_at"))
        starts = dict(Lesson.objects.values_list("pk", "starts_at"))
        bought = Lesson.objects.filter(pk__in=[one.result.lesson_id for one in race.ended if uses_lesson(one.result)])
        assert {lesson.status for lesson in bought} <= {LessonStatus.BOOKED}
    assert Counter(lesson_id for lesson_id, _to in records) == moved(race)
    last = dict(records)
    assert {lesson_id: starts[lesson_id] for lesson_id in last} == last
    assert len(bought) == sum(uses_lesson(one.result) for one in race.ended)


@pytest.mark.slow
def test_a_lesson_ends_in_one_way_and_stays_so(database: TestDatabase, is_full: bool) -> None:
    chance = random.Random(20261122)
    won: Counter[str] = Counter()
    for part in range((FULL if is_full else SUITE) // ROUNDS_EACH):
        # Without pauses: who has reported that much could not be moved to any more.
        crowd = make_crowd(slug=f"marigold-{part}", teachers=4, students=4, now=LONG_SINCE, pauses=False)
        rounds = [make_contested(crowd, number) for number in range(ROUNDS_EACH)]
        attempts: list[Attempt] = []
        for number, one in enumerate(rounds):
            deeds = MOMENTS[number % len(MOMENTS)](one)
            chance.shuffle(deeds)
            attempts += [Attempt(contest=one.lesson.pk, deed=deed) for deed in deeds]

        race = compete(attempts)

        race.assert_civil()
        assert race.refusals() <= REFUSALS
        assert max(accepted(race).values()) == 1
        assert count_incidents(crowd, door=Door.WEB) == accepted(race)
        assert max(count_incidents(crowd).values()) == 1
        assert_moves_are_as_told(crowd, race)
        after = states(rounds)
        assert {status for status, _starts_at in after.values()} <= ENDED
        # Finishing what is taught says that it is; a stale copy says that it was refused.
        assert {str(result) for result in list_accepted_again(rounds, chance)} <= {"refused", str(TAUGHT)}
        assert states(rounds) == after
        won.update(type(one.result).__name__ for one in race.ended if one.has_won)
        won["used by a late move"] += sum(uses_lesson(one.result) for one in race.ended)
    # Nobody is in it for show.
    assert not EVERYBODY - won.keys(), won
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

    after = states([with_trigger, without])
    assert [after[one.lesson.pk][0] for one in (with_trigger, without)] == ["cancelled", "booked"]
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
