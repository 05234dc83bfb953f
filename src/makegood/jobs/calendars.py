"""Keeps calendar weeks ahead of time."""

from __future__ import annotations

from functools import partial
from typing import Any

from procrastinate.contrib.django import app

from makegood.actions.calendars import rebuild_calendar
from makegood.actions.one_by_one import one_by_one
from makegood.clock import now
from makegood.domain.schools.queries import list_school_ids, list_schools


@app.periodic(cron="23 2 * * *")
@app.task(name="makegood.extend_calendars", queueing_lock="makegood.extend_calendars")
def extend_calendars_regularly(timestamp: int, **_later: Any) -> None:
    """Every night: one more day lies within the booking horizon. `timestamp` is the queue's, and not used."""
    del timestamp
    one_by_one(
        (f"school {school.slug}", partial(rebuild_calendar, school=school, now=now()))
        for school in list_schools(school_ids=list_school_ids())
    )
