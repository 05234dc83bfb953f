"""Writes new rows with SQL that is put together once per table; Django would put it together at every call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault
from psycopg.types.numeric import Int8

from makegood.database.statements import Statement, fetch

# The driver takes these as they are, whatever the column.
_PLAIN: Final = frozenset({type(None), str, bool, datetime, UUID})


def add_row(row: models.Model) -> None:
    """Insert a new row and give it its id, as `save(force_insert=True)` does. Every constraint and trigger applies.

    What the database fills itself (`recorded_at`) is read back. Call it inside a transaction of the school.
    """
    add_few([row])


def add_few(rows: Sequence[models.Model]) -> None:
    """Insert a few new rows of one model, in their order and by one statement, as `add_row` does one."""
    first = vars(rows[0])
    fields = _columns(type(rows[0]))
    filled = tuple(field.attname for field in fields if isinstance(first.get(field.attname), DatabaseDefault))
    plan = _plan(type(rows[0]), filled, len(rows))
    answers = fetch(plan.statement, [value_of(row) for row in rows for value_of in plan.values])
    for row, (key, *values) in zip(rows, answers, strict=True):
        row.pk = key
        vars(row).update(zip(filled, values, strict=True))
        row._state.adding = False  # noqa: SLF001 - what save does for the row it wrote
        row._state.db = connection.alias  # noqa: SLF001


@dataclass(frozen=True, slots=True)
class _Plan:
    """How rows of a table are written: the statement, and for each given column what is sent of a row."""

    statement: Statement
    values: Sequence[Callable[[models.Model], Any]]


@lru_cache(maxsize=512)
def _plan(model: type[models.Model], filled: tuple[str, ...], count: int) -> _Plan:
    given = [field for field in _columns(model) if field.attname not in filled]
    back = [field for field in _columns(model) if field.attname in filled]
    table, *names = (
        connection.ops.quote_name(name)
        for name in (model._meta.db_table, *(str(field.column) for field in given))  # noqa: SLF001
    )
    returned = ", ".join(connection.ops.quote_name(name) for name in ("id", *(str(field.column) for field in back)))
    marks = f"({', '.join(['%s'] * len(names))})"
    return _Plan(
        Statement(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES {', '.join([marks] * count)} RETURNING {returned}"  # noqa: S608 - column names
        ),
        tuple(_sender(field) for field in given),
    )


@lru_cache(maxsize=512)
def _columns(model: type[models.Model]) -> Sequence[models.Field[Any, Any]]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]  # noqa: SLF001 - Django's documented way to a model's columns


def _sender(field: models.Field[Any, Any]) -> Callable[[models.Model], Any]:
    """What is sent of a row for a column. Whole numbers always as bigint: a plan is kept per type of its parameters."""
    name = field.attname
    is_plain = not isinstance(field, models.JSONField)

    def send(row: models.Model) -> Any:
        value = field.pre_save(row, add=True) if has_own_step else getattr(row, name)
        kind = type(value)
        if is_plain and kind in _PLAIN:
            return value
        if is_plain and kind is int:
            return Int8(value)
        prepared = field.get_db_prep_save(value, connection)
        return Int8(prepared) if type(prepared) is int else prepared

    # Columns that change their value themselves while they are written, such as the instant of the last change.
    has_own_step = type(field).pre_save is not models.Field.pre_save
    return send
