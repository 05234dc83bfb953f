"""Rows of when the product saw its own pages answer, and of when it did not. They are of no school."""

from __future__ import annotations

from django.db import models

from makegood.database.functions import ClockTimestamp


class Heartbeat(models.Model):
    """A minute in which the pages answered the worker, at the address that people use."""

    minute = models.DateTimeField(unique=True)
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)


class Downtime(models.Model):
    """`[started_at, ended_at)`: between two heartbeats, longer than `SILENT_AFTER`. Nobody is blamed for this time.

    The pages were away, or the worker that asks them was: so pages say no more than that they were not seen to answer.
    """

    started_at = models.DateTimeField(unique=True)
    ended_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)
