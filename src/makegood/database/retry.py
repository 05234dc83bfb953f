"""Runs a whole use case again when PostgreSQL chose it as the loser of a conflict."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import SystemRandom
from typing import TypeVar

from django.db import OperationalError, connection

SERIALIZATION_FAILURE = "40001"
DEADLOCK_DETECTED = "40P01"
RETRIES = 3
LONGEST_PAUSE_SECONDS = 0.05

Result = TypeVar("Result")

_random = SystemRandom()


def run_with_retries(use_case: Callable[[], Result]) -> Result:
    """Run `use_case` and return its result; on a serialization failure or deadlock run it again, at most three times.

    `use_case` opens its own transaction and reads everything it decides on inside it, so that a repetition sees what
    the winner did and refuses where it must. Inside an open transaction nothing can be repeated: it runs once.
    Raises what the last run raised.
    """
    retries_left = 0 if connection.in_atomic_block else RETRIES
    while True:
        try:
            return use_case()
        except OperationalError as error:
            sqlstate = getattr(error.__cause__, "sqlstate", None)
            if sqlstate not in {SERIALIZATION_FAILURE, DEADLOCK_DETECTED} or retries_left == 0:
                raise
            retries_left -= 1
            # Losers that wait differently long do not meet again.
            time.sleep(_random.uniform(0, LONGEST_PAUSE_SECONDS * (RETRIES - retries_left)))
