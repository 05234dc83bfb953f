"""The databases of a test run: one cluster, a template migrated once, and clones of it that are cheap to throw away.

Ordinary tests roll back. Tests with `transaction=True` (and those with a live server) commit. Afterwards their rows are
taken out of the clone, past the triggers that keep facts; where more than rows has changed, it is cloned anew.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connections, transaction
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

import makegood
from makegood.postgres import account, binaries, roles
from makegood.postgres.cluster import start_cluster

# The superuser's address of a cluster that runs already; without it the tests start one and stop it.
CLUSTER_VARIABLE = "MAKEGOOD_TEST_CLUSTER"
# The same of one that runs the embedded PostgreSQL; equal to the first when that is embedded itself.
EMBEDDED_VARIABLE = "MAKEGOOD_TEST_EMBEDDED_CLUSTER"
# "system" or "embedded"; without it, what is found first.
ORIGIN_VARIABLE = "MAKEGOOD_TEST_POSTGRES"
ROLE_PASSWORD = "a password of the tests"
LOCK = Path(__file__).parent.parent / "requirements" / "test.txt"
# Any number will do, as long as all workers take the same.
_MIGRATING = 4_402_118_093
# Rows leave room behind that later tests would walk through: beyond so many bytes of tables a new clone is faster.
_MOST_BYTES = 4_000_000
# Who changes tables, constraints, triggers, functions, policies or rights leaves a newer row, or fewer rows.
_SCHEMA = """
    SELECT (SELECT (count(*), max(xmin::text::bigint))::text FROM pg_class WHERE relnamespace = 'public'::regnamespace)
        || (SELECT (count(*), max(a.xmin::text::bigint))::text FROM pg_attribute AS a JOIN pg_class AS c
              ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace)
        || (SELECT (count(*), max(xmin::text::bigint))::text FROM pg_constraint)
        || (SELECT (count(*), max(xmin::text::bigint))::text FROM pg_trigger)
        || (SELECT (count(*), max(xmin::text::bigint))::text FROM pg_proc)
        || (SELECT (count(*), max(xmin::text::bigint))::text FROM pg_policy)
"""


@dataclass(frozen=True, kw_only=True)
class TestDatabase:
    """A migrated database of this test run, and how each role reaches it."""

    __test__ = False

    superuser_dsn: str
    name: str

    @property
    def owner_dsn(self) -> str:
        """The owner: changes the schema, may SET ROLE makegood_app."""
        return self._dsn(roles.OWNER)

    @property
    def app_dsn(self) -> str:
        """The product's own login, bound by row-level security."""
        return self._dsn(roles.APP)

    @property
    def auditor_dsn(self) -> str:
        """Reads every row of every school."""
        return self._dsn(roles.AUDITOR)

    @property
    def all_powerful_dsn(self) -> str:
        """The superuser's, for putting the database back as it was."""
        return make_conninfo(self.superuser_dsn, dbname=self.name)

    def _dsn(self, role: str) -> str:
        return make_conninfo(self.superuser_dsn, dbname=self.name, user=role, password=ROLE_PASSWORD)


@contextmanager
def running_cluster(environment: Mapping[str, str]) -> Iterator[str]:
    """Give the superuser's address of the named cluster, or of a new one that is stopped and removed afterwards."""
    origin: Any = environment.get(ORIGIN_VARIABLE) or None
    with _running(environment, environment.get(CLUSTER_VARIABLE), origin) as superuser_dsn:
        yield superuser_dsn


@contextmanager
def running_embedded_cluster(environment: Mapping[str, str]) -> Iterator[str]:
    """The same for the PostgreSQL that the product brings along."""
    with _running(environment, environment.get(EMBEDDED_VARIABLE), "embedded") as superuser_dsn:
        yield superuser_dsn


@contextmanager
def _running(environment: Mapping[str, str], named: str | None, origin: binaries.Origin | None) -> Iterator[str]:
    if named:
        yield named
        return
    directory = Path(tempfile.mkdtemp(prefix="makegood-tests-"))
    account.give(directory, account.find())
    cluster = start_cluster(
        directory / "data",
        binaries=binaries.find(environment=environment, origin=origin),
        password=secrets.token_urlsafe(24),
        log=directory / "log",
        throwaway=True,
    )
    try:
        yield cluster.dsn()
    finally:
        cluster.stop()
        shutil.rmtree(directory)


def is_embedded(environment: Mapping[str, str]) -> bool:
    """Whether `running_cluster` starts the PostgreSQL that the product brings along."""
    origin: Any = environment.get(ORIGIN_VARIABLE) or None
    return binaries.find(environment=environment, origin=origin).origin == "embedded"


def version(superuser_dsn: str) -> str:
    """Return what the server calls itself."""
    with psycopg.connect(superuser_dsn) as connection:
        row = connection.execute("SELECT 'PostgreSQL ' || current_setting('server_version')").fetchone()
    assert row is not None
    return str(row[0])


def make_template(*, superuser_dsn: str, name: str) -> TestDatabase:
    """Make a database with the roles and all migrations; nothing connects to it afterwards.

    Migrating takes long, so the first worker of a cluster does it for all, and the others copy.
    """
    roles.provision(superuser_dsn=superuser_dsn, passwords=dict.fromkeys(roles.ALL, ROLE_PASSWORD))
    migrated = TestDatabase(superuser_dsn=superuser_dsn, name=f"makegood_migrated_{_fingerprint()}")
    with psycopg.connect(superuser_dsn, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_MIGRATING])
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [migrated.name]).fetchone():
            _migrate(connection, migrated)
    return clone(migrated, name=name)


def _migrate(connection: psycopg.Connection, wanted: TestDatabase) -> None:
    """Make the database under another name first: one that has its name is whole."""
    half = TestDatabase(superuser_dsn=wanted.superuser_dsn, name=f"{wanted.name}_half")
    drop(connection, name=half.name)
    roles.provision_database(superuser_dsn=half.superuser_dsn, database=half.name)
    point_django_at(default=half.owner_dsn)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    connections.close_all()
    names = (sql.Identifier(half.name), sql.Identifier(wanted.name))
    connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))


def _fingerprint() -> str:
    """Says of which migrations a database was made: the product's, and those of the packages it locks."""
    product = Path(makegood.__file__).parent
    sources = [*(product / "migrations").rglob("*.py"), *(product / "migrations").rglob("*.sql")]
    seen = hashlib.sha256()
    for path in [*sorted(sources), product / "postgres" / "roles.py", LOCK]:
        seen.update(path.read_bytes())
    return seen.hexdigest()[:12]


def clone(template: TestDatabase, *, name: str) -> TestDatabase:
    """Make the database `name` anew as a copy of `template`, ending whoever is connected to the former one.

    Begin the name with the template's: that one belongs to this worker alone, and the workers share the cluster.
    """
    with psycopg.connect(template.superuser_dsn, autocommit=True) as connection:
        drop(connection, name=name)
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(roles.OWNER), sql.Identifier(template.name)
            )
        )
        roles.open_database(connection, database=name)
    return TestDatabase(superuser_dsn=template.superuser_dsn, name=name)


@dataclass(frozen=True, kw_only=True)
class Untouched:
    """What a new clone is like: its schema, and the rows of the tables that migrations fill."""

    database: TestDatabase
    template: TestDatabase
    schema: str
    filled: Mapping[str, str]

    def restore(self) -> None:
        """Make the clone that again, ending whoever is connected to it."""
        with psycopg.connect(self.database.all_powerful_dsn, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            is_restored = self._take_rows_out(connection)
        if not is_restored:
            clone(self.template, name=self.database.name)

    def _take_rows_out(self, connection: psycopg.Connection) -> bool:
        """Return whether that was enough."""
        sizes = _sizes(connection)
        if sum(sizes.values()) > _MOST_BYTES or _read(connection, _SCHEMA) != self.schema:
            return False
        written = [table for table, size in sizes.items() if size and table not in self.filled]
        # Triggers and foreign keys are for everybody else.
        connection.execute("SET session_replication_role = replica")
        connection.execute(sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(sql.Identifier(one)) for one in written))
        return _rows_of(connection, self.filled) == self.filled


def look_at(database: TestDatabase, *, template: TestDatabase) -> Untouched:
    """Remember what a clone is like that nobody has written to."""
    with psycopg.connect(database.all_powerful_dsn, autocommit=True) as connection:
        rows = _rows_of(connection, _sizes(connection))
        return Untouched(
            database=database,
            template=template,
            schema=_read(connection, _SCHEMA),
            filled={table: digest for table, digest in rows.items() if digest},
        )


def _sizes(connection: psycopg.Connection) -> dict[str, int]:
    """The bytes of every table; of one that was never written to, 0."""
    return dict(
        connection.execute(
            "SELECT relname, pg_relation_size(oid) FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
        ).fetchall()
    )


def _rows_of(connection: psycopg.Connection, tables: Iterable[str]) -> dict[str, str]:
    """What is in each of the tables, as a short text; an empty one without rows."""
    digest = "SELECT coalesce(md5(string_agg(one::text, ',' ORDER BY one::text)), '') FROM {} AS one"
    return {table: _read(connection, sql.SQL(digest).format(sql.Identifier(table))) for table in tables}


def _read(connection: psycopg.Connection, query: str | sql.Composed) -> str:
    row = connection.execute(query.encode() if isinstance(query, str) else query).fetchone()
    assert row is not None
    return str(row[0])


def drop(connection: psycopg.Connection, *, name: str) -> None:
    """Drop the database `name` if it exists, ending its sessions."""
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def point_django_at(*, default: str, auditor: str | None = None) -> None:
    """Let Django's connections lead to these addresses from now on."""
    connections.close_all()
    for alias, dsn in {"default": default, "auditor": auditor or default}.items():
        parts = conninfo_to_dict(dsn)
        values = {
            "NAME": parts["dbname"],
            "USER": parts["user"],
            "PASSWORD": parts["password"],
            "HOST": parts["host"],
            "PORT": str(parts.get("port") or ""),
        }
        connections.settings[alias].update(values)
        connections[alias].settings_dict.update(values)


@contextmanager
def reached_as(dsn: str, *, database: TestDatabase) -> Iterator[None]:
    """Let the product be another role than its own, in a transaction that is rolled back."""
    point_django_at(default=dsn, auditor=database.auditor_dsn)
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        point_django_at(default=database.app_dsn, auditor=database.auditor_dsn)
