"""Writes one new row with SQL that is put together once per table; Django would put it together at every call."""

from __future__ import annotations

from functools import lru_cache

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault


def add_row(row: models.Model) -> None:
    """Insert a new row and give it its id, as `save(force_insert=True)` does. Every constraint and trigger applies.

    What the database fills itself (`recorded_at`) is read back. Call it inside a transaction of the school.
    """
    model = type(row)
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]  # noqa: SLF001 - Django's documented way to a model's columns
    given = [field for field in fields if not isinstance(getattr(row, field.attname), DatabaseDefault)]
    filled = [field for field in fields if field not in given]
    with connection.cursor() as cursor:
        cursor.execute(
            _insert(model, tuple(str(field.column) for field in given), tuple(str(field.column) for field in filled)),
            [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in given],
        )
        row.pk, *values = cursor.fetchone()
    for field, value in zip(filled, values, strict=True):
        setattr(row, field.attname, value)
    row._state.adding = False  # noqa: SLF001 - what save does for the row it wrote
    row._state.db = connection.alias  # noqa: SLF001


@lru_cache(maxsize=256)
def _insert(model: type[models.Model], given: tuple[str, ...], filled: tuple[str, ...]) -> str:
    table, *names = (connection.ops.quote_name(name) for name in (model._meta.db_table, *given))  # noqa: SLF001
    returned = ", ".join(connection.ops.quote_name(name) for name in ("id", *filled))
    marks = ", ".join(["%s"] * len(names))
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks}) RETURNING {returned}"  # noqa: S608 - column names
