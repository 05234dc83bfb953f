"""Servers without the extension btree_gist get the same guarantees from the core's own range types."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from makegood import migrations
from tests.guarantees import world
from tests.guarantees.catalog import Connection
from tests.guarantees.conftest import World

SQL = Path(migrations.__file__).parent / "sql"
OVERLAPPING = {"starts_at": "2030-01-07T10:30Z", "ends_at": "2030-01-07T11:30Z"}
BACK_TO_BACK = {"starts_at": "2030-01-07T11:00Z", "ends_at": "2030-01-07T12:00Z"}


def add_again_without_the_extension(connection: Connection) -> None:
    """Run the block that adds the constraints on a server where the extension cannot be made."""
    connection.execute("DROP EXTENSION btree_gist CASCADE")
    for file in ("02_overlaps.sql", "07_ledger.sql"):
        text = (SQL / file).read_text(encoding="utf-8")
        block = text[text.index("DO $$") : text.index("END $$;") + len("END $$;")]
        connection.execute(block.replace("CREATE EXTENSION btree_gist", "RAISE undefined_file").encode())


def test_overlaps_are_refused_and_neighbors_are_not(raced: World) -> None:
    ids = raced.here
    with psycopg.connect(raced.database.superuser_dsn, dbname=raced.database.name) as connection:
        add_again_without_the_extension(connection)
        with pytest.raises(psycopg.errors.ExclusionViolation) as teacher, connection.transaction():
            world.add_lesson(connection, ids, **OVERLAPPING, student_id=None)
        with pytest.raises(psycopg.errors.ExclusionViolation) as student, connection.transaction():
            world.add_lesson(connection, ids, **OVERLAPPING, teacher_id=ids["other_teacher"])
        with pytest.raises(psycopg.errors.ExclusionViolation) as period, connection.transaction():
            world.insert(connection, "payperiod", school_id=ids["school"], starts_on="2026-11-30", ends_on="2026-12-31")
        world.add_lesson(connection, ids, **BACK_TO_BACK)
        world.add_lesson(connection, ids, **OVERLAPPING, teacher_id=ids["other_teacher"], student_id=None)
        connection.rollback()

    assert [refusal.value.diag.constraint_name for refusal in (teacher, student, period)] == [
        "a_teacher_has_no_overlapping_live_lessons",
        "a_student_has_no_overlapping_live_lessons",
        "pay_periods_of_a_school_do_not_overlap",
    ]
