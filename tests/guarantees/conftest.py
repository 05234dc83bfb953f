"""A database with rows in every table, on the PostgreSQL of this run and on the embedded one."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pytest_django import DjangoDbBlocker

from makegood.postgres import account, binaries
from makegood.postgres.cluster import start_cluster
from tests import databases
from tests.databases import TestDatabase
from tests.guarantees import world
from tests.guarantees.world import Ids


@dataclass(frozen=True, kw_only=True)
class World:
    """Two schools, committed: `here` is the one transactions work in, `there` somebody else's."""

    database: TestDatabase
    here: Ids
    there: Ids

    @contextmanager
    def owner(self) -> Iterator[psycopg.Connection[Any]]:
        """A transaction of the owner with the school set, rolled back at the end."""
        with psycopg.connect(self.database.owner_dsn) as connection:
            world.set_school(connection, self.here["school"])
            yield connection
            connection.rollback()

    @contextmanager
    def app(self, *, in_school: bool = True) -> Iterator[psycopg.Connection[Any]]:
        """A transaction of the product's role, rolled back at the end."""
        with psycopg.connect(self.database.app_dsn) as connection:
            if in_school:
                world.set_school(connection, self.here["school"])
            yield connection
            connection.rollback()


def populate(template: TestDatabase, *, name: str) -> World:
    """Clone `template` and write the two schools into the clone."""
    clone = databases.clone(template, name=name)
    schools = []
    for slug in ("here", "there"):
        with psycopg.connect(clone.app_dsn) as connection:
            schools.append(world.build_school(connection, slug=slug))
    return World(database=clone, here=schools[0], there=schools[1])


def discard(populated: World) -> None:
    """Drop the clone."""
    with psycopg.connect(populated.database.superuser_dsn, autocommit=True) as connection:
        databases.drop(connection, name=populated.database.name)


@pytest.fixture(scope="session")
def embedded_template(database: TestDatabase, django_db_blocker: DjangoDbBlocker) -> Iterator[TestDatabase]:
    """All migrations on the embedded PostgreSQL; Django is led back to the database of this run afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="makegood-embedded-"))
    account.give(directory, account.find())
    cluster = start_cluster(
        directory / "data",
        binaries=binaries.find(environment=os.environ, origin="embedded"),
        password=secrets.token_urlsafe(24),
        log=directory / "log",
        fsync=False,
    )
    try:
        with django_db_blocker.unblock():
            template = databases.make_template(superuser_dsn=cluster.dsn(), name="makegood_template_embedded")
            databases.point_django_at(default=database.app_dsn, auditor=database.auditor_dsn)
        yield template
    finally:
        cluster.stop()
        shutil.rmtree(directory)


@pytest.fixture(scope="session", params=["this run's", "embedded"])
def populated(request: pytest.FixtureRequest, database_template: TestDatabase) -> Iterator[World]:
    """The two schools, on each of the two PostgreSQLs. Nobody commits into it."""
    here = request.param == "this run's"
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
