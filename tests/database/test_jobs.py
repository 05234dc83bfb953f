"""A job exists exactly when its cause does, also where a worker's own job queues it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from procrastinate import SyncPsycopgConnector
from procrastinate.contrib.django import app

from makegood.database.jobs import NewJob, queue_jobs
from tests.databases import TestDatabase

pytestmark = pytest.mark.django_db(transaction=True)


class Broken(RuntimeError):
    """The verb fails after it has queued."""


@contextmanager
def as_in_a_worker(database: TestDatabase) -> Iterator[None]:
    """While a worker runs, the framework's app has a connection of its own."""
    own = SyncPsycopgConnector(conninfo=database.app_dsn)
    own.open()
    try:
        with app.replace_connector(own):
            yield
    finally:
        own.close()


def queued() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT lock FROM procrastinate_jobs ORDER BY id")
        return [str(lock) for (lock,) in cursor.fetchall()]


def queue_ours() -> None:
    arguments = {"school_id": 1, "message_id": 1}
    queue_jobs([NewJob(task="makegood.send_message", lock="ours", arguments=arguments)])


def queue_with_the_workers_connection() -> None:
    app.configure_task("makegood.send_message", lock="theirs").defer(school_id=1, message_id=1)


@pytest.mark.parametrize(("queue", "left"), [(queue_ours, []), (queue_with_the_workers_connection, ["theirs"])])
def test_a_job_queued_by_a_job_is_undone_with_its_cause(
    database: TestDatabase, queue: Callable[[], None], left: list[str]
) -> None:
    # The second case is the negative control: through the worker's own connection the job stays.
    def queue_and_break() -> None:
        with transaction.atomic():
            queue()
            raise Broken

    with as_in_a_worker(database), pytest.raises(Broken):
        queue_and_break()

    assert queued() == left


def test_nobody_sees_a_job_before_its_cause_is_committed(database: TestDatabase) -> None:
    with as_in_a_worker(database):
        with transaction.atomic():
            queue_ours()
            seen_by_the_worker = app.connector.execute_query_all("SELECT id FROM procrastinate_jobs")
        seen_afterwards = app.connector.execute_query_all("SELECT lock FROM procrastinate_jobs")

    assert (seen_by_the_worker, seen_afterwards) == ([], [{"lock": "ours"}])
