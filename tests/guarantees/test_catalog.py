"""What the catalog must say of every table of the product, so that a new table cannot forget it."""

from __future__ import annotations

from makegood import models
from makegood.management.audit.checks import list_triggers
from tests.guarantees import catalog
from tests.guarantees.conftest import World

# Unique keys that do not start with the school, each with its reason.
GLOBAL_KEYS = {
    "makegood_school_slug_key": "the first part of an address is global",
    "one_person_per_email_address": "a person is global",
    "makegood_heartbeat_minute_key": "a minute is the same everywhere",
    "makegood_downtime_started_at_key": "likewise",
    "one_row_per_transition": "reference rows are the same for all schools",
}


def tables_in_schools(populated: World) -> list[str]:
    with populated.owner() as connection:
        tables = catalog.list_product_tables(connection)
    return [table for table in tables if table not in catalog.TABLES_WITHOUT_A_SCHOOL]


def test_tables_without_a_school_are_few_and_exist(populated: World) -> None:
    with populated.owner() as connection:
        tables = catalog.list_product_tables(connection)

    assert len(catalog.TABLES_WITHOUT_A_SCHOOL) <= 10
    assert set(catalog.TABLES_WITHOUT_A_SCHOOL) <= set(tables)
    assert len(tables) >= len(models.__all__)


def test_every_other_table_is_bound_by_row_level_security(populated: World) -> None:
    with populated.owner() as connection:
        bound = connection.execute(
            "SELECT relname FROM pg_class WHERE relname LIKE 'makegood\\_%' AND relkind = 'r'"
            " AND relrowsecurity AND relforcerowsecurity ORDER BY 1"
        ).fetchall()
        for_all_commands = connection.execute(
            "SELECT relname FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid"
            " WHERE polname = 'rows_of_the_school_of_the_transaction' AND polcmd = '*' AND polpermissive"
            " AND polwithcheck IS NOT NULL ORDER BY 1"
        ).fetchall()

    assert [table for (table,) in bound] == tables_in_schools(populated)
    assert for_all_commands == bound


def test_every_key_starts_with_the_school(populated: World) -> None:
    with populated.owner() as connection:
        strays = connection.execute(
            """
            SELECT indexrelid::regclass::text FROM pg_index
            WHERE indrelid = ANY(%s::regclass[]) AND (indisunique OR indisexclusion)
              AND pg_get_indexdef(indexrelid, 1, false) <> 'school_id'
            """,
            [tables_in_schools(populated)],
        ).fetchall()
        global_keys = connection.execute(
            """
            SELECT indexrelid::regclass::text FROM pg_index
            WHERE indrelid = ANY(%s::regclass[]) AND indisunique AND NOT indisprimary ORDER BY 1
            """,
            [[*catalog.TABLES_WITHOUT_A_SCHOOL]],
        ).fetchall()

    assert strays == []
    assert [name for (name,) in global_keys] == sorted(GLOBAL_KEYS)


def test_every_reference_inside_a_school_carries_it(populated: World) -> None:
    with populated.owner() as connection:
        strays = connection.execute(
            """
            SELECT conname FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
            WHERE contype = 'f' AND conrelid = ANY(%(inside)s::regclass[]) AND confrelid = ANY(%(inside)s::regclass[])
              AND (attname <> 'school_id' OR cardinality(conkey) < 2)
            """,
            {"inside": tables_in_schools(populated)},
        ).fetchall()
        # A column that ends in _id and is in no foreign key refers to nothing that PostgreSQL knows.
        unbound = connection.execute(
            """
            SELECT attrelid::regclass::text, attname::text FROM pg_attribute
            WHERE attrelid = ANY(%(inside)s::regclass[]) AND attnum > 0 AND NOT attisdropped AND attname LIKE '%%\\_id'
              AND attname <> 'external_id' AND attname <> 'request_id'
              AND NOT EXISTS (SELECT FROM pg_constraint
                              WHERE contype = 'f' AND conrelid = attrelid AND attnum = ANY(conkey))
            """,
            {"inside": tables_in_schools(populated)},
        ).fetchall()

    assert strays == []
    assert unbound == []


def test_every_trigger_is_one_the_migrations_make_and_enabled(populated: World) -> None:
    with populated.owner() as connection:
        names = connection.execute(
            "SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text"
            " LIKE 'makegood\\_%' ORDER BY 1"
        ).fetchall()

    assert {name for name, _enabled in names} == set(list_triggers())
    assert {enabled for _name, enabled in names} == {"O"}


def test_functions_look_up_no_temporary_tables_first(populated: World) -> None:
    # A temporary table may bear the name of ours; a function that looked there first would believe it.
    with populated.owner() as connection:
        strays = connection.execute(
            """
            SELECT proname FROM pg_proc JOIN pg_language ON pg_language.oid = prolang
            WHERE proname LIKE 'makegood\\_%' AND prosrc LIKE '%makegood\\_%'
              AND NOT coalesce('search_path=public, pg_temp' = ANY(proconfig), false)
            """
        ).fetchall()

    assert strays == []


def test_the_app_owns_nothing_and_bypasses_nothing(populated: World) -> None:
    with populated.owner() as connection:
        role = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = 'makegood_app'"
        ).fetchone()
        owned = connection.execute(
            "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = 'makegood_app'"
        ).fetchone()
        memberships = connection.execute(
            "SELECT count(*) FROM pg_auth_members WHERE member = 'makegood_app'::regrole"
        ).fetchone()

    assert (role, owned, memberships) == ((False, False, False, False), (0,), (0,))


def test_overlaps_use_btree_gist_where_it_is_available(populated: World) -> None:
    with populated.owner() as connection:
        definition = connection.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conname = 'a_teacher_has_no_overlapping_live_lessons'"
        ).fetchone()

    assert definition is not None
    assert definition[0].startswith("EXCLUDE USING gist (school_id WITH =, teacher_id WITH =, blocked WITH &&)")
