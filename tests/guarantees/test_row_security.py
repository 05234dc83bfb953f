"""A transaction sees and writes the rows of its own school, and the rows it could leak without that are shown too."""

from __future__ import annotations

import psycopg
import pytest

from tests.guarantees import bad_rows, catalog, world
from tests.guarantees.catalog import Connection
from tests.guarantees.conftest import World


def tables(connection: Connection) -> list[str]:
    found = catalog.list_product_tables(connection)
    return [table for table in found if table not in catalog.TABLES_WITHOUT_A_SCHOOL]


def schools_seen(connection: Connection, table: str) -> set[int]:
    rows = connection.execute(f"SELECT DISTINCT school_id FROM {table}".encode()).fetchall()
    return {school for (school,) in rows}


def test_without_a_school_there_are_no_rows_at_all(populated: World) -> None:
    with populated.app(in_school=False) as connection:
        assert {table for table in tables(connection) if schools_seen(connection, table)} == set()


def test_a_school_sees_its_own_rows_in_every_table_and_no_others(populated: World) -> None:
    with populated.app() as connection:
        seen = {table: schools_seen(connection, table) for table in tables(connection)}

    assert {table for table, schools in seen.items() if schools != {populated.here["school"]}} == set()


def test_row_security_removed_would_show_every_school(populated: World) -> None:
    with populated.owner() as connection:
        both = {populated.here["school"], populated.there["school"]}
        for table in tables(connection):
            connection.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY".encode())
            assert schools_seen(connection, table) == both


def test_row_security_binds_the_owner_too_and_only_because_it_is_forced(populated: World) -> None:
    with populated.owner() as connection:
        bound = schools_seen(connection, "makegood_lesson")
        connection.execute("ALTER TABLE makegood_lesson NO FORCE ROW LEVEL SECURITY")
        unbound = schools_seen(connection, "makegood_lesson")

    assert bound == {populated.here["school"]}
    assert unbound == {populated.here["school"], populated.there["school"]}


def test_the_setting_of_a_former_transaction_is_forgotten(populated: World) -> None:
    with psycopg.connect(populated.database.app_dsn) as connection:
        world.set_school(connection, populated.here["school"])
        connection.commit()
        assert schools_seen(connection, "makegood_lesson") == set()
        connection.rollback()


def test_a_row_for_another_school_is_refused_in_every_table(populated: World, subtests: pytest.Subtests) -> None:
    with populated.owner() as connection:
        for table in tables(connection):
            with subtests.test(table):
                with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
                    write_elsewhere(connection, populated, table)
                with connection.transaction(force_rollback=True):
                    connection.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY".encode())
                    write_elsewhere(connection, populated, table)


def write_elsewhere(connection: Connection, populated: World, table: str) -> None:
    """Copy a row of this school into the other, on a table without further guarantees."""
    with connection.transaction(force_rollback=True):
        everything = [found for found in catalog.list_guarantees(connection) if found.table == table]
        catalog.remove(connection, [found for found in everything if found.name not in catalog.TARGETS_OF_REFERENCES])
        changes = {"school_id": populated.there["school"]}
        if table == "makegood_quote":
            changes["id"] = "00000000-0000-0000-0000-000000000001"
        where = f"{table}.id = '{populated.here[bad_rows.SAMPLES[table]]}'"
        catalog.copy_row(connection, table, where=where, changes=changes)


def test_a_row_cannot_be_moved_to_another_school(populated: World) -> None:
    with populated.owner() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(
            "UPDATE makegood_lesson SET school_id = %s, version = version + 1", [populated.there["school"]]
        )


def test_a_person_without_a_school_sees_own_memberships_and_roles_only(populated: World) -> None:
    person = populated.here["teacher_person"]
    with populated.app(in_school=False) as connection:
        connection.execute("SELECT set_config('makegood.person_id', %s, true)", [str(person)])
        memberships = connection.execute("SELECT id FROM makegood_membership").fetchall()
        roles = connection.execute("SELECT id FROM makegood_rolegrant").fetchall()
        lessons = schools_seen(connection, "makegood_lesson")
        renamed = connection.execute("UPDATE makegood_membership SET display_name = 'x'").rowcount

    assert (memberships, roles) == ([(populated.here["teacher"],)], [(populated.here["role_grant"],)])
    assert (lessons, renamed) == (set(), 0)


def test_a_person_inside_a_school_sees_that_school_only(populated: World) -> None:
    with populated.app() as connection:
        connection.execute(
            "SELECT set_config('makegood.person_id', %s, true)", [str(populated.there["teacher_person"])]
        )
        assert schools_seen(connection, "makegood_membership") == {populated.here["school"]}


def test_a_nonsense_school_is_an_error_not_everything(populated: World) -> None:
    with populated.app(in_school=False) as connection:
        connection.execute("SELECT set_config('makegood.school_id', '1 OR true', true)")
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            schools_seen(connection, "makegood_lesson")
