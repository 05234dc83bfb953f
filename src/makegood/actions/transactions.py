"""One action, one transaction, inside one school; run again when the database had to choose between two."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, OperationalError
from django.utils.translation import gettext_noop

from makegood.database.retry import run_with_retries
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.requests import DifferentRequest
from makegood.refusal import Refusal

LOCK_NOT_AVAILABLE = "55P03"
# What forms send once has a constraint of such a name in its table.
_ONCE_PER_FORM = ("_per_request", "_per_request_key")

Result = TypeVar("Result")


class Busy(Refusal):
    """Somebody else holds what this needs for longer than a page may wait: a large import, for example."""

    code = "busy"
    sentence = gettext_noop(
        "Somebody else is changing the same records right now. Nothing was done. Try again in a minute."
    )


def in_one_transaction(school_id: int, work: Callable[[], Result]) -> Result:
    """Run `work` in a transaction of the school; whole and from its first read again after a deadlock (40P01, 40001).

    Inside a face's own transaction it is a savepoint, which a refusal undoes. Raises Busy when a lock is not to be
    had, and DifferentRequest when the form's id was used for something else, by whomever and on whatever page.
    """

    def once() -> Result:
        with in_school(school_id):
            return work()

    try:
        return run_with_retries(once)
    except IntegrityError as error:
        if str(getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")).endswith(_ONCE_PER_FORM):
            raise DifferentRequest from error
        raise
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            raise Busy from error
        raise
