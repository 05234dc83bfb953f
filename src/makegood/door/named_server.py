"""A server that somebody named in DATABASE_URL: who is that login, and how do the three roles come about there?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from makegood.postgres import roles

NAMES = ("DATABASE_URL", "DATABASE_DIRECT_URL", "DATABASE_OWNER_URL", "DATABASE_AUDIT_URL")


class ServerUnusable(Exception):
    """The named server cannot be reached or its login may not do what is needed; the text tells what to change."""


@dataclass(frozen=True, kw_only=True)
class Login:
    """What a login may do. `owns_database` counts membership in the owning role."""

    name: str
    is_superuser: bool
    may_make_roles: bool
    owns_database: bool
    existing_roles: frozenset[str]


def addresses(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the product's database variables for the server in DATABASE_URL.

    With DATABASE_OWNER_URL the addresses are taken as they are. With DATABASE_URL alone, a login that may make roles
    (or one that may act as roles somebody made) serves for all three, each connection bound to its role from its
    first statement; an ordinary login is taken as the product's own, and its database must be migrated already.

    Raises ServerUnusable.
    """
    given = {name: environment[name] for name in NAMES if environment.get(name)}
    url = given["DATABASE_URL"]
    try:
        with psycopg.connect(url, connect_timeout=10, autocommit=True) as connection:
            login = inspect(connection)
            if "DATABASE_OWNER_URL" in given or not _may_serve_all(login):
                return {"DATABASE_DIRECT_URL": url, **given}
            provision(connection, login=login)
    except psycopg.Error as error:
        message = f"The server in DATABASE_URL cannot be used: {str(error).strip()}"
        raise ServerUnusable(message) from error
    return {
        "DATABASE_URL": bound(url, role=roles.APP),
        "DATABASE_DIRECT_URL": bound(given.get("DATABASE_DIRECT_URL", url), role=roles.APP),
        "DATABASE_OWNER_URL": bound(url, role=roles.OWNER),
        "DATABASE_AUDIT_URL": bound(url, role=roles.AUDITOR),
    }


def inspect(connection: psycopg.Connection) -> Login:
    """Return what the login of `connection` may do."""
    row = connection.execute(
        """
        SELECT current_user, rolsuper, rolcreaterole,
               (SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = current_database()),
               ARRAY(SELECT rolname::text FROM pg_roles WHERE rolname = ANY(%s))
        FROM pg_roles WHERE rolname = current_user
        """,
        [list(roles.ALL)],
    ).fetchone()
    assert row is not None
    name, is_superuser, may_make_roles, owns_database, existing = row
    return Login(
        name=name,
        is_superuser=is_superuser,
        may_make_roles=is_superuser or may_make_roles,
        owns_database=owns_database,
        existing_roles=frozenset(existing),
    )


def provision(connection: psycopg.Connection, *, login: Login) -> None:
    """Make the roles that are missing, without passwords: `login` will act as them. Then open the database to them."""
    for role in sorted(set(roles.ALL) - login.existing_roles):
        # Only a superuser can give BYPASSRLS away; without one the auditor is refused and `manage audit` says so.
        bypass = sql.SQL("BYPASSRLS" if role == roles.AUDITOR and login.is_superuser else "NOBYPASSRLS")
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN {}").format(sql.Identifier(role), bypass))
    if not login.is_superuser:
        for role in roles.ALL:
            connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(login.name)))
    with connection.transaction():
        row = connection.execute("SELECT current_database()").fetchone()
        assert row is not None
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(roles.APP), sql.Identifier(roles.OWNER)))
        connection.execute(
            sql.SQL("GRANT CREATE, CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                sql.Identifier(row[0]), sql.Identifier(roles.OWNER)
            )
        )
        roles.open_database(connection, database=row[0])
        roles.open_schema(connection)


def bound(url: str, *, role: str) -> str:
    """Return `url` with every connection acting as `role` from its first statement."""
    options = str(conninfo_to_dict(url).get("options") or "")
    read_only = " -c default_transaction_read_only=on" if role == roles.AUDITOR else ""
    return make_conninfo(url, options=f"{options} -c role={role}{read_only}".strip())


def _may_serve_all(login: Login) -> bool:
    return login.may_make_roles and (login.is_superuser or login.owns_database)
