"""Find what a lost job left behind, and set it going again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from makegood.actions.transactions import in_one_transaction
from makegood.domain.notifications import operations as notifications
from makegood.domain.schools.queries import list_school_ids

# Longer than all retries of a sending job together, so that nothing is queued twice while its job still runs.
LOST_AFTER: Final = timedelta(hours=2)


def sweep(*, now: datetime) -> int:
    """Queue again every message whose job was lost, school by school. Returns how many there were."""
    return sum(_sweep_school(school_id, now) for school_id in list_school_ids())


def _sweep_school(school_id: int, now: datetime) -> int:
    def work() -> int:
        overdue = notifications.list_overdue(school_id=school_id, due_before=now - LOST_AFTER)
        notifications.queue_sending(messages=overdue)
        return len(overdue)

    return in_one_transaction(school_id, work)
