"""Somebody has read their messages in the app."""

from __future__ import annotations

from datetime import datetime

from makegood.actions.transactions import in_one_transaction
from makegood.domain.notifications import operations as notifications
from makegood.domain.notifications.kinds import Side
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School


def read_messages(*, school: School, member: Membership, sides: frozenset[Side], newest_id: int, now: datetime) -> None:
    """Mark the member's messages for one of `sides` as read at `now`; not those written after `newest_id`."""
    in_one_transaction(
        school.pk,
        lambda: notifications.mark_all_read(
            school_id=school.pk, recipient_id=member.pk, sides=sides, newest_id=newest_id, now=now
        ),
    )
