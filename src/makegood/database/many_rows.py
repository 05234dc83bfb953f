"""Writes very many rows of one table at once, faster than one INSERT with literals."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models
from django.db.models import NOT_PROVIDED, QuerySet
from django.db.models.expressions import DatabaseDefault
from psycopg import sql

from makegood.database.one_row import add_few

Row = TypeVar("Row", bound=models.Model)

# Up to so many rows have a statement of their own for each number of rows.
_FEW = 12
# Below this many rows the plain way is as fast.
_WORTHWHILE = 200
_PLAIN = frozenset({type(None), int, str, bool, datetime, UUID})


def prepare_for_many_rows() -> None:
    """Let the rest of this transaction take its time, and let triggers find rows by index from the first row on.

    A trigger's plan is made when its table is still small, and would go on reading all of it when it no longer is.
    For the same reason a transaction that adds very many rows should not read them back with joins: what PostgreSQL
    knows about the tables' sizes is from before.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', '0', true), "
            "set_config('idle_in_transaction_session_timeout', '0', true), set_config('enable_seqscan', 'off', true)"
        )


def add_rows(rows: Sequence[Row]) -> Sequence[Row]:
    """Insert the rows, all of one model, in their order, and give each its id. Every constraint and trigger applies.

    Call it inside a transaction of the school.
    """
    if not rows:
        return rows
    model = type(rows[0])
    if len(rows) <= _FEW:
        add_few(rows)
        return rows
    if len(rows) < _WORTHWHILE:
        written: Sequence[Row] = QuerySet[Row](model).bulk_create(rows)
        return written
    fields = [
        field
        for field in model._meta.concrete_fields  # noqa: SLF001 - Django's documented way to a model's columns
        if not field.primary_key and _is_said(field, rows)
    ]
    prepare = [(field.attname, _preparing(field)) for field in fields]
    ids = add_tuples(
        model=model,
        columns=[str(field.column) for field in fields],
        rows=([_value(getattr(row, name), slowly) for name, slowly in prepare] for row in rows),
    )
    for row, row_id in zip(rows, ids, strict=True):
        row.pk = row_id
        row._state.adding = False  # noqa: SLF001 - what bulk_create does for the rows it wrote
        row._state.db = connection.alias  # noqa: SLF001
    return rows


def _is_said(field: models.Field[Any, Any], rows: Sequence[models.Model]) -> bool:
    """Whether the rows say what stands in the column, and it is not the database's own to fill (`recorded_at`)."""
    if field.db_default is NOT_PROVIDED:
        return True
    silent = sum(isinstance(getattr(row, field.attname), DatabaseDefault) for row in rows)
    assert silent in {0, len(rows)}, f"some rows say {field.attname}, and the database knows that of the others"
    return not silent


def add_tuples(*, model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Sequence[int]:
    """Insert rows given as values of `columns`, as the driver takes them, in their order; return their ids.

    Every constraint and trigger applies; columns left out are NULL or the database's own. COPY straight into a table
    with row-level security is refused, so the rows are copied into a temporary table and inserted from there. Call it
    inside a transaction of the school.
    """
    table = sql.Identifier(model._meta.db_table)  # noqa: SLF001 - Django's documented way to a model's table
    heap = sql.Identifier("rows_to_add")
    names = {"table": table, "heap": heap, "columns": sql.SQL(", ").join([sql.Identifier(name) for name in columns])}
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("CREATE TEMPORARY TABLE {heap} AS SELECT {columns} FROM {table} WHERE false").format(**names)
        )
        cursor.execute(sql.SQL("ALTER TABLE {heap} ADD COLUMN place bigint").format(**names))
        with cursor.copy(sql.SQL("COPY {heap} ({columns}, place) FROM STDIN").format(**names)) as copy:
            for place, row in enumerate(rows):
                copy.write_row([*row, place])
        cursor.execute(
            sql.SQL("INSERT INTO {table} ({columns}) SELECT {columns} FROM {heap} ORDER BY place RETURNING id").format(
                **names
            )
        )
        ids = [row_id for (row_id,) in cursor.fetchall()]
        cursor.execute(sql.SQL("DROP TABLE {heap}").format(**names))
    return ids


def _value(value: object, slowly: Callable[[object], object]) -> object:
    # The driver takes these as they are; asking Django to prepare each of millions costs more than the insert.
    return value if type(value) in _PLAIN else slowly(value)


def _preparing(field: models.Field[Any, Any]) -> Callable[[object], object]:
    if isinstance(field, models.JSONField):
        return json.dumps
    if isinstance(field, models.CharField):
        return str

    def prepare(value: object) -> object:
        return field.get_db_prep_save(value, connection)

    return prepare
