"""A database with rows in every table, on the PostgreSQL of this run and on the embedded one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from pytest_django import DjangoDbBlocker

from tests import databases
from tests.databases import TestDatabase
from tests.guarantees import attacks_on_uptime, world
from tests.guarantees.world import Ids

HERE = "this run's"
# Where the run's own PostgreSQL is the embedded one, once is enough.
IS_EMBEDDED = os.environ.get(databases.EMBEDDED_VARIABLE, "") == os.environ.get(databases.CLUSTER_VARIABLE)
PLACES = [HERE] if IS_EMBEDDED else [HERE, "embedded"]


@dataclass(frozen=True, kw_only=True)
class World:
    """Two schools, committed: `here` is the one transactions work in, `there` somebody else's."""

    database: TestDatabase
    here: Ids
    there: Ids

    # Connections that nobody uses, by their address: hundreds of tests in turn need no more than one or two.
    idle: dict[str, list[psycopg.Connection[Any]]] = field(default_factory=dict)

    @contextmanager
    def owner(self) -> Iterator[psycopg.Connection[Any]]:
        """A transaction of the owner with the school set, rolled back at the end."""
        with self._transaction(self.database.owner_dsn) as connection:
            world.set_school(connection, self.here["school"])
            yield connection

    @contextmanager
    def app(self, *, in_school: bool = True) -> Iterator[psycopg.Connection[Any]]:
        """A transaction of the product's role, rolled back at the end."""
        with self._transaction(self.database.app_dsn) as connection:
            if in_school:
                world.set_school(connection, self.here["school"])
            yield connection

    @contextmanager
    def _transaction(self, dsn: str) -> Iterator[psycopg.Connection[Any]]:
        idle = self.idle.setdefault(dsn, [])
        connection = idle.pop() if idle else psycopg.connect(dsn, prepare_threshold=None)
        try:
            yield connection
        finally:
            connection.rollback()
            idle.append(connection)


def populate(template: TestDatabase, *, name: str) -> World:
    """Clone `template` and write the two schools into the clone."""
    clone = databases.clone(template, name=name)
    schools = []
    for slug in ("here", "there"):
        with psycopg.connect(clone.app_dsn) as connection:
            ids = world.build_school(connection, slug=slug)
            attacks_on_uptime.add_rows(connection, ids, world.insert)
            schools.append(ids)
    return World(database=clone, here=schools[0], there=schools[1])


def discard(populated: World) -> None:
    """Drop the clone."""
    for idle in populated.idle.values():
        for connection in idle:
            connection.close()
    with psycopg.connect(populated.database.superuser_dsn, autocommit=True) as connection:
        databases.drop(connection, name=populated.database.name)


@pytest.fixture(scope="session")
def embedded_template(
    database: TestDatabase, database_template: TestDatabase, django_db_blocker: DjangoDbBlocker
) -> Iterator[TestDatabase]:
    """All migrations on the embedded PostgreSQL; Django is led back to the database of this run afterwards."""
    with databases.running_embedded_cluster(os.environ) as superuser_dsn, django_db_blocker.unblock():
        template = databases.make_template(superuser_dsn=superuser_dsn, name=f"{database_template.name}_embedded")
        databases.point_django_at(default=database.app_dsn, auditor=database.auditor_dsn)
        yield template


@pytest.fixture(scope="session", params=PLACES)
def populated(request: pytest.FixtureRequest, database_template: TestDatabase) -> Iterator[World]:
    """The two schools, on each of the two PostgreSQLs. Nobody commits into it."""
    here = request.param == HERE
    template: TestDatabase = database_template if here else request.getfixturevalue("embedded_template")
    made = populate(template, name=f"{template.name}_populated")
    yield made
    discard(made)


@pytest.fixture
def raced(database_template: TestDatabase) -> Iterator[World]:
    """The two schools in a database of this test alone, for transactions that commit."""
    made = populate(database_template, name=f"{database_template.name}_raced")
    yield made
    discard(made)
