"""The database's own clock, for columns that record when a row was written."""

from __future__ import annotations

from django.db import models


class ClockTimestamp(models.Func):
    """`clock_timestamp()`: the statement's instant, not the transaction's. A trigger stamps it whatever was passed."""

    function = "clock_timestamp"
    arity = 0
    output_field = models.DateTimeField()
