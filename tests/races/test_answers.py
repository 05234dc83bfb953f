"""R-02's negative controls: what waits is confirmed, refused or lapsed, though both who did so found it waiting.

Without row locks the versions of a lesson and its triggers still let one of the two be the last word. Without all of
them both have theirs: a lesson is booked that its own record says is free again, or is approved twice.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import psycopg
import pytest
from django.db.models import F

from makegood.actions.lapsing import sweep_lapsed
from makegood.actions.one_by_one import PiecesFailed
from makegood.actions.waiting_lessons import NothingToAnswer
from makegood.database.compiled import Change, compiled_update
from makegood.domain.lessons import booking, operations, releasing
from makegood.domain.lessons.models import Lesson, LessonRelease, LessonStatus
from makegood.domain.lessons.operations import LessonChanged
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from tests.bookings import later
from tests.databases import TestDatabase
from tests.races.arena import Attempt, Deed, compete, list_findings, nobody_waits
from tests.races.crowd import FIRST, Crowd, make_crowd

pytestmark = pytest.mark.django_db(transaction=True)

KEPT_MINUTES = 15
DAYS_LATER = 60 * 24 * 4


def confirmed_or_lapsed(crowd: Crowd) -> tuple[Deed, Deed]:
    """The holder confirms in the last second; the sweep of a second later finds it not confirmed."""
    student, teacher = crowd.students[0], crowd.teachers[0]
    held = crowd.hold(student, teacher, FIRST)()
    confirm = crowd.book_held(student, held.lesson_id, now=later(KEPT_MINUTES - 1))
    return confirm, swept(crowd, minutes=KEPT_MINUTES)


def approved_or_refused(crowd: Crowd) -> tuple[Deed, Deed]:
    lesson_id = crowd.book(crowd.students[0], crowd.teachers[0], FIRST)().lesson_id
    return crowd.approve(lesson_id), crowd.decline(lesson_id)


def approved_twice(crowd: Crowd) -> tuple[Deed, Deed]:
    lesson_id = crowd.book(crowd.students[0], crowd.teachers[0], FIRST)().lesson_id
    return crowd.approve(lesson_id), crowd.approve(lesson_id)


def approved_or_lapsed(crowd: Crowd) -> tuple[Deed, Deed]:
    lesson_id = crowd.book(crowd.students[0], crowd.teachers[0], FIRST)().lesson_id
    return crowd.approve(lesson_id), swept(crowd, minutes=DAYS_LATER)


def swept(crowd: Crowd, *, minutes: int) -> Deed:
    """What a job does: one that comes too late says so in its log."""

    def run() -> None:
        with suppress(PiecesFailed):
            sweep_lapsed(school=crowd.cast.school, now=later(minutes))

    return run


def count_words(crowd: Crowd) -> int:
    """How often somebody or something had the last word: it was booked, or it was let go."""
    booked = (EventKind.LESSON_BOOKED, EventKind.BOOKING_APPROVED)
    with in_school(crowd.cast.school.pk):
        return LessonRelease.objects.count() + Event.objects.filter(kind__in=booked).count()


@compiled_update
def _confirmed(
    school_id: int,
    lesson_id: int,
    version: int,
    status: LessonStatus,
    held_until: datetime | None,
    waits_for: str,
    booked_at: datetime | None,
) -> Change:
    changes = {"status": status, "held_until": held_until, "waits_for": waits_for, "booked_at": booked_at}
    return Lesson.objects.filter(school_id=school_id, pk=lesson_id), {**changes, "version": F("version") + 1}


@compiled_update
def _with_status(school_id: int, lesson_id: int, version: int, status: LessonStatus) -> Change:
    return Lesson.objects.filter(school_id=school_id, pk=lesson_id), {"status": status, "version": F("version") + 1}


def check_nothing(database: TestDatabase, patch: pytest.MonkeyPatch) -> None:
    """As if lessons had no version: whoever writes last writes over what the other wrote."""
    with psycopg.connect(database.owner_dsn) as owner:
        owner.execute("ALTER TABLE makegood_lesson DISABLE TRIGGER USER")
    patch.setattr(booking, "_confirmed", _confirmed)
    patch.setattr(operations, "_with_status", _with_status)


@pytest.mark.parametrize("find_deeds", [confirmed_or_lapsed, approved_or_refused, approved_twice, approved_or_lapsed])
@pytest.mark.parametrize(("is_checked", "words"), [(True, 1), (False, 2)])
def test_two_who_both_found_it_waiting(
    database: TestDatabase, find_deeds: Callable[[Crowd], tuple[Deed, Deed]], is_checked: bool, words: int
) -> None:
    crowd = make_crowd(
        teachers=2, students=2, hold_minutes=KEPT_MINUTES, needs_approval=find_deeds is not confirmed_or_lapsed
    )
    attempts = [Attempt(contest=0, deed=deed) for deed in find_deeds(crowd)]

    with pytest.MonkeyPatch.context() as patch:
        if not is_checked:
            check_nothing(database, patch)
        with nobody_waits(patch, writers=2, writing=((booking, "confirm"), (releasing, "release"))):
            race = compete(attempts, at_once=2)

    race.assert_civil()
    assert race.refusals() <= {LessonChanged, NothingToAnswer}
    assert count_words(crowd) == words
    assert not is_checked or list_findings(database) == {}
