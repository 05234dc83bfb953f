"""What the door does to the database before the demo schools are made."""

from __future__ import annotations

import psycopg

from makegood.door.database import forget_what_was_begun
from tests.databases import TestDatabase


def test_an_interrupted_work_leaves_no_rows_to_be_counted_later(fresh_database: TestDatabase) -> None:
    with psycopg.connect(fresh_database.owner_dsn) as begun:
        begun.execute("CREATE TABLE begun (number int)")
        begun.commit()
        begun.execute("INSERT INTO begun SELECT generate_series(1, 5000)")
        begun.rollback()
    with psycopg.connect(fresh_database.owner_dsn) as looking:
        assert _bytes(looking) > 0

    forget_what_was_begun(owner_dsn=fresh_database.owner_dsn)

    with psycopg.connect(fresh_database.owner_dsn) as looking:
        assert _bytes(looking) == 0


def _bytes(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT pg_relation_size('begun')").fetchone()
    assert row is not None
    return int(row[0])
