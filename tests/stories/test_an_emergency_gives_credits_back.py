"""Tara cannot teach a lesson that took a credit of Sam's; then it was a mistake."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from makegood.actions.withdraw_incident import withdraw_incident
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.operations import TooLateToUndo
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.cast import Cast, book, make_cast, report
from tests.stories.test_student_wants_a_lesson_cancelled import credits_left, with_credits

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)


def status_of(cast: Cast, lesson: Lesson) -> str:
    with in_school(cast.school.pk):
        return Lesson.objects.get(school=cast.school, pk=lesson.pk).status


def test_an_emergency_gives_the_credit_back_and_its_undo_uses_it_again() -> None:
    cast = make_cast()
    lesson = book(cast, starts_at=NOON + timedelta(days=1))
    with_credits(cast, lesson, bought=1)
    before = credits_left(cast)

    reported = report(cast, lesson, now=NOON)
    given_back = credits_left(cast)
    undone_at = NOON + timedelta(minutes=1)
    withdraw_incident(school=cast.school, actor=cast.tara, reference=reported.reference, door=Door.WEB, now=undone_at)

    assert (before, given_back, credits_left(cast)) == (0, 1, 0)


def test_an_undo_after_the_credit_was_spent_is_refused_and_changes_nothing() -> None:
    cast = make_cast()
    lesson = book(cast, starts_at=NOON + timedelta(days=1))
    with_credits(cast, lesson, bought=1)
    reported = report(cast, lesson, now=NOON)
    with_credits(cast, book(cast, starts_at=NOON + timedelta(days=2)), bought=0)
    before = (credits_left(cast), status_of(cast, lesson))

    with pytest.raises(TooLateToUndo):
        withdraw_incident(school=cast.school, actor=cast.tara, reference=reported.reference, door=Door.WEB, now=NOON)

    assert (credits_left(cast), status_of(cast, lesson)) == before == (0, LessonStatus.CANCELLED)
