"""Booked, weekly and cancelled through the verbs around the changes of clocks from 2025 to 2028, against whole seconds.

Every forty-first change and the first of each kind in the suite; all of them with `--all-zones`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from makegood.domain.availability import expansion
from makegood.domain.lessons import marks
from tests.databases import TestDatabase, reached_as
from tests.time.every_change import Change, Sweep, list_changes, list_changes_of, open_school

# So many tests share the work of `--all-zones`, for workers beside each other.
PARTS = 8


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test in the suite."""
    if "part" in metafunc.fixturenames:
        metafunc.parametrize("part", range(PARTS if metafunc.config.getoption("--all-zones") else 1))


@pytest.fixture
def changes(request: pytest.FixtureRequest, part: int) -> Sequence[Change]:
    is_whole = request.config.getoption("--all-zones")
    return list_changes(is_whole=True)[part::PARTS] if is_whole else list_changes(is_whole=False)


@pytest.fixture
def later(django_db_setup: None, database: TestDatabase, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database's own clock shows 2029, so that nothing up to 2028 is reported from the future. Only the owner can.

    Row-level security binds the owner like the product. All of it is rolled back.
    """
    with django_db_blocker.unblock(), reached_as(database.owner_dsn, database=database):
        with connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA later")
            cursor.execute(
                "CREATE FUNCTION later.clock_timestamp() RETURNS timestamptz LANGUAGE sql"
                " RETURN timestamptz '2029-06-01 00:00Z'"
            )
            cursor.execute("ALTER FUNCTION makegood_check_incident_facts() SET search_path = later, pg_catalog, public")
        yield


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_lessons_weeks_and_marks_are_where_whole_seconds_put_them(changes: Sequence[Change], later: None) -> None:
    sweep = Sweep(open_school())

    deviations = [what for change in changes for what in sweep.look_at(change)]

    print(f"{len({change.clock.zone for change in changes})} zones, {len(changes)} changes, {sweep.count} comparisons")
    assert deviations == []
    # Two lessons with start and end, six cancellations, a series.
    assert sweep.count >= 11 * len(changes)


def hours_on_the_wall(change: Change) -> Callable[..., datetime]:
    """A mark that is a day before on the clock, which is wrong in the night of a change."""
    place = ZoneInfo(change.clock.zone)
    return lambda *, starts_at, minutes: (starts_at.astimezone(place) - timedelta(minutes=minutes)).astimezone(UTC)


def test_the_sweep_finds_marks_of_the_wall_and_the_wrong_one_of_two_times(
    monkeypatch: pytest.MonkeyPatch, later: None
) -> None:
    """Negative control: with arithmetic on the wall clock, the other of two times, or a gap that moves back."""
    sweep = Sweep(open_school())
    back, forward = (
        next(one for one in list_changes_of("Europe/Berlin") if one.jump == jump) for jump in (-3600, 3600)
    )
    assert sweep.look_at(back) == sweep.look_at(forward) == []

    for change in (back, forward):
        with monkeypatch.context() as patch:
            patch.setattr(marks, "mark_of", hours_on_the_wall(change))
            found = " ".join(sweep.look_at(change))
            assert "12 h after it, cancelled at" in found
            # Forward, a day before on the wall is the change itself, and right.
            assert ("24 h after it, cancelled at" in found) is (change is back)
    monkeypatch.setattr(expansion, "_wall", the_other_one)
    assert ["weekly" in what for what in sweep.look_at(back)] == [True]
    assert ["weekly" in what for what in sweep.look_at(forward)] == [True]


def the_other_one(day: date, minute: int, zone: str) -> datetime:
    """The wall time as `expansion` makes it, but the second of two; in a gap moved back."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return (midnight + timedelta(minutes=minute)).replace(fold=1)
