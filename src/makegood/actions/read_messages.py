"""Somebody has read their messages in the app."""

from __future__ import annotations

from datetime import datetime

from makegood.actions.transactions import in_one_transaction
from makegood.domain.notifications import operations as notifications
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School


def read_messages(*, school: School, member: Membership, now: datetime) -> None:
    """Mark all messages of the member as read at `now`."""
    in_one_transaction(
        school.pk, lambda: notifications.mark_all_read(school_id=school.pk, recipient_id=member.pk, now=now)
    )
