"""The numbers beside sections of the sidebar: what waits for whoever has them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from makegood.actions.decide_absence import ABSENCE_CASES
from makegood.domain.lessons.desk_cases import REQUESTS, count_open
from makegood.domain.lessons.models import DeskCase
from makegood.domain.notifications.undelivered import count_undelivered
from makegood.domain.people.models import Role

_TOLD_OF_DELIVERIES: Final = frozenset({Role.DESK, Role.SUPPORT})


def count_for(*, role: Role, school_id: int, now: datetime) -> dict[str, int]:
    """The counts of the role's sections by the name of their address; inside the school's transaction."""
    if role not in _TOLD_OF_DELIVERIES:
        return {}
    cases = count_open(school_id=school_id, kinds=[*REQUESTS, *ABSENCE_CASES])
    requests = REQUESTS if role is Role.DESK else (DeskCase.Kind.PROBLEM,)
    return {
        "desk:requests": sum(cases.get(kind, 0) for kind in requests),
        "desk:absences": sum(cases.get(kind, 0) for kind in ABSENCE_CASES),
        "desk:deliveries": count_undelivered(school_id=school_id, now=now),
    }
