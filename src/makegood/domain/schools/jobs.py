"""Queueing a job in the caller's transaction: it exists exactly when its cause does, whichever process asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from procrastinate import App
from procrastinate.contrib.django.django_connector import DjangoConnector

# Not the framework's own app: while a worker runs, that one has a connection of its own, whose statements are committed
# at once. A job that a job queued would then run before its row is there, find nothing, and count as done.
_IN_OUR_TRANSACTION: Final = App(connector=DjangoConnector())


def queue_job(*, task: str, lock: str, schedule_at: datetime | None = None, arguments: dict[str, Any]) -> None:
    """Queue the job `task` for now or for `schedule_at`. Jobs of one `lock` never run side by side."""
    deferrer = _IN_OUR_TRANSACTION.configure_task(task, allow_unknown=True, lock=lock, schedule_at=schedule_at)
    deferrer.defer(**arguments)
