"""Ends what was not confirmed in time, and lesson credits after their last day, of which students are told before."""

from __future__ import annotations

from functools import partial
from typing import Any

from procrastinate.contrib.django import app

from makegood.actions.expire_credits import expire_credits
from makegood.actions.lapsing import sweep_lapsed
from makegood.actions.one_by_one import one_by_one
from makegood.actions.remind_of_credits import remind_of_credits
from makegood.clock import now
from makegood.domain.schools.queries import list_school_ids, list_schools


@app.periodic(cron="* * * * *")
@app.task(name="makegood.sweep_lapsed_bookings", queueing_lock="makegood.sweep_lapsed_bookings")
def sweep_lapsed_regularly(timestamp: int, **_later: Any) -> None:
    """Every minute; a booking releases what it meets itself. `timestamp` is the queue's, and not used."""
    del timestamp
    one_by_one(
        (f"school {school.slug}", partial(sweep_lapsed, school=school, now=now()))
        for school in list_schools(school_ids=list_school_ids())
    )


@app.periodic(cron="7 * * * *")
@app.task(name="makegood.expire_credits", queueing_lock="makegood.expire_credits")
def expire_credits_regularly(timestamp: int, **_later: Any) -> None:
    """Every hour, as schools have midnight at different ones. `timestamp` is the queue's, and not used."""
    del timestamp
    one_by_one(
        (f"school {school.slug}", partial(expire_credits, school=school, now=now()))
        for school in list_schools(school_ids=list_school_ids())
    )


@app.periodic(cron="17 * * * *")
@app.task(name="makegood.remind_of_credits", queueing_lock="makegood.remind_of_credits")
def remind_of_credits_regularly(timestamp: int, **_later: Any) -> None:
    """Every hour, as schools have morning at different ones. `timestamp` is the queue's, and not used."""
    del timestamp
    one_by_one(
        (f"school {school.slug}", partial(remind_of_credits, school=school, now=now()))
        for school in list_schools(school_ids=list_school_ids())
    )
