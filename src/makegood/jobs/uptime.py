"""Takes down every minute that the pages answer."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from procrastinate.contrib.django import app

from makegood.actions.keep_heartbeat import keep_heartbeat
from makegood.clock import now


@app.periodic(cron="* * * * *")
# Before whatever else waits: a worker that is late with it would make the pages look as if they were away.
@app.task(
    name="makegood.keep_heartbeat",
    queueing_lock="makegood.keep_heartbeat",
    lock="makegood.keep_heartbeat",
    priority=100,
)
def keep_heartbeat_regularly(timestamp: int, **_later: Any) -> None:
    """Every minute: whether the pages answer, asked from outside the web server. `timestamp` is the queue's."""
    del timestamp
    keep_heartbeat(address=settings.READY_ADDRESS, host=urlsplit(settings.ADDRESS).netloc, now=now())
