"""Fixtures every test may ask for: a migrated database, reset after each test, and raw connections of each role."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from makegood.wording.catalogs import compile_changed
from tests import databases
from tests.databases import TestDatabase
from tests.scheduling import MadeOnceScheduling


def pytest_addoption(parser: pytest.Parser) -> None:
    """What the suite samples, whole."""
    parser.addoption("--all-zones", action="store_true", help="every clock change of every time zone")
    parser.addoption("--full-races", action="store_true", help="every race with all its rounds: about an hour")
    parser.addoption("--pictures", action="store_true", help="keep pictures of all pages in artifacts/screens")


def pytest_configure() -> None:
    """Compile the translations before Django reads them; only sources are in the repository."""
    compile_changed()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest: the order stays random, but nobody starts a minute of work when all others have ended."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> MadeOnceScheduling:
    """Among the workers of a run, what is made once for many tests is made by one of them."""
    return MadeOnceScheduling(config, log)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not walk all of it again with every few hundred objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Name a failing test at once, so that a run that is ended half-way has told it."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        print(f"\n{report.when} failed: {report.nodeid}", file=sys.__stderr__, flush=True)


@pytest.fixture(scope="session")
def database_cluster() -> Iterator[str]:
    """The superuser's address of the cluster of this run."""
    with databases.running_cluster(os.environ) as superuser_dsn:
        yield superuser_dsn


@pytest.fixture(scope="session")
def database_template(
    request: pytest.FixtureRequest, database_cluster: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[TestDatabase]:
    """A database with all migrations that is only ever cloned."""
    name = f"makegood_template_{_worker(request)}"
    with psycopg.connect(database_cluster, autocommit=True) as connection:
        databases.drop(connection, name=name)
    with django_db_blocker.unblock():
        template = databases.make_template(superuser_dsn=database_cluster, name=name)
    yield template
    with psycopg.connect(database_cluster, autocommit=True) as connection:
        databases.drop(connection, name=name)


@pytest.fixture(scope="session")
def database(
    request: pytest.FixtureRequest, database_template: TestDatabase, django_db_blocker: DjangoDbBlocker
) -> Iterator[TestDatabase]:
    """The database of this run; Django reaches it as the app role (`default`) and as the `auditor`."""
    name = f"makegood_test_{_worker(request)}"
    clone = databases.clone(database_template, name=name)
    with django_db_blocker.unblock():
        databases.point_django_at(default=clone.app_dsn, auditor=clone.auditor_dsn)
    yield clone
    with django_db_blocker.unblock():
        connections.close_all()
    with psycopg.connect(database_template.superuser_dsn, autocommit=True) as connection:
        databases.drop(connection, name=name)


@pytest.fixture(scope="session")
def django_db_setup(database: TestDatabase, database_template: TestDatabase) -> Iterator[None]:
    """Stand in for pytest-django's own set-up: a clone of the template, restored after each test that commits."""
    untouched = databases.look_at(database, template=database_template)

    def restore(_case: Any) -> None:
        connections.close_all()
        untouched.restore()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", restore)
        yield


@pytest.fixture
def owner_connection(database: TestDatabase) -> Iterator[psycopg.Connection]:
    """A raw connection of the owner that is rolled back: for breaking guarantees, and `SET LOCAL ROLE makegood_app`."""
    with psycopg.connect(database.owner_dsn) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def app_connection(database: TestDatabase) -> Iterator[psycopg.Connection]:
    """A raw connection of the product's role that is rolled back."""
    with psycopg.connect(database.app_dsn) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def auditor_connection(database: TestDatabase) -> Iterator[psycopg.Connection]:
    """A raw connection of the auditor; it sees committed rows only."""
    with psycopg.connect(database.auditor_dsn) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def fresh_database(request: pytest.FixtureRequest, database_template: TestDatabase) -> Iterator[TestDatabase]:
    """A clone for this test alone, for raw connections that commit; Django is not pointed at it."""
    clone = databases.clone(database_template, name=f"makegood_fresh_{_worker(request)}")
    yield clone
    with psycopg.connect(database_template.superuser_dsn, autocommit=True) as connection:
        databases.drop(connection, name=clone.name)


def _worker(request: pytest.FixtureRequest) -> str:
    workerinput: dict[str, Any] = getattr(request.config, "workerinput", {})
    return str(workerinput.get("workerid", "main"))
