"""Sets jobs going again whose worker was killed."""

from __future__ import annotations

from typing import Any

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from makegood.clock import now

# A worker tells every ten seconds that it lives.
DEAD_AFTER_SECONDS = 30


@app.periodic(cron="* * * * *")
@app.task(name="makegood.resume_interrupted_jobs", queueing_lock="makegood.resume_interrupted_jobs", pass_context=True)
async def resume_interrupted_jobs(context: JobContext, /, timestamp: int, **_later: Any) -> None:
    """Every minute: queue again what a worker had begun that is no more. Each job is written to be run twice.

    Until then the dead job holds its lock, and no other job of the same message or school can begin. Work that comes
    by the clock anyway, which is what has a queueing lock, is only put down as failed.
    """
    del timestamp
    queue = context.app.job_manager
    for job in await queue.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS):
        if job.worker_id is not None and job.worker_id == context.job.worker_id:
            continue  # Ours: the machine slept, and we are still at it.
        if job.queueing_lock:
            await queue.finish_job(job, status=Status.FAILED, delete_job=False)
        else:
            await queue.retry_job(job, retry_at=now())
