"""Keeps calendar weeks ahead of time, and looks whether teachers keep their calendars open."""

from __future__ import annotations

from functools import partial
from typing import Any

from procrastinate.contrib.django import app

from makegood.actions.calendars import rebuild_calendar
from makegood.actions.one_by_one import one_by_one
from makegood.actions.watch_calendars import watch_calendars
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


@app.periodic(cron="*/10 * * * *")
@app.task(name="makegood.watch_calendars", queueing_lock="makegood.watch_calendars")
def watch_calendars_regularly(timestamp: int, **_later: Any) -> None:
    """Every ten minutes: who is to be told or warned, and for whom matching pauses. `timestamp` is the queue's."""
    del timestamp
    one_by_one(
        (f"school {school.slug}", partial(watch_calendars, school=school, now=now()))
        for school in list_schools(school_ids=list_school_ids())
    )
