"""Tara cannot teach a lesson that took a credit of Sam's; then it was a mistake."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from makegood.actions.withdraw_incident import withdraw_incident
from makegood.domain.timeline.doors import Door
from tests.cast import book, make_cast, report
from tests.stories.test_student_wants_a_lesson_cancelled import credits_left, with_credits

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)


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
