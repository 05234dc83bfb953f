"""One action, one transaction, inside one school; run again when the database had to choose between two."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from makegood.domain.schools.context import in_school
from makegood.domain.schools.retry import run_with_retries

Result = TypeVar("Result")


def in_one_transaction(school_id: int, work: Callable[[], Result]) -> Result:
    """Run `work` in a transaction of the school; whole and from its first read again after a deadlock (40P01, 40001).

    Inside a face's own transaction it is a savepoint, which a refusal undoes.
    """

    def once() -> Result:
        with in_school(school_id):
            return work()

    return run_with_retries(once)
