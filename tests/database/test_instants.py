"""Instants are read as Django reads them, whatever their year and fraction are."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DataError, connection
from psycopg.types.range import Range

from makegood.database.instants import InstantLoader

pytestmark = pytest.mark.django_db


def read(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        (value,) = cursor.fetchone()
    return value


def test_every_connection_reads_instants_so() -> None:
    connection.ensure_connection()
    assert connection.connection.adapters.get_loader(1184, 0) is InstantLoader


@pytest.mark.parametrize(
    "written",
    ["2026-11-28 17:59:56+00", "2026-11-28 17:59:56.5+00", "2026-11-28 17:59:56.883675+00", "0099-03-01 00:00:00+00",
     "9999-12-31 23:59:59.999999+00"],
)  # fmt: skip
def test_an_instant_is_the_one_that_was_written(written: str) -> None:
    found = read(f"SELECT timestamptz '{written}'")
    assert isinstance(found, datetime)
    assert found == datetime.fromisoformat(written)
    assert found.tzinfo is UTC


def test_a_stretch_has_instants_at_both_ends() -> None:
    found = read("SELECT tstzrange('2026-11-28 10:00:00+00', '2026-11-28 10:50:00.25+00')")
    assert isinstance(found, Range)
    assert (found.lower, found.upper) == (
        datetime(2026, 11, 28, 10, tzinfo=UTC), datetime(2026, 11, 28, 10, 50, 0, 250_000, tzinfo=UTC),
    )  # fmt: skip


@pytest.mark.parametrize("written", ["infinity", "10000-01-01 00:00:00+00", "0044-03-15 00:00:00+00 BC"])
def test_what_no_datetime_can_say_is_refused(written: str) -> None:
    with pytest.raises(DataError):
        read(f"SELECT timestamptz '{written}'")
