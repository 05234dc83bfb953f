"""Who may see and decide a case."""

from __future__ import annotations

from typing import Final

from makegood.domain.incidents.models import Incident
from makegood.domain.people.models import Role

DECIDING_ROLES: Final = (Role.REVIEWER,)
SEEING_ROLES: Final = (Role.DESK, Role.REVIEWER, Role.PAYROLL, Role.OWNER)


def is_own_case(*, membership_id: int, incident: Incident) -> bool:
    """Whether the case is about this member's own lesson as teacher."""
    return incident.teacher_id == membership_id
