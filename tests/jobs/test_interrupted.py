from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job

from makegood.jobs.interrupted import resume_interrupted_jobs

pytestmark = pytest.mark.django_db(transaction=True)


def add_worker(*, seconds_ago: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s * interval '1 second') RETURNING id",
            [seconds_ago],
        )
        (worker_id,) = cursor.fetchone()
    return int(worker_id)


def add_begun_job(*, worker_id: int | None, queueing_lock: str | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id, queueing_lock) "
            "VALUES ('default', 'makegood.send_message', 'doing', %s, %s) RETURNING id",
            [worker_id, queueing_lock],
        )
        (job_id,) = cursor.fetchone()
    return int(job_id)


def status_of(job_id: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text FROM procrastinate_jobs WHERE id = %s", [job_id])
        (status,) = cursor.fetchone()
    return str(status)


def resume(*, worker_id: int) -> None:
    own = Job(id=0, queue="default", lock=None, queueing_lock=None, task_name="resume", worker_id=worker_id)

    async def run() -> Any:
        async with worker_app.open_async():
            return await resume_interrupted_jobs(
                JobContext(app=worker_app, job=own, start_timestamp=0, abort_reason=lambda: None), timestamp=0
            )

    worker_app = app.with_connector(app.connector.get_worker_connector())
    asyncio.run(run())


def test_the_job_of_a_worker_that_is_no_more_is_queued_again() -> None:
    silent, living = add_worker(seconds_ago=31), add_worker(seconds_ago=5)
    jobs = [add_begun_job(worker_id=worker_id) for worker_id in (silent, None, living)]

    resume(worker_id=living)

    assert [status_of(job_id) for job_id in jobs] == ["todo", "todo", "doing"]


def test_what_comes_by_the_clock_anyway_is_not_queued_again() -> None:
    job_id = add_begun_job(worker_id=add_worker(seconds_ago=31), queueing_lock="makegood.sweep")

    resume(worker_id=add_worker(seconds_ago=5))

    assert status_of(job_id) == "failed"


def test_a_worker_that_slept_leaves_its_own_jobs_alone() -> None:
    slept = add_worker(seconds_ago=3600)
    job_id = add_begun_job(worker_id=slept)

    resume(worker_id=slept)

    assert status_of(job_id) == "doing"
