"""Sends statements whose SQL never changes, without what Django does anew around each of them.

Django makes a cursor for every statement, and the driver reads the SQL again for its placeholders; both take longer
than reading the answer. Here a connection keeps one cursor, and the SQL is numbered once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg._preparing import PrepareManager

Answer = TypeVar("Answer")
_PLACEHOLDER: Final = re.compile(r"%([%s])")
# About as many statements as the pages have.
_MOST_PLANS: Final = 400
# Of each of Django's connections (one per thread) the driver's, and the cursor that was made on it.
_CURSORS: WeakKeyDictionary[BaseDatabaseWrapper, tuple[psycopg.Connection[Any], psycopg.RawCursor[Any]]] = (
    WeakKeyDictionary()
)


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with `%s` for each value, as Django's cursors take it, and the same with numbers, as PostgreSQL does."""

    sql: str
    numbered: bytes = field(init=False)

    def __post_init__(self) -> None:
        numbers = count(1)
        numbered = _PLACEHOLDER.sub(lambda mark: "%" if mark[1] == "%" else f"${next(numbers)}", self.sql)
        object.__setattr__(self, "numbered", numbered.encode())


def fetch(statement: Statement, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Send the statement and return the rows it answers with. Raises Django's errors, as its cursors do."""
    return _sent(statement, values, lambda cursor: cursor.fetchall())


def change(statement: Statement, values: Sequence[Any]) -> int:
    """Send a statement that changes rows, and return how many it changed. Raises Django's errors."""
    return _sent(statement, values, lambda cursor: int(cursor.rowcount))


def is_watched(connection: BaseDatabaseWrapper) -> bool:
    """Whether somebody counts or writes down the statements of the connection: then each goes through Django."""
    return bool(connection.execute_wrappers) or connection.queries_logged


class _PlansKept(PrepareManager):
    """Forgets no plan at a rollback.

    The driver forgets all of them, in case one is of a table that the rollback took away. The product makes and drops
    none while it runs, and each refusal rolls back: after it every statement would be planned anew, several times.
    The driver has no option for this (psycopg 3.3, `_preparing.py`).
    """

    def clear(self) -> bool:
        return False


def keep_plans(*, connection: BaseDatabaseWrapper, **_of_the_signal: Any) -> None:
    """Let a new connection keep the plans of all pages; the driver would forget some for others beyond a hundred."""
    if connection.vendor == "postgresql":
        connection.connection._prepared = _PlansKept()  # noqa: SLF001 - the only way in, and tested
        connection.connection.prepared_max = _MOST_PLANS


def begin(first: str) -> None:
    """Send BEGIN and a first statement without values together, where Django would send one after the other.

    Only inside `transaction.atomic`, where Django has told the driver that a transaction is to begin.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    driver = connection.connection
    if is_watched(connection) or driver.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        with connection.cursor() as cursor:
            cursor.execute(first)
        return
    with connection.wrap_database_errors:
        result = driver.pgconn.exec_(f"BEGIN; {first}".encode())
        if result.status not in {psycopg.pq.ExecStatus.TUPLES_OK, psycopg.pq.ExecStatus.COMMAND_OK}:
            error = psycopg.errors.error_from_result(result)
            # Without a code it is not the server that speaks: the connection is lost.
            raise error if error.sqlstate else psycopg.OperationalError(str(error))


def _sent(statement: Statement, values: Sequence[Any], read: Callable[[Any], Answer]) -> Answer:
    connection = connections[DEFAULT_DB_ALIAS]
    if is_watched(connection):
        with connection.cursor() as watched:
            watched.execute(statement.sql, values)
            return read(watched)
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        cursor = _cursor(connection)
        cursor.execute(statement.numbered, values)
        return read(cursor)


def _cursor(connection: BaseDatabaseWrapper) -> psycopg.RawCursor[Any]:
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    driver: psycopg.Connection[Any] = connection.connection
    kept = _CURSORS.get(connection)
    if kept is None or kept[0] is not driver:
        kept = _CURSORS[connection] = (driver, psycopg.RawCursor(driver))
    return kept[1]
