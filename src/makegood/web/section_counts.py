"""The numbers beside sections of the sidebar: what waits for whoever has them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from makegood.domain.notifications.queries import count_unread_in_app
from makegood.domain.people.models import Role
from makegood.reports.waiting import count_waiting

_TOLD: Final = frozenset({Role.DESK, Role.SUPPORT})


def count_for(*, role: Role, school_id: int, member_id: int, now: datetime) -> dict[str, int]:
    """The counts of the role's sections by the name of their address; inside the school's transaction."""
    if role is Role.TEACHER:
        return {"teacher:messages": count_unread_in_app(school_id=school_id, recipient_id=member_id)}
    if role not in _TOLD:
        return {}
    waiting = count_waiting(school_id=school_id, role=role, now=now)
    return {
        "desk:requests": waiting.requests,
        "desk:absences": waiting.absences,
        "desk:deliveries": waiting.undelivered,
    }
