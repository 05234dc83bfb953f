"""Sends messages and finds the ones whose job was lost."""

from __future__ import annotations

from typing import Any

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from makegood.actions.remind import remind
from makegood.actions.send_message import send_message
from makegood.actions.sweep import sweep
from makegood.clock import now
from makegood.domain.notifications.delivery import DeliveryFailed
from makegood.domain.notifications.operations import SEND_TASK


# Waits of 10, 40, 160, ... seconds: about an hour in all.
@app.task(
    name=SEND_TASK,
    retry=RetryStrategy(max_attempts=6, exponential_wait=4, retry_exceptions=[DeliveryFailed, OSError]),
)
def send(*, school_id: int, message_id: int, **_later: Any) -> None:
    """Send one message; what it does not know yet is ignored, because old and new workers overlap."""
    send_message(school_id=school_id, message_id=message_id, now=now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="makegood.sweep", queueing_lock="makegood.sweep")
def sweep_regularly(timestamp: int, **_later: Any) -> None:
    """Every five minutes: queue again what was lost. `timestamp` is the queue's, and not used."""
    del timestamp
    sweep(now=now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="makegood.remind", queueing_lock="makegood.remind")
def remind_regularly(timestamp: int, **_later: Any) -> None:
    """Every five minutes: the reminders that have become due."""
    del timestamp
    remind(now=now())
