"""A job killed at any statement leaves nothing half-done, and the next one completes it, each effect once.

Goal: what lapses and what nobody reported is put on record whole or not yet. Method: the jobs that come every minute
run in a process that is killed before or after a statement; then one runs to its end; what is there then is compared
with what a job leaves that nobody killed.
"""

from __future__ import annotations

import random
import signal
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from makegood.actions.join_lesson import join_lesson
from makegood.actions.lapsing import sweep_lapsed
from makegood.actions.start_lesson import start_lesson
from makegood.actions.watch_lessons import watch_lessons
from makegood.domain.incidents.models import Incident
from makegood.domain.ledger.models import CreditUse, Transfer
from makegood.domain.lessons.models import Lesson, LessonRelease, PresenceFact
from makegood.domain.notifications.models import Message
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.models import Event
from tests.cast import Cast, book, make_cast
from tests.databases import TestDatabase
from tests.killing import run_and_be_killed
from tests.races.arena import list_findings
from tests.races.crowd import make_crowd

pytestmark = pytest.mark.django_db(transaction=True)

SUITE = 6
# More than either job has statements for what it finds in a round.
STATEMENTS = 60
NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)

Told = tuple[str, list[str], list[str], list[str], list[str]]


def tell_of(lesson: Lesson) -> Told:
    """Everything that hangs on a lesson: its status, incidents and releases, money and credits, events, messages."""
    with in_school(lesson.school_id):
        own = {"school_id": lesson.school_id, "lesson_id": lesson.pk}
        credits_used = list(CreditUse.objects.filter(**own).values_list("pk", flat=True))
        moved = [
            *Transfer.objects.filter(source=lesson.pk, kind__startswith="lesson_pay").values_list("kind", flat=True),
            *Transfer.objects.filter(source__in=credits_used, kind__startswith="credit_u").values_list(
                "kind", flat=True
            ),
        ]
        ended = [
            *Incident.objects.filter(**own).values_list("kind", flat=True),
            *LessonRelease.objects.filter(**own).values_list("why", flat=True),
        ]
        events = Event.objects.filter(**own).values_list("kind", flat=True)
        messages = Message.objects.filter(event__lesson_id=lesson.pk).values_list("kind", flat=True)
        status = Lesson.objects.values_list("status", flat=True).get(pk=lesson.pk)
        return status, sorted(moved), sorted(ended), sorted(events), sorted(messages)


def kill_round_by_round(
    make: Callable[[int], list[Lesson]], job: Callable[[], object], *, is_full: bool
) -> Counter[int]:
    """Kill the job at another statement in each round; returns how its processes ended."""
    chance = random.Random(20261122)
    ends: Counter[int] = Counter()
    expected = None
    numbers = range(STATEMENTS) if is_full else sorted(chance.sample(range(STATEMENTS), SUITE))
    for round_number, statement in enumerate([-1, *numbers]):
        lessons = make(round_number)
        before = [tell_of(lesson) for lesson in lessons]
        if expected is None:
            job()
            expected = [tell_of(lesson) for lesson in lessons]
            assert all(told != former for told, former in zip(expected, before, strict=True))
            continue
        ends[run_and_be_killed(job, statement, is_after=chance.random() < 0.5)] += 1
        for lesson, former, whole in zip(lessons, before, expected, strict=True):
            assert tell_of(lesson) in (former, whole)
        job()
        assert [tell_of(lesson) for lesson in lessons] == expected
    return ends


def test_what_lapses_lapses_whole(database: TestDatabase, is_full: bool) -> None:
    crowd = make_crowd(teachers=4, students=4, credits_each=400, needs_approval=True, requires_credits=True)
    days_later = crowd.now + timedelta(days=4)

    def make(round_number: int) -> list[Lesson]:
        contests = [crowd.contest(2 * round_number + lane) for lane in range(2)]
        asked = [crowd.book(one.students[0], one.teacher, one.starts_at)().lesson_id for one in contests]
        with in_school(crowd.cast.school.pk):
            return list(Lesson.objects.filter(pk__in=asked).order_by("pk"))

    job = partial(sweep_lapsed, school=crowd.cast.school, now=days_later)
    ends = kill_round_by_round(make, job, is_full=is_full)

    assert set(ends) <= {0, -signal.SIGKILL}
    assert ends[-signal.SIGKILL] > 0
    assert list_findings(database) == {}


def test_what_nobody_reported_is_recorded_whole(database: TestDatabase, is_full: bool) -> None:
    cast = make_cast()
    latest = NOON

    def make(round_number: int) -> list[Lesson]:
        """One lesson that was taught and never finished, and one to which only Sam came."""
        nonlocal latest
        latest = NOON + timedelta(hours=6 * round_number)
        taught = book(cast, starts_at=latest - timedelta(hours=2))
        missed = book(cast, starts_at=latest, teacher=cast.tom)
        come(cast, taught, with_teacher=True)
        come(cast, missed, with_teacher=False)
        return [taught, missed]

    ends = kill_round_by_round(make, lambda: watch_lessons(now=latest + timedelta(hours=4)), is_full=is_full)

    assert set(ends) <= {0, -signal.SIGKILL}
    assert ends[-signal.SIGKILL] > 0
    assert list_findings(database) == {}


def come(cast: Cast, lesson: Lesson, *, with_teacher: bool) -> None:
    """Sam is there and seen all the time; Tara comes, too, or not."""
    at = lesson.starts_at
    join_lesson(school=cast.school, actor=cast.sam, lesson_id=lesson.pk, door=Door.WEB, now=at)
    if with_teacher:
        join_lesson(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, door=Door.WEB, now=at)
        start_lesson(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, door=Door.WEB, now=at)
    sides = [(cast.sam, "student"), (cast.tara, "teacher")] if with_teacher else [(cast.sam, "student")]
    with in_school(cast.school.pk):
        PresenceFact.objects.bulk_create(
            PresenceFact(
                school=cast.school, lesson=lesson, member=member, side=side, kind="seen",
                at=at + timedelta(minutes=minutes), door="web",
            )
            for member, side in sides
            for minutes in range(1, 50, 2)
        )  # fmt: skip
