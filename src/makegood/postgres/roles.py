"""The three database roles: the owner migrates, the app works under row-level security, the auditor only reads.

    makegood_owner     owns the database and every table; used by migrations alone
    makegood_app       reads and writes rows; not an owner, no BYPASSRLS; what the product connects as
    makegood_auditor   reads every row of every school (BYPASSRLS); used by `manage audit` alone

Migrations may name these roles: they exist on every server before the first table.
"""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
from psycopg import sql

OWNER = "makegood_owner"
APP = "makegood_app"
AUDITOR = "makegood_auditor"
ALL = (OWNER, APP, AUDITOR)

# Any number will do, as long as everybody who makes roles takes the same.
_ROLES_LOCK = 7_211_604_118


class UnsafeLogin(Exception):
    """The product was about to work with a login that row-level security does not bind."""


def provision(*, superuser_dsn: str, passwords: Mapping[str, str]) -> None:
    """Make the three roles on a server we own, or give existing ones these passwords. May run twice and in parallel."""
    with psycopg.connect(superuser_dsn) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_ROLES_LOCK])
        for role in ALL:
            _make_role(connection, role)
            connection.execute(
                sql.SQL("ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION {} PASSWORD {}").format(
                    sql.Identifier(role),
                    sql.SQL("BYPASSRLS" if role == AUDITOR else "NOBYPASSRLS"),
                    sql.Literal(passwords[role]),
                )
            )
        grant_memberships(connection)


def grant_memberships(connection: psycopg.Connection) -> None:
    """Let the owner act as the app (to load rows in bulk under the app's rules); tie the auditor to reading."""
    connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(APP), sql.Identifier(OWNER)))
    connection.execute(sql.SQL("ALTER ROLE {} SET default_transaction_read_only = on").format(sql.Identifier(AUDITOR)))


def provision_database(*, superuser_dsn: str, database: str) -> None:
    """Make `database` unless it exists, owned by the owner and open to the three roles only."""
    with psycopg.connect(superuser_dsn, autocommit=True) as connection:
        name = sql.Identifier(database)
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(name, sql.Identifier(OWNER))
            )
        open_database(connection, database=database)
    with psycopg.connect(superuser_dsn, dbname=database) as connection:
        open_schema(connection)


def open_database(connection: psycopg.Connection, *, database: str) -> None:
    """Close `database` to everybody but the three roles. A clone needs this again: privileges are not cloned."""
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))
    connection.execute(
        sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}, {}").format(
            sql.Identifier(database), sql.Identifier(APP), sql.Identifier(AUDITOR)
        )
    )


def open_schema(connection: psycopg.Connection) -> None:
    """Give the roles their rights in the schema `public`, on tables that exist and on those to come."""
    owner, app, auditor = (sql.Identifier(role) for role in ALL)
    statements = [
        sql.SQL("ALTER SCHEMA public OWNER TO {owner}"),
        sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC"),
        sql.SQL("GRANT USAGE ON SCHEMA public TO {app}, {auditor}"),
        sql.SQL("CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public"),
        *default_privileges(),
    ]
    for statement in statements:
        connection.execute(statement.format(owner=owner, app=app, auditor=auditor))


def default_privileges() -> list[sql.SQL]:
    """Return what the owner's future tables grant. Append-only tables take rights back in their migration."""
    return [
        sql.SQL(
            "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public "
            "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}"
        ),
        sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app}"),
        sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT SELECT ON TABLES TO {auditor}"),
        sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT SELECT ON SEQUENCES TO {auditor}"),
    ]


def refuse_unsafe_login(*, dsn: str) -> None:
    """Make sure that row-level security binds the login in `dsn`.

    Raises UnsafeLogin when it is a superuser, has BYPASSRLS, or owns a table; psycopg.OperationalError when the
    server cannot be reached.
    """
    with psycopg.connect(dsn) as connection:
        row = connection.execute(
            """
            SELECT current_user, rolsuper, rolbypassrls, EXISTS (
                SELECT 1 FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                WHERE nspname = 'public' AND relkind IN ('r', 'p') AND pg_has_role(current_user, relowner, 'USAGE')
            )
            FROM pg_roles WHERE rolname = current_user
            """
        ).fetchone()
    assert row is not None
    name, is_superuser, bypasses, is_owner = row
    reasons = {"is a superuser": is_superuser, "has BYPASSRLS": bypasses, "owns tables": is_owner}
    for reason, holds in reasons.items():
        if holds:
            message = (
                f"The database login {name} {reason}, so nothing would keep one school's rows from another. "
                f"Let DATABASE_URL be a login of the role {APP} (docs/operations.md, Roles)."
            )
            raise UnsafeLogin(message)


def identify(*, dsn: str) -> str:
    """Return a text that no other database has: that of its cluster and its number there."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute(
            "SELECT system_identifier::text, oid::text FROM pg_control_system(), pg_database "
            "WHERE datname = current_database()"
        ).fetchone()
    assert row is not None
    return "/".join(row)


def _make_role(connection: psycopg.Connection, role: str) -> None:
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
        connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
