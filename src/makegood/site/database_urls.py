"""Turns the addresses of databases into Django's form of them."""

from __future__ import annotations

from typing import Any

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

LOCK_TIMEOUT_MILLISECONDS = 2_000
# A command that hangs should not hold its transaction until somebody notices; what needs longer says so itself.
STATEMENT_TIMEOUT_MILLISECONDS = {"web": 5_000, "worker": 60_000, "command": 600_000, "schema": 0}
# An import computes between its statements, in one transaction, as long as its file is.
IDLE_IN_TRANSACTION_TIMEOUT_MILLISECONDS = {"web": 10_000, "worker": 10_000, "command": 0, "schema": 0}


class AddressUnreadable(ValueError):
    """A database address that PostgreSQL's client library cannot read."""


def connection_settings(*, url: str, process: str, pooled: bool = False) -> dict[str, Any]:
    """Return Django's settings for one connection to `url`.

    `process` is "web", "worker", "command" or "schema" (commands that change the schema) and decides the time limits. A
    `pooled` address goes through a transaction-pooling proxy, which keeps neither start-up options, prepared
    statements nor cursors between transactions; there the limits belong to the role (docs/operations.md).

    Raises AddressUnreadable.
    """
    try:
        parts = dict(conninfo_to_dict(url))
    except ProgrammingError as error:
        raise AddressUnreadable(str(error)) from None
    options: dict[str, Any] = {
        key: value for key, value in parts.items() if key not in {"dbname", "user", "password", "host", "port"}
    }
    # Values go beside the statement and not in its text, so that a statement asked for often is planned once.
    options["server_side_binding"] = not pooled
    options["prepare_threshold"] = None if pooled else 5
    if not pooled:
        options["options"] = f"{options.get('options', '')} {_limits(process)}".strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname") or "makegood",
        "USER": parts.get("user") or "",
        "PASSWORD": parts.get("password") or "",
        "HOST": parts.get("host") or "",
        "PORT": str(parts.get("port") or ""),
        "CONN_MAX_AGE": 0 if pooled or process in {"command", "schema"} else 600,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": pooled,
        "OPTIONS": options,
    }


def _limits(process: str) -> str:
    limits = {
        "lock_timeout": LOCK_TIMEOUT_MILLISECONDS,
        "statement_timeout": STATEMENT_TIMEOUT_MILLISECONDS[process],
        "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_TIMEOUT_MILLISECONDS[process],
    }
    return " ".join(f"-c {name}={milliseconds}" for name, milliseconds in limits.items())
