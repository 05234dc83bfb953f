"""The job reads a school at once and locks the lessons alone that need a change, however many are watched."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from makegood.actions.claim_absence import claim_absence
from makegood.actions.join_lesson import join_lesson
from makegood.actions.watch_lessons import Watched, watch_lessons
from makegood.domain.lessons.models import DeskCase, Lesson, LessonClaim, LessonMove
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.cast import Cast, book, make_cast
from tests.moves import FRIDAY, NOW, WEDNESDAY, lesson_of, open_mornings, reschedule

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def watch(now: datetime) -> tuple[Watched, list[str]]:
    """What the job did, and its statements."""
    with CaptureQueriesContext(connection) as caught:
        watched = watch_lessons(now=now)
    return watched, [query["sql"] for query in caught.captured_queries]


def locks(statements: list[str]) -> int:
    return sum(" FOR NO KEY UPDATE" in one or " FOR UPDATE" in one for one in statements)


def test_lessons_that_need_no_change_are_read_together_and_not_locked(cast: Cast) -> None:
    """They wait for their end, or their case is open already: the first look opens it, the next ones only read."""
    counts = []
    for number in range(3):
        book(cast, starts_at=NOON - number * 50 * MINUTE)
        first, told = watch(NOON + HOUR)
        again, statements = watch(NOON + HOUR)
        assert (first, again) == (Watched(concluded=0, waiting=number + 1),) * 2
        assert (locks(told) > 0, locks(statements)) == (True, 0)
        counts.append(len(statements))

    assert len(set(counts)) == 1
    with in_school(cast.school.pk):
        assert DeskCase.objects.count() == 3


def test_a_lesson_that_is_to_be_recorded_is_looked_at_again_under_its_lock(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON)
    for who in (cast.tara, cast.sam):
        join_lesson(school=cast.school, actor=who, lesson_id=lesson.pk, door=Door.WEB, now=NOON)

    watched, statements = watch(NOON + 3 * HOUR)

    assert locks(statements) > 0
    assert watched.concluded + watched.waiting == 1


def claims(cast: Cast, lesson: Lesson, who: Membership, now: datetime) -> None:
    claim_absence(
        school=cast.school, actor=who, lesson_id=lesson.pk, kind=LessonClaim.Kind.OTHER_ABSENT, note="",
        request_id=uuid.uuid4(), door=Door.WEB, now=now,
    )  # fmt: skip


def said_of_an_earlier_time(cast: Cast, who: Membership) -> Lesson:
    """A lesson of Friday about which somebody said, before it moved there, that nobody came on Wednesday."""
    open_mornings(cast)
    lesson = book(cast, starts_at=WEDNESDAY)
    reschedule(cast, lesson, to=FRIDAY)
    with in_school(cast.school.pk):
        assert LessonMove.objects.filter(lesson=lesson).exists()
        LessonClaim.objects.create(
            school=cast.school, lesson=lesson, member=who, side="teacher" if who == cast.tara else "student",
            kind=LessonClaim.Kind.OTHER_ABSENT, about_starts_at=WEDNESDAY, made_at=NOW, door=Door.WEB,
            request_id=uuid.uuid4(),
        )  # fmt: skip
    return lesson_of(cast, lesson.pk)


def test_what_was_said_of_an_earlier_time_decides_nothing_about_this_one(cast: Cast) -> None:
    lesson = said_of_an_earlier_time(cast, cast.tara)
    # Nobody was seen anywhere, so the facts are doubtful and a claim would stand.
    claims(cast, lesson, cast.sam, FRIDAY + 20 * MINUTE)

    watch_lessons(now=lesson.ends_at + 3 * HOUR)

    with in_school(cast.school.pk):
        assert list(DeskCase.objects.order_by("pk").values_list("kind", "outcome")) == [
            ("teacher_absent", "teacher_absent")
        ]
