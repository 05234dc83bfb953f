"""Writing very many rows at once: a column is said by all of them, or is the database's own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from makegood.database.many_rows import add_rows
from makegood.domain.lessons.models import LessonRelease, ReleaseReason
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.cast import book, make_cast

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize("place", [0, 199])
def test_a_column_that_only_some_rows_say_is_refused_and_not_lost(place: int) -> None:
    cast = make_cast()
    lesson = book(cast, starts_at=NOON)
    with in_school(cast.school.pk):
        rows = [
            LessonRelease(school=cast.school, lesson=lesson, why=ReleaseReason.LAPSED, released_at=NOON, door=Door.JOB)
            for _ in range(200)
        ]
        rows[place].recorded_at = NOON

        with pytest.raises(AssertionError, match="some rows say recorded_at"):
            add_rows(rows)
