"""Keeps the demo current while it runs for days."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from procrastinate.contrib.django import app

from makegood.clock import now
from makegood.demo.seeding import bring_up_to_date


@app.periodic(cron="7 * * * *")
@app.task(name="makegood.bring_demo_up_to_date", queueing_lock="makegood.bring_demo_up_to_date")
def bring_demo_up_to_date_regularly(timestamp: int, **_later: Any) -> None:
    """Every hour, in the demo only: what is over was taught, and lessons lie ahead again."""
    del timestamp
    if settings.IS_DEMO:
        bring_up_to_date(now=now())
