"""The job reads a school at once and locks the lessons alone that need a change, however many are watched."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from makegood.actions.claim_absence import claim_absence
from makegood.actions.finish_lesson import finish_lesson
from makegood.actions.join_lesson import join_lesson
from makegood.actions.leave_lesson import leave_lesson
from makegood.actions.start_lesson import start_lesson
from makegood.actions.stay_in_lesson import stay_in_lesson
from makegood.actions.watch_lessons import Watched, watch_lessons
from makegood.domain.incidents.models import Incident
from makegood.domain.lessons.models import DeskCase, Lesson, LessonClaim, LessonMove
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import Text, render
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.uptime.operations import keep_heartbeat
from tests.cast import Cast, book, make_cast
from tests.moves import FRIDAY, NOW, WEDNESDAY, lesson_of, open_mornings, reschedule

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


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


def teach_for_12_minutes(cast: Cast, lesson: Lesson, *, teacher_ends_by: Callable[..., object] | None) -> None:
    """Both are there for 12 minutes. The teacher ends by an action, or is simply not seen any more, as the student."""
    for who in (cast.tara, cast.sam):
        here: dict[str, Any] = {"school": cast.school, "actor": who, "lesson_id": lesson.pk, "door": Door.WEB}
        join_lesson(**here, now=NOON)
        if who == cast.tara:
            start_lesson(**here, now=NOON)
        # Whoever is there last did not end it.
        for minute in range(1, 13 if who == cast.tara else 14):
            stay_in_lesson(**here, now=NOON + minute * MINUTE)
        if who == cast.tara and teacher_ends_by is not None:
            teacher_ends_by(**here, now=NOON + 12 * MINUTE + SECOND)


@pytest.mark.parametrize("ends_by", [finish_lesson, leave_lesson])
def test_both_sides_hear_once_what_waits_for_people_and_what_it_will_cost(
    cast: Cast, ends_by: Callable[..., object]
) -> None:
    """A session of 12 minutes that nobody reported: the teacher hears of it at its end, and again when it counts."""
    lesson = book(cast, starts_at=NOON)
    teach_for_12_minutes(cast, lesson, teacher_ends_by=ends_by)
    assert told(cast) == []

    for now in (NOON + HOUR, NOON + HOUR + MINUTE):
        watch(now)

    to_teacher, to_student = (text for _who, text in told(cast))
    assert to_teacher.subject.endswith("Sam Studies on Wed 21 Oct, 20:00 (Manila) ended early and is not recorded yet")
    assert "Minutes taught: 12." in to_teacher.body
    assert "it is recorded by itself after Wed 21 Oct, 22:50" in to_teacher.body
    assert "did not go as planned" in to_student.body
    assert "10:50 at the latest" in to_student.body
    foreseen = to_teacher.body.split("The penalty is then ")[1].split(".\n")[0]

    watch(NOON + 3 * HOUR)

    later = [text.body for who, text in told(cast) if who == cast.tara.pk][-1]
    assert f"The penalty is {foreseen}." in later
    assert len(told(cast)) == 4


def test_where_our_own_page_may_have_been_away_nothing_is_said_to_come_by_itself(cast: Cast) -> None:
    teach_for_12_minutes(cast, book(cast, starts_at=NOON), teacher_ends_by=None)

    watch(NOON + HOUR)
    watch(NOON + 3 * HOUR)

    to_teacher, to_student = (text for _who, text in told(cast))
    assert "by itself" not in to_teacher.body
    assert "The penalty" not in to_teacher.body
    assert "at the latest" not in to_student.body


def keep_heartbeats(*, but: range = range(0)) -> None:
    """Our own pages answer every minute from a quarter of an hour before the lesson on, but in those minutes after."""
    for minute in range(-15, 60):
        if minute not in but:
            keep_heartbeat(at=NOON + minute * MINUTE + 3 * SECOND)


@pytest.mark.parametrize(
    ("but", "is_recorded"),
    [
        (range(0), True),
        (range(14, 19), True),
        # Six minutes: the page may have been away when both were not seen any more.
        (range(14, 20), False),
        # Long before, while both were seen: that says that it worked.
        (range(2, 9), True),
        (range(40, 50), True),
    ],
)
def test_two_sides_that_only_vanish_are_recorded_where_our_pages_are_known_to_have_answered(
    cast: Cast, but: range, is_recorded: bool
) -> None:
    """Both tabs are closed after 12 minutes, and nobody else is there in any school (trust.md, I-30)."""
    lesson = book(cast, starts_at=NOON)
    teach_for_12_minutes(cast, lesson, teacher_ends_by=None)
    keep_heartbeats(but=but)

    watch(NOON + HOUR)
    assert ("by itself" in told(cast)[0][1].body) == is_recorded
    watch(NOON + 3 * HOUR)

    with in_school(cast.school.pk):
        lesson.refresh_from_db()
        found = list(Incident.objects.values_list("kind", "taught_minutes"))
    assert (lesson.status, found) == (("cut_short", [("cut_short", 12)]) if is_recorded else ("in_progress", []))


@pytest.mark.parametrize(("but", "is_recorded"), [(range(0), True), (range(3, 9), False)])
def test_a_session_that_nobody_opened_is_recorded_where_our_pages_are_known_to_have_answered(
    cast: Cast, but: range, is_recorded: bool
) -> None:
    lesson = book(cast, starts_at=NOON)
    keep_heartbeats(but=but)

    watch(NOON + HOUR)
    watch(NOON + 3 * HOUR)

    with in_school(cast.school.pk):
        lesson.refresh_from_db()
    assert lesson.status == ("missed" if is_recorded else "booked")


def test_whoever_is_missing_hears_how_to_come_and_the_other_side_is_told_by_the_page(cast: Cast) -> None:
    alone = {cast.sam.pk: book(cast, starts_at=NOON), cast.tara.pk: book(cast, starts_at=NOON + 2 * HOUR)}
    for who in (cast.sam, cast.tara):
        lesson = alone[who.pk]
        for minute in range(25):
            now = lesson.starts_at + minute * MINUTE
            if minute == 0:
                join_lesson(school=cast.school, actor=who, lesson_id=lesson.pk, door=Door.WEB, now=now)
            else:
                stay_in_lesson(school=cast.school, actor=who, lesson_id=lesson.pk, door=Door.WEB, now=now)
        watch(lesson.starts_at + 25 * MINUTE)

    heard = [(who, text.subject.split(" with ")[0]) for who, text in told(cast)]
    assert (cast.tara.pk, "You are not seen in the session") in heard
    assert (cast.sam.pk, "You are not seen in your lesson") in heard


def test_both_sides_hear_that_it_is_unclear_what_became_of_a_session(cast: Cast) -> None:
    """The student is seen to the end and left first; the teacher was there and started nothing: people decide."""
    lesson = book(cast, starts_at=NOON)
    for who, minutes in ((cast.sam, range(49)), (cast.tara, range(50))):
        here: dict[str, Any] = {"school": cast.school, "actor": who, "lesson_id": lesson.pk, "door": Door.WEB}
        join_lesson(**here, now=NOON)
        for minute in minutes:
            stay_in_lesson(**here, now=NOON + minute * MINUTE)

    for now in (NOON + HOUR, NOON + HOUR + MINUTE, NOON + 3 * HOUR):
        watch(now)

    to_teacher, to_student = told(cast)
    assert [who for who, _text in (to_teacher, to_student)] == [cast.tara.pk, cast.sam.pk]
    assert to_teacher[1].subject.startswith("It is unclear what became of the session with Sam Studies on Wed 21 Oct")
    assert "by itself" not in to_teacher[1].body
    assert "We look into your lesson" in to_student[1].subject


def test_however_often_it_looks_at_the_same_instant_it_tells_once(cast: Cast) -> None:
    teach_for_12_minutes(cast, book(cast, starts_at=NOON), teacher_ends_by=finish_lesson)

    for _again in range(3):
        watch(NOON + HOUR)

    assert len(told(cast)) == 2


def told(cast: Cast) -> list[tuple[int, Text]]:
    with in_school(cast.school.pk):
        found = Message.objects.filter(channel="in_app").select_related("recipient__person", "school").order_by("pk")
        return [(one.recipient_id, render(one)) for one in found]


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
