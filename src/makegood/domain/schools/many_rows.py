"""Writes very many rows of one table at once, faster than one INSERT with literals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models
from django.db.models import QuerySet
from psycopg import sql

Row = TypeVar("Row", bound=models.Model)

# Below this many rows the plain way is as fast.
_WORTHWHILE = 200
_PLAIN = frozenset({type(None), int, str, bool, datetime, UUID})


def prepare_for_many_rows() -> None:
    """Let the rest of this transaction take its time, and let triggers find rows by index from the first row on.

    A trigger's plan is made when its table is still small, and would go on reading all of it when it no longer is.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', '0', true), "
            "set_config('idle_in_transaction_session_timeout', '0', true), set_config('enable_seqscan', 'off', true)"
        )


def add_rows(rows: Sequence[Row]) -> Sequence[Row]:
    """Insert the rows, all of one model, in their order, and give each its id. Every constraint and trigger applies.

    COPY straight into a table with row-level security is refused, so the rows are copied into a temporary table and
    inserted from there. Call it inside a transaction of the school.
    """
    if not rows:
        return rows
    model = type(rows[0])
    meta = model._meta  # noqa: SLF001 - Django's documented way to a model's columns
    if len(rows) < _WORTHWHILE:
        written: Sequence[Row] = QuerySet[Row](model).bulk_create(rows)
        return written
    # Columns that the database fills itself (identity, `recorded_at`) stay its own.
    fields = [field for field in meta.concrete_fields if not field.primary_key and not field.has_db_default()]
    table, heap = sql.Identifier(meta.db_table), sql.Identifier("rows_to_add")
    columns = sql.SQL(", ").join([sql.Identifier(str(field.column)) for field in fields])
    names = {"table": table, "heap": heap, "columns": columns}
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("CREATE TEMPORARY TABLE {heap} AS SELECT {columns} FROM {table} WHERE false").format(**names)
        )
        cursor.execute(sql.SQL("ALTER TABLE {heap} ADD COLUMN place bigint").format(**names))
        with cursor.copy(sql.SQL("COPY {heap} ({columns}, place) FROM STDIN").format(**names)) as copy:
            for place, row in enumerate(rows):
                copy.write_row([*_values(row, fields), place])
        cursor.execute(
            sql.SQL("INSERT INTO {table} ({columns}) SELECT {columns} FROM {heap} ORDER BY place RETURNING id").format(
                **names
            )
        )
        ids = [row_id for (row_id,) in cursor.fetchall()]
        cursor.execute(sql.SQL("DROP TABLE {heap}").format(**names))
    for row, row_id in zip(rows, ids, strict=True):
        row.pk = row_id
        row._state.adding = False  # noqa: SLF001 - what bulk_create does for the rows it wrote
        row._state.db = connection.alias  # noqa: SLF001
    return rows


def _values(row: models.Model, fields: Sequence[Any]) -> list[Any]:
    values = []
    for field in fields:
        value = getattr(row, field.attname)
        # The driver takes these as they are; asking Django to prepare each of millions costs more than the insert.
        values.append(value if type(value) in _PLAIN else field.get_db_prep_save(value, connection))
    return values
