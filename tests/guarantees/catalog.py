"""What the catalog knows of the guarantees, and how to leave one of them alone or take it away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

Connection = psycopg.Connection[Any]

# Tables without a school, each with its reason. Sign-in, sessions, jobs and the cache are not product tables.
TABLES_WITHOUT_A_SCHOOL = {
    "makegood_school": "is the school",
    "makegood_person": "a person is global, with a membership per school",
    "makegood_lessontransition": "reference rows, the same for all schools and written by migrations only",
    "makegood_heartbeat": "the pages are the same for all schools",
    "makegood_downtime": "likewise",
    "makegood_cache": "rate limits and other forgettable values, written by Django's cache",
}
# They only are what foreign keys refer to; `id` alone is unique in them already.
TARGETS_OF_REFERENCES = {"an_account_has_one_currency", "an_assessment_has_one_incident"}


@dataclass(frozen=True, kw_only=True)
class Guarantee:
    """A constraint ("c"heck, "x" exclusion, "u"nique, "f"oreign key) or trigger ("t") or unique "i"ndex of a table.

    `columns` of a trigger are its function and the statements it watches.
    """

    kind: str
    table: str
    name: str
    columns: tuple[str, ...]

    def removal(self) -> sql.Composed:
        """Return the statement that takes it away."""
        form = {"t": "ALTER TABLE {table} DISABLE TRIGGER {name}", "i": "DROP INDEX {name}"}.get(
            self.kind, "ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE"
        )
        return sql.SQL(form).format(table=sql.Identifier(self.table), name=sql.Identifier(self.name))


def list_guarantees(connection: Connection) -> list[Guarantee]:
    """Return all named guarantees of the product's tables, primary keys aside."""
    rows = connection.execute(
        """
        SELECT contype::text, conrelid::regclass::text, conname,
               ARRAY(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY AS key (number, place)
                       JOIN pg_attribute ON attrelid = conrelid AND attnum = number ORDER BY place)
        FROM pg_constraint
        WHERE conrelid::regclass::text LIKE 'makegood\\_%' AND contype IN ('c', 'x', 'u', 'f')
        UNION ALL
        SELECT 't', tgrelid::regclass::text, tgname, ARRAY[tgfoid::regproc::text]
               || CASE WHEN tgtype & 4 > 0 THEN '{INSERT}'::text[] ELSE '{}' END
               || CASE WHEN tgtype & 8 > 0 THEN '{DELETE}'::text[] ELSE '{}' END
               || CASE WHEN tgtype & 16 > 0 THEN '{UPDATE}'::text[] ELSE '{}' END
               || CASE WHEN tgtype & 32 > 0 THEN '{TRUNCATE}'::text[] ELSE '{}' END
        FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'makegood\\_%'
        UNION ALL
        SELECT 'i', indrelid::regclass::text, indexrelid::regclass::text,
               ARRAY(SELECT pg_get_indexdef(indexrelid, place, false) FROM generate_series(1, indnkeyatts) AS place)
        FROM pg_index
        WHERE indrelid::regclass::text LIKE 'makegood\\_%' AND indisunique AND NOT indisprimary
          AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
        ORDER BY 1, 2, 3
        """
    ).fetchall()
    return [Guarantee(kind=kind, table=table, name=name, columns=tuple(columns)) for kind, table, name, columns in rows]


def list_references_to(connection: Connection, table: str) -> set[str]:
    """Return the names of the foreign keys that refer to `table`."""
    names = connection.execute(
        "SELECT conname FROM pg_constraint WHERE contype = 'f' AND confrelid = %s::regclass", [table]
    ).fetchall()
    return {name for (name,) in names}


def list_product_tables(connection: Connection) -> list[str]:
    """Return the product's tables."""
    rows = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'makegood\\_%' ORDER BY 1"
    ).fetchall()
    return [table for (table,) in rows]


# Taking guarantees away changes no column, and the views that know of columns are slow.
_types: dict[str, dict[str, str]] = {}


def get_columns(connection: Connection, table: str) -> dict[str, str]:
    """Return the columns of a table that a writer may fill, with their types; the database numbers the rest."""
    if table not in _types:
        _types[table] = dict(
            connection.execute(
                "SELECT column_name::text, udt_name::text FROM information_schema.columns"
                " WHERE table_name = %s AND is_identity = 'NO' ORDER BY 1",
                [table],
            ).fetchall()
        )
    return _types[table]


def remove(connection: Connection, guarantees: Iterable[Guarantee]) -> None:
    """Take guarantees away for the rest of the transaction."""
    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    # In one message: two hundred round trips fewer.
    connection.execute(sql.SQL("; ").join(guarantee.removal() for guarantee in guarantees))
    connection.execute("SET CONSTRAINTS ALL DEFERRED")


def copy_row(connection: Connection, table: str, *, where: str, changes: dict[str, Any]) -> None:
    """Insert a copy of the row of `table` for which `where` holds, with `changes` to its columns."""
    types = get_columns(connection, table)
    chosen = [
        sql.SQL("CAST({} AS {})").format(sql.Placeholder(column), sql.Identifier(type_name))
        if column in changes
        else sql.Identifier(column)
        for column, type_name in types.items()
    ]
    connection.execute(
        sql.SQL("INSERT INTO {table} ({columns}) SELECT {chosen} FROM {table} WHERE {where} LIMIT 1").format(
            table=sql.Identifier(table),
            columns=sql.SQL(", ").join(map(sql.Identifier, types)),
            chosen=sql.SQL(", ").join(chosen),
            where=sql.SQL(where),
        ),
        changes,
    )
