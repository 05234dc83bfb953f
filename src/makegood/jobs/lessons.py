"""Looks after lessons under way and over."""

from __future__ import annotations

from typing import Any

from procrastinate.contrib.django import app

from makegood.actions.watch_lessons import watch_lessons
from makegood.clock import now


@app.periodic(cron="* * * * *")
@app.task(name="makegood.watch_lessons", queueing_lock="makegood.watch_lessons")
def watch_lessons_regularly(timestamp: int, **_later: Any) -> None:
    """Every minute: who is missing, what was taught, and what nobody reported. `timestamp` is the queue's."""
    del timestamp
    watch_lessons(now=now())
