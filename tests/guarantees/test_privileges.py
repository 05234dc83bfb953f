"""What the roles may not do at all, before any trigger is asked."""

from __future__ import annotations

import psycopg
import pytest

from tests.guarantees import bad_rows, catalog, world
from tests.guarantees.conftest import World

# All that the product's role may change in rows that exist.
CHANGEABLE = {
    "makegood_calendarweek": {"available", "busy", "grid_minute"},
    "makegood_deskcase": {"ended_at", "ended_by_id", "outcome"},
    "makegood_holiday": {"ended_at", "ended_by_id"},
    "makegood_invitation": {"accepted_at"},
    "makegood_lesson": {
        "blocked", "booked_at", "credits", "currency", "ends_at", "held_until", "join_link", "lesson_type", "pay_minor",
        "starts_at", "status", "student_id", "taught_minutes", "teacher_id", "title", "version", "waits_for",
    },
    "makegood_membership": {"country", "display_name", "ended_at", "engagement"},
    "makegood_calendarfeed": {"revoked_at"},
    "makegood_message": {"dropped_at", "dropped_because", "failed_at", "read_at", "sent_at"},
    "makegood_pushsubscription": {"ended_at", "ended_because"},
    "makegood_payperiod": {"closed_at"},
    "makegood_person": {
        "email", "full_name", "is_active", "is_demo", "language", "last_login", "password", "zone",
    },
    "makegood_rolegrant": {"ended_at", "ended_by_id"},
    "makegood_school": {
        "desk_email", "desk_phone", "emergency_phone", "language", "name", "pay_day", "pays_teachers", "support_email",
        "zone",
    },
}  # fmt: skip


def test_the_app_changes_only_these_columns(populated: World) -> None:
    with populated.app() as connection:
        rows = connection.execute(
            """
            SELECT relname::text, attname::text FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            WHERE relname LIKE 'makegood\\_%' AND relname <> 'makegood_cache' AND relkind = 'r' AND attnum > 0
              AND NOT attisdropped AND has_column_privilege(attrelid, attnum, 'UPDATE')
            """
        ).fetchall()

    assert {table: {column for of, column in rows if of == table} for table, _column in rows} == CHANGEABLE


def test_the_app_deletes_and_empties_nothing(populated: World) -> None:
    with populated.app() as connection:
        tables = [table for table in catalog.list_product_tables(connection) if table != "makegood_cache"]
        allowed = connection.execute(
            "SELECT name FROM unnest(%s::text[]) AS name WHERE has_table_privilege(name, 'DELETE, TRUNCATE, TRIGGER')",
            [tables],
        ).fetchall()

    assert allowed == []


def test_the_app_writes_neither_transitions_nor_migrations(populated: World) -> None:
    with populated.app() as connection:
        assert connection.execute(
            "SELECT has_any_column_privilege('makegood_lessontransition', 'INSERT, UPDATE'),"
            " has_any_column_privilege('django_migrations', 'INSERT, UPDATE')"
        ).fetchone() == (False, False)


def test_the_app_numbers_no_rows_itself(populated: World) -> None:
    with populated.app() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        world.insert(connection, "account", id=10**9, school_id=populated.here["school"], kind="teacher_pay",
                     membership_id=populated.here["teacher"], currency="USD")  # fmt: skip


def test_the_database_says_when_a_row_was_recorded(populated: World, subtests: pytest.Subtests) -> None:
    with populated.owner() as connection:
        everything = catalog.list_guarantees(connection)
    stamps = [found for found in everything if found.columns[:1] == ("makegood_stamp_recorded_at",)]

    assert len(stamps) >= 22
    for stamp in stamps:
        with subtests.test(stamp.table), populated.owner() as connection:
            others = [found for found in everything if found.table == stamp.table and found != stamp]
            catalog.remove(connection, [found for found in others if found.name not in catalog.TARGETS_OF_REFERENCES])
            assert years_of_a_forged_row(connection, stamp.table, populated) > 2000
            catalog.remove(connection, [stamp])
            assert years_of_a_forged_row(connection, stamp.table, populated) == 2000


def years_of_a_forged_row(connection: catalog.Connection, table: str, populated: World) -> int:
    row = populated.here[bad_rows.SAMPLES[table]]
    catalog.copy_row(connection, table, where=f"{table}.id = {row}", changes={"recorded_at": "2000-01-01T12:00Z"})
    found = connection.execute(
        f"SELECT extract(year FROM recorded_at)::int FROM {table} ORDER BY id DESC LIMIT 1".encode()
    ).fetchone()
    assert found is not None
    return int(found[0])


def test_the_auditor_reads_every_school_but_no_password(populated: World) -> None:
    with psycopg.connect(populated.database.auditor_dsn) as connection:
        schools = connection.execute("SELECT count(DISTINCT school_id) FROM makegood_lesson").fetchone()
        assert schools == (2,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT password FROM makegood_person")
        connection.rollback()


def test_the_auditor_writes_nothing(populated: World) -> None:
    with psycopg.connect(populated.database.auditor_dsn) as connection:
        connection.execute("SET default_transaction_read_only = off")
        connection.commit()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("UPDATE makegood_lesson SET title = 'x'")
        connection.rollback()


def test_a_temporary_table_deceives_no_trigger(populated: World) -> None:
    with populated.app() as connection:
        connection.execute(
            "CREATE TEMPORARY TABLE makegood_lessontransition (from_status text, to_status text, needs text)"
        )
        connection.execute("INSERT INTO makegood_lessontransition VALUES ('taught', 'booked', '')")
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute(
                "UPDATE makegood_lesson SET status = 'booked', version = version + 1 WHERE id = %s",
                [populated.here["taught_lesson"]],
            )
