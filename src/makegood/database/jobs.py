"""Queueing a job in the caller's transaction: it exists exactly when its cause does, whichever process asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from procrastinate import App
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager

# Not the framework's own app: while a worker runs, that one has a connection of its own, whose statements are committed
# at once. A job that a job queued would then run before its row is there, find nothing, and count as done.
_IN_OUR_TRANSACTION: Final = App(connector=DjangoConnector())


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job `task` for now or for `schedule_at`. Jobs of one `lock` never run side by side."""

    task: str
    lock: str
    arguments: dict[str, Any]
    schedule_at: datetime | None = None


def queue_jobs(jobs: Sequence[NewJob]) -> None:
    """Queue the jobs, in one statement."""
    if not jobs:
        return
    made = [
        _IN_OUR_TRANSACTION.configure_task(
            new.task, allow_unknown=True, lock=new.lock, schedule_at=new.schedule_at
        ).make_new_job(**new.arguments)
        for new in jobs
    ]
    JobManager(_IN_OUR_TRANSACTION.connector).batch_defer_jobs(made)
