"""The numbers beside sections of the sidebar: what waits for whoever has them, and what they have not read."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from makegood.domain.notifications.kinds import Side
from makegood.domain.notifications.lists import sides_in
from makegood.domain.notifications.queries import count_unread_in_app
from makegood.domain.people.models import Role
from makegood.reports.waiting import count_waiting

_TOLD: Final = frozenset({Role.DESK, Role.SUPPORT})


def count_for(*, role: Role, roles: Collection[Role], school_id: int, member_id: int, now: datetime) -> dict[str, int]:
    """The counts of the sections of `role`, one of the member's `roles`, by the name of their address.

    1 statement at most; inside the school's transaction.
    """
    if role is Role.STUDENT:
        return {}
    sides = sides_in(Side.TEACHER if role is Role.TEACHER else Side.DESK, roles)
    if role not in _TOLD:
        unread = count_unread_in_app(school_id=school_id, recipient_id=member_id, sides=sides)
        return {"teacher:messages" if role is Role.TEACHER else "staff:messages": unread}
    waiting = count_waiting(school_id=school_id, role=role, member_id=member_id, sides=sides, now=now)
    return {
        "desk:requests": waiting.requests,
        "desk:absences": waiting.absences,
        "desk:deliveries": waiting.undelivered,
        "staff:messages": waiting.unread,
    }
